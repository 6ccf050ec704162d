-- macros of this stage; made anew for each run, so that they never lag behind the program
create or replace temp macro ip_group(text, place) as
    coalesce(nullif(ltrim(split_part(text, ':', place), '0'), ''), '0');

-- the address with its last octet (IPv4) or all after 48 bits (IPv6) zeroed; null when it is none
create or replace temp macro truncated_ip(ip) as
case
    when regexp_full_match(ip, '(\d{1,3}\.){3}\d{1,3}') then regexp_replace(ip, '\d+$', '0')
    when regexp_full_match(lower(ip), '::ffff:(\d{1,3}\.){3}\d{1,3}')
        then regexp_replace(regexp_replace(lower(ip), '^::ffff:', ''), '\d+$', '0')
    when not regexp_full_match(lower(ip), '[0-9a-f:]{2,39}(%.*)?') or not contains(ip, ':') then null
    -- before a "::" stand the first groups; groups that it hides are zero (1::2:3:4:5:6:7 hides one
    -- group only, but its second and third are still those before and after the gap)
    when contains(ip, '::') and len(string_split(ip, ':')) >= 8 and len(string_split(split_part(ip, '::', 1), ':')) < 3
        then null
    else concat_ws(':',
        ip_group(split_part(lower(ip), '::', 1), 1),
        ip_group(split_part(lower(ip), '::', 1), 2),
        ip_group(split_part(lower(ip), '::', 1), 3)) || '::'
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
