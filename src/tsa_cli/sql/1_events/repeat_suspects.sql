-- answers: the rows whose content differs, at least in writing, from the first of their id
-- reads:   repeats, actors, pages, referrers, user_agents, ips
-- notes:   a campaign told beside the URL counts where both have one: stores of before have none
select
    r.ordinal,
    r.has_same_facts,
    r.has_same_time,
    r.properties,
    w.anonymous_id,
    w.known_id,
    r.client_session_id,
    case when p.told_campaign <> fp.told_campaign then concat(p.page_url, p.told_campaign) else p.page_url end as page_url,
    e.referrer_url,
    a.user_agent,
    i.ip_address,
    r.first_properties,
    fw.anonymous_id as first_anonymous_id,
    fw.known_id as first_known_id,
    case when p.told_campaign <> fp.told_campaign then concat(fp.page_url, fp.told_campaign) else fp.page_url end as first_page_url,
    fe.referrer_url as first_referrer_url,
    fa.user_agent as first_user_agent,
    fi.ip_address as first_ip_address
from repeats as r
left join actors as w on r.words.actor_key = w.actor_key
left join actors as fw on r.first_words.actor_key = fw.actor_key
left join pages as p on r.words.page_key = p.page_key
left join referrers as e on r.words.referrer_key = e.referrer_key
left join user_agents as a on r.words.agent_key = a.agent_key
left join ips as i on r.words.ip_key = i.ip_key
left join pages as fp on r.first_words.page_key = fp.page_key
left join referrers as fe on r.first_words.referrer_key = fe.referrer_key
left join user_agents as fa on r.first_words.agent_key = fa.agent_key
left join ips as fi on r.first_words.ip_key = fi.ip_key
where not r.is_first
    and not (
        r.has_same_facts and r.has_same_time
        and r.words is not distinct from r.first_words and r.properties = r.first_properties
    )
order by r.ordinal
