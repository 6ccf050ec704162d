-- answer: the breakdown's value of each user in lent_units, where there is one
-- reads:  lent_units(place, user_key), and what the key asks for
-- slots:  @columns, @joins, @split
with readable as (
    select a.place
        @columns
    from lent_units as a
    @joins
)
select
    place,
    @split as split                                 -- as text
from readable
where @split is not null
