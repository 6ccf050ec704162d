-- macros of this stage; made anew for each run, so that they never lag behind the program
create or replace temp macro ip_group(text, place) as
    coalesce(nullif(ltrim(split_part(text, ':', place), '0'), ''), '0');

create or replace temp macro first_groups(text) as
    ip_group(text, 1) || ':' || ip_group(text, 2) || ':' || ip_group(text, 3);

-- the address with its last octet (IPv4) or all after 48 bits (IPv6) zeroed; null when it is none
create or replace temp macro truncated_ip(ip) as
case
    when ip is null then null
    when not contains(ip, ':')
        then nullif(regexp_extract(ip, '^(\d{1,3}\.\d{1,3}\.\d{1,3}\.)\d{1,3}$', 1), '') || '0'
    when regexp_full_match(lower(ip), '::ffff:(\d{1,3}\.){3}\d{1,3}')
        then regexp_replace(regexp_replace(lower(ip), '^::ffff:', ''), '\d+$', '0')
    when not regexp_full_match(lower(ip), '[0-9a-f:]{2,39}(%.*)?') then null
    when regexp_matches(ip, ':::|::.*::|[0-9a-fA-F]{5}') then null
    when not contains(ip, '::') and len(string_split(ip, ':')) <> 8 then null
    -- a "::" with seven groups beside it hides one only, perhaps among the first three
    when contains(ip, '::') and len(string_split(ip, ':')) >= 8
        and len(string_split(split_part(ip, '::', 1), ':')) < 3 then null
    else case regexp_replace(first_groups(split_part(lower(ip), '::', 1)), '(:0)+$', '')
        when '0' then '' else regexp_replace(first_groups(split_part(lower(ip), '::', 1)), '(:0)+$', '')
    end || '::'
end;

-- the URL without personal values; patterns as in enrich/redaction.py, the cheap tests first
create or replace temp macro personal_url(url, credentials, parameter, address) as
case
    when contains(url, '?') or contains(url, '@') or contains(url, '#') or contains(url, ';')
        or contains(url, '%')
        then regexp_replace(
            regexp_replace(
                regexp_replace(url, credentials, '\1//'), parameter, '\1(redacted)', 'g'
            ), address, '(redacted)', 'g'
        )
    else url
end;
