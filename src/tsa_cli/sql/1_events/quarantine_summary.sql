-- answers: how many lines are held, by file and reason
-- reads:   quarantined_events
select source_file, reason, count(*) as line_count
from quarantined_events
group by all
order by line_count desc, source_file, reason
