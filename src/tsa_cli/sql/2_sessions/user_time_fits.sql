-- answer: whether new events and users still fit the scale; true where there is none, as then nothing is packed
-- reads:  user_time_scale, core, users_index
-- params: $after_event_seq BIGINT  later events are new
select coalesce(
    (
        select bool_and(
            epoch_us(c.event_ts) >= s.epoch_us
            and (epoch_us(c.event_ts) - s.epoch_us) // s.tick_us < 1::bigint << (s.time_bits - 1)
            and (epoch_us(c.event_ts) - s.epoch_us) % s.tick_us = 0
        )
        from core as c, user_time_scale as s
        where c.event_seq > $after_event_seq
    ) and (
        select (select max(user_key) from users_index) < 1::bigint << (62 - time_bits)
        from user_time_scale
    ),
    true
) as is_fitting
