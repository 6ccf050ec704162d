-- answer: the moment that a text says, TIMESTAMP in UTC, or null
-- slots:  @text VARCHAR, which is read several times
-- notes:  a cast to timestamptz honours an offset, a cast to timestamp drops it silently;
--         numbers are s, ms, us or ns by magnitude; offsets are those of RFC 3339, up to 23:59
coalesce(
    case
        when ends_with(@text, 'Z') then try_cast(@text as timestamp)  -- no offset to be lost
        when regexp_full_match(@text, '-?\d{1,19}') then try(make_timestamp(cast(
            case
                when length(ltrim(@text, '-')) >= 18 then cast(@text as hugeint) // 1000
                when length(ltrim(@text, '-')) >= 15 then cast(@text as hugeint)
                when length(ltrim(@text, '-')) >= 12 then cast(@text as hugeint) * 1000
                else cast(@text as hugeint) * 1000000
            end as bigint)))
        when regexp_full_match(@text, '-?\d{1,19}(\.\d*)?([eE]\+?\d{1,2})?') then try(make_timestamp(
            cast(round(cast(@text as double) * case
                when abs(cast(@text as double)) >= 1e17 then 1e-3
                when abs(cast(@text as double)) >= 1e14 then 1
                when abs(cast(@text as double)) >= 1e11 then 1e3
                else 1e6
            end) as bigint)))
        when @text[1] between '0' and '9'        -- the cast would take offsets up to 99:99
            and not regexp_matches(@text, ':[\d.:]+[+-](?:(?:2[4-9]|[3-9]\d)(?::?\d\d)*|\d\d:?[6-9]\d)$')
            then try_cast(@text as timestamptz) at time zone 'UTC'
    end,
    case       -- what no cast takes: t and z, a comma, the basic form, and Snowflake's space before an offset
        when regexp_full_match(@text,
            '(?i)\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d:?\d\d([.,]\d+)?(Z| ?[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?')
            then try_cast(
                replace(regexp_replace(replace(upper(@text), ',', '.'),
                    '(.{4})-?(..)-?(..)[T ](..):?(..):?', '\1-\2-\3T\4:\5:'), ' ', '')
                as timestamptz) at time zone 'UTC'
    end
)
