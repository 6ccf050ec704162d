-- notes:  what the platforms were last given: the next export's added and removed are told from it
create table if not exists audience_members ( -- members of each audience at its last export
    audience varchar not null,                      -- name in configs/audiences/
    user_id varchar not null,                       -- the stitched user
    entered_as_of timestamp not null,               -- UTC; first of the unbroken row of exports
    as_of timestamp not null                        -- UTC; the last export
);

create table if not exists audience_exports ( -- the last export of each audience
    audience varchar not null,
    as_of timestamp not null,                       -- UTC
    member_count bigint not null                    -- rows in audience_members; may be 0
);
