-- reads:  core, core_scope
select greatest(
    (select coalesce(max(session_key), 0) from core),
    (select coalesce(max(session_key), 0) from core_scope)
) as session_key
