-- answers: how many of the selected lines are held, by reason
-- reads:   quarantined_events
-- params:  $reason, $source_file VARCHAR: empty selects all
select reason, count(*) as line_count
from quarantined_events
where ($reason = '' or reason = $reason) and ($source_file = '' or source_file = $source_file)
group by reason
order by line_count desc, reason
