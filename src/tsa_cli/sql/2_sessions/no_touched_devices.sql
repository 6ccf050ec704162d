-- table: touched_devices (temporary), empty: a full run renews everything
create or replace temp table touched_devices (
    device_key integer,
    from_ts timestamp,
    has_earlier boolean,
    has_later boolean
)
