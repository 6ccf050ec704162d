-- answers: the greatest key in use
-- reads:   ips
select coalesce(max(ip_key), 0) as key from ips
