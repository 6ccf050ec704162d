"""Faults of config files that were taken in silence, or told without their place."""

from pathlib import Path

import pytest
from tests.conftest import Tsa

from tsa_cli.config import keys, open_catalog
from tsa_cli.errors import ConfigError
from tsa_cli.steps import configs
from tsa_cli.store.dictionary import dictionary

MODEL = "label: {event: x}"
SOURCE = "title: M\nfields: {event: [e], timestamp: [t], user_id: [u]}"
METRIC = "metrics: [{name: m, numerator: {%s}, denominator: {count: events}}]"


def fault_of(folder: Path, name: str, text: str) -> str:
    """What `validate` says of the file, and loading it, which says the same; without the folder."""
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    catalog = open_catalog(folder)
    [check] = [check for check in configs.validate(catalog) if check.file == catalog.shown(path)]
    model = configs.model_of(f"{name}.yaml")
    assert model is not None
    if check.is_valid:
        catalog.load(model, f"{name}.yaml")
        return ""
    with pytest.raises(ConfigError) as error:
        catalog.load(model, f"{name}.yaml")
    assert error.value.message == check.fault
    return check.fault.replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("sessions", "version: true", "1:1: version: a number is needed, not true"),
        ("sessions", "timeout: 30m", "1:1: version: is missing"),
        ("sessions", "", "1:1: an empty file"),
        ("sessions", "version: !!int x", "1:10: the tag !!int does not fit the value"),
        ("sessions", "version: 1\ntimeout: [!!bool maybe]", "2:11: the tag !!bool does not fit"),
        ("sessions", "version: !!float abc", "1:10: the tag !!float"),
        ("sessions", "version: !!timestamp x", "1:10: the tag !!timestamp"),
        ("sessions", "# version: 1", "1:1: an empty file"),
        ("models/m", "", "1:1: an empty file"),
        ("models/m", f"version: 1\n{MODEL}\nbands: {{1: 0.0, 2: 0.5}}",
         '3:9: the key 1 is no text; write it in quotes: "1"'),
        ("sources/s", f"version: 1\n{SOURCE}\nevent_names: {{a: b, true: c}}",
         '4:21: the key true is no text; write it in quotes: "true"'),
        ("sessions", "version: 1\n~: 30m", '2:1: the key ~ is no text; write it in quotes: "~"'),
        ("sessions", "version: 1\n? \n: 30m", "2:2: the key nothing is no text"),
        ("events", "version: 1\nevents:\n  a: &a {policy: warn}\n  b: {<<: *a, policy: wran}",
         "4:15: events.b.policy: Input should be 'allow', 'warn' or 'quarantine', not 'wran'"),
        ("events", "version: 1\nevents:\n  a: &a {policy: warn}\n  b: {<<: *a, <<: *a}",
         "4:15: duplicate key '<<'"),
        ("identity", "max_users_per_device: true", "1:1: max_users_per_device: a number"),
        ("users", "version: 1\nservice_events: {a: true}", "2:1: service_events: a number"),
        ("models/m", f"version: 1\n{MODEL}\nbands: {{a: false}}", "3:1: bands: a number"),
        ("models/m", f"version: 1\n{MODEL}\nseed: 99999999999", "3:1: seed: Input should be less"),
        ("models/m", "version: 1\nlabel: {where: {pag_url: x}}", "2:17: pag_url: no such column;"
         " did you mean 'page_url'?"),
        ("models/m", f"version: 1\n{MODEL}\nfeatures: [total_sessions, total_sesions]",
         "3:28: total_sesions: no such feature; did you mean 'total_sessions'?"),
        ("models/m", f"version: 1\n{MODEL}\nfeatures: [preferred_day_of_week]",
         "3:12: preferred_day_of_week: is no number"),
        ("metrics", "version: 1\n" + METRIC % "sum: duration_second",
         "2:33: duration_second: no such column; did you mean 'duration_seconds'?"),
        ("metrics", "version: 1\n" + METRIC % "count: events, with: {where: {devise_type: a}}",
         "2:63: devise_type: no such column; did you mean 'device_type'?"),
        ("metrics", "version: 1\n" + METRIC % "count: keys, key: bookin_id, with: {event: x}",
         "2:46: bookin_id: no such column"),
        ("journeys/j", "version: 1\ncompare: {by: devise_type, values: [a, b]}",
         "2:11: devise_type: no such column; did you mean 'device_type'?"),
        ("events", "version: 1\nderived: [{name: d, when: {event: a}, key: bookin_id}]",
         "2:39: bookin_id: no such column"),
        ("audiences/a", "version: 1\nwhere: {total_booking: 1}",
         "2:9: total_booking: no such column; did you mean 'total_bookings'?"),
        ("audiences/a", "version: 1\nwhere: {lead_score: {gte: 1}}\nexclude: [cart_abandoner]",
         "3:11: exclude.0: no audiences entry named 'cart_abandoner'; did you mean"
         " 'cart_abandoners'?"),
        ("audiences/a", "version: 1\nwhere: {days_since_last_visit: {lt: 7d}}",
         "2:33: days_since_last_visit: a number is needed, not '7d'"),
        ("audiences/a", "version: 1\nwhere: {user.total_bookings: {in: [1, true]}}",
         "2:31: user.total_bookings: a number is needed, not true"),
        ("audiences/a", "version: 1\nwhere: {first_seen_date: {gte: 30d}}",
         "2:27: first_seen_date: a date or timestamp is needed, like 2025-01-31, not '30d'"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x, where: {is_bot: no}}]",
         "2:37: is_bot: true or false is needed, not 'no'"),
        ("metrics", "version: 1\n" + METRIC % "count: users, with: {where: {duration_seconds: 1m}}",
         "2:62: duration_seconds: a number is needed, not '1m'"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x, within: 36501d}]",
         "2:29: steps.0.within: a duration of at most 36500d, not '36501d'"),
        ("journeys/j", 'version: 1\npatterns: ["a -> (<=999999d) -> b"]',
         "2:1: patterns: a duration of at most 36500d"),
        ("events", 'version: 1\nevents: {a: {aliases: [""]}}',
         "2:24: events.a.aliases.0: a name is needed, not ''"),
        ("events", 'version: 1\nderived: [{name: " ", when: {event: a}}]',
         "2:12: derived.0.name: a name is needed, not ' '"),
        ("sources/s", f'version: 1\n{SOURCE}\nevent_names: {{a: ""}}',
         "4:15: event_names.a: a name is needed, not ''"),
        ("sources/s", f"version: 1\n{SOURCE}\nkey_values: [{{path: p, values: []}}]",
         "4:24: key_values.0.values: at least one is needed"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {device_type: Mobile}}]",
         "2:27: device_type: one of mobile, tablet, desktop, tv, console, unknown is needed, not"
         " 'Mobile'; did you mean 'mobile'?"),
        ("audiences/a", "version: 1\nwhere: {user.engagement_score: {gte: 70}}",
         "2:33: user.engagement_score: it lies between 0 and 1, never at 70"),
        ("audiences/a", "version: 1\nwhere: {preferred_day_of_week: {in: [monday, Sunday]}}",
         "2:33: preferred_day_of_week: one of monday,"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {properties.x: {in: []}}}]",
         "2:27: steps.0.where.properties.x: in: the list is empty"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {properties.x: {gt: 5, lte: 5}}}]",
         "2:27: steps.0.where.properties.x: gt: nothing is above 5"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {event_timestamp: {gte: 2025-02-01,"
         " lt: 2025-01-31}}}]", "2:27: steps.0.where.event_timestamp: gte: nothing is above 2025"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {n: {exists: false, eq: 1}}}]",
         "2:27: steps.0.where.n: exists: what does not exist passes no other test"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x, any_of: [{event: y}, {event: z}]}]",
         "2:9: steps.0: event: no event is 'x' and one of `any_of`, too"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: 'price_*'}]",
         "2:19: steps.0.event: a name, or \"*\" for any, is needed; 'price_*' is `where:"
         " {event_type: {glob: 'price_*'}}`"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x}, {name: b, event: y}]\n"
         "abandonment: {step: 1, window: 0s}", "3:1: abandonment: window: more than 0s is needed"),
        ("events", "version: 1\nderived: [{name: d, when: {event: a}, unless: {event: b},"
         " within: 0s}]",
         "2:11: derived.0: within: of no time nothing can come"),
        ("funnels/f", "version: 1\nwindow: 1h\nsteps: [{name: a, event: x}, {name: b, event: y,"
         " within: 90m}]", "3:1: steps: step 2 'b': within 90m asks nothing"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x, where: {is_bot: true}}]",
         "2:37: is_bot: bots are left out of what is counted"),
        ("journeys/j", "version: 1\nsteps: {where: {is_bot: {not_in: [false]}}}",
         "2:26: is_bot: bots are left out of what is counted"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: ' '}]",
         "2:19: steps.0.event: a name is needed, not ' '"),
        ("metrics", "version: 1\n" + METRIC % "sum: channel",
         "2:21: metrics.0.numerator: sum: channel is no number to add up; `count` with `where`"),
        ("metrics", "version: 1\nmetrics: [{name: m, unit: share, target: '< 70', numerator:"
         " {count: users}, denominator: {count: users}}]",
         "2:11: metrics.0: target: a share is 0 to 1 (70 % is 0.7), not 70"),
        ("users", "version: 1\nsegments: [{name: a, where: {engagement_score: {gte: 70}}}]",
         "2:12: segments.0: where: engagement_score: it lies between 0 and 1, never at 70"),
        ("users", "version: 1\nvalue_properties: ['']",
         "2:20: value_properties.0: a name is needed, not ''"),
        ("sessions", "version: 1\nserver_events: [' ']",
         "2:17: server_events.0: a name is needed, not ' '"),
        ("audiences/a", "version: 1\nwhere: {total_bookings: 1}\ndestinations: []",
         "3:1: destinations: at least one is needed"),
        ("audiences/a", "version: 1\nwhere: {total_bookings: 1}\nexclude: [cart_abandoners, a]",
         "3:28: exclude.1: 'a' is this file itself"),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {channel: organic search}}]",
         "2:27: channel: channels.yaml has none called 'organic search'; did you mean 'Organic"
         " Search'? (known: "),
        ("funnels/f", "version: 1\nsteps: [{name: a, where: {user.customer_segment: {in: [vip]}}}]",
         "2:51: user.customer_segment: users.yaml has none called 'vip'; did you mean 'VIP'?"),
        ("audiences/a", "version: 1\nwhere: {lead_score_band: {ne: hot}}",
         "2:27: lead_score_band: models/lead_score.yaml has none called 'hot'; did you mean"
         " 'Hot'? (known: Cold, Hot, Warm)"),
        ("tsa", "version: 1\npipeline: [ingest]",
         "2:12: pipeline.0: a mapping is needed, not 'ingest' (keys: names, step)"),
        ("tsa", "version: 1\ninbox: logs", "2:1: inbox: a list is needed, like ['logs']"),
        ("tsa", "version: 1\nmax_rejected: 2%", "2:1: max_rejected: a number is needed, not '2%'"),
        ("sessions", "version: 1\nmax_events: 0x10", "2:1: max_events: a whole number is needed,"),
        ("sessions", "version: 1\nexclude:", "2:1: exclude: a mapping is needed, not null (keys:"),
        ("sessions", "version: 1\nsplit_at_midnight: maybe",
         "2:1: split_at_midnight: true or false is needed, not 'maybe'"),
        ("sources/s", f"version: 1\n{SOURCE}\nempty_values: [0]",
         "4:16: empty_values.0: a text is needed, not 0; in quotes it is one"),
        ("sources/s", "version: 1\ntitle: M", "1:1: fields: is missing"),
        ("journeys/j", "version: 1\nstart: ''", "2:1: start: a text is needed, not ''"),
        ("events", "version: 1\nevents: {a: {properties: {x: {enum: [b, null]}}}}",
         "2:41: events.a.properties.x.enum.1: a text is needed, not null"),
        ("funnels/f", "version: 1\nsteps: [&a {name: s, any_of: [*a]}]",
         "2:9: steps.0.any_of.0.any_of.0: an anchor that holds itself has no end"),
        ("users", "version: 1\nsegments: [{name: a, where: {bookings: {gte: 1}}}]",
         "2:30: segments.0.where.bookings: Input should be 'total_sessions',"),
        ("tsa", "version: 1\npipeline: [{step: sessionize, names: [booking]}]",
         "2:12: pipeline.0: names: sessionize is asked for no names"),
        ("tsa", "version: 1\npipeline: [{step: funnel, names: [bookin]}]",
         "2:35: pipeline.0.names.0: no funnels entry named 'bookin'; did you mean 'booking'?"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    found = fault_of(tmp_path, name, text)
    assert found.startswith(f"{name}.yaml:{told}")
    places = [line.partition(" ")[0] for line in found.splitlines()]
    assert len({*places}) == len(places), "one line a value"


def test_a_list_whose_one_value_is_refused_is_not_called_too_short_as_well(tmp_path: Path) -> None:
    text = "version: 1\nwhere: {total_bookings: 1}\ndestinations: [google]"
    [line] = fault_of(tmp_path, "audiences/a", text).splitlines()
    assert line.startswith("audiences/a.yaml:3:16: destinations.0: Input should be")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("fields: {event: [''], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: a path names a key, not ''"),
        ("fields: {event: [$.e], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: a path begins with its first key: 'e', not '$.e'"),
        ("fields: {event: [e], timestamp: [t], user_id: ['ids[0].id']}",
         "3:48: fields.user_id.0: a place in a list is a number between dots: 'ids.0.id',"),
        ("fields: {event: [e..name], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: a key is missing at a dot: 'e.name' has none"),
        ("fields: {event: [/a~2b], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: in a path that begins with / a ~ is written ~0"),
        ("fields: {event: ['e*'], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: the key inside is needed, like e*/KEY, not 'e*'"),
        ("fields: {event: ['a.*.e'], timestamp: [t], user_id: [u]}",
         "3:18: fields.event.0: a * ends the beginning of a top-level key"),
        ("fields: {timestamp: [t], user_id: [u]}", "3:1: fields: no line could be an event without"
         " event"),
        ("fields: {event: [e], timestamp: [], user_id: [u]}",
         "3:1: fields: no line could be an event without timestamp"),
        ("fields: {event: [e], timestamp: [t], session_id: [s]}",
         "3:1: fields: no line could be an event without user_id or anonymous_id"),
        ("detect: {all_paths: [a.b], none_paths: [a]}",
         "3:1: detect: none_paths: 'a' cannot be missing where 'a.b' is"),
        ("detect: {all_paths: ['a*']}", "3:22: detect.all_paths.0: a whole path is needed here"),
        ("detect: {values: {kind: []}}", "3:19: detect.values.kind: at least one is needed"),
        ("server_calls: {values: {c: [s]}, never: [pages]}",
         "3:1: server_calls: never: no kind of `kinds` is pages"),
        ("event_names: {log_in: $identfy}",
         "3:15: event_names.log_in: '$identfy' is no call; did you mean '$identify'?"),
        ("kinds: {path: '', calls: {a: {event: b}}}", "3:9: kinds.path: a path names a key"),
        ("consent_words: {markting: [m]}", "3:17: consent_words.markting"),
        ("columns: [e, t, u, t]", "3:1: columns: two columns have the name 't'"),
    ],
)  # fmt: skip
def test_a_mapping_that_can_read_nothing_is_refused(tmp_path: Path, line: str, told: str) -> None:
    fields = "" if line.startswith("fields") else f"\n{SOURCE.partition(chr(10))[2]}"
    found = fault_of(tmp_path, "sources/s", f"version: 1\ntitle: M\n{line}{fields}")
    assert found.startswith(f"sources/s.yaml:{told}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources/s", "version: 1\ntitle: M\nfields: {event: ['/a.b[0]'], timestamp: [$at, 'b*/t'],"
         " session_id: [ids.0]}\nanonymous_by_session: true\nproperties: ['b*']"),
        ("sources/s", "version: 1\ntitle: M\nfields: {timestamp: [t], user_id: [u]}\n"
         "kinds: {path: type, calls: {view: {event: page_viewed}}}"),
        ("sessions", "version: 1\nsplit_at_midnight: true"),
        ("events", "version: 1\nevents: {a: {properties: {key: string, by: {enum: [x, true]}}}}"),
        ("audiences/a", "version: 1\nwhere: {user.plan: pro, user.total_sessions: 2}"),
        ("metrics", "version: 1\n" + METRIC % "sum: properties.price, of: events"),
        ("metrics", "version: 1\n" + METRIC % "sum: user.age, of: events"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: '*', where: {event_type: {glob: a}}}]"),
        ("audiences/a", "version: 1\nwhere: {acquisition_channel: {in: [Direct, null]},"
         " user.customer_segment: browser, lead_score_band: Hot, user.channel: {ne: of a trait}}"),
        ("funnels/f", "version: 1\nsteps: [{name: a, event: x, any_of: [{event: x}, {where:"
         " {properties.p: {gte: 5, lte: 5, ne: 3}}}]}]"),
        ("audiences/a", "version: 1\nwhere: {engagement_score: {gte: 1}, lead_score: {gt: 70}}"),
    ],
)  # fmt: skip
def test_what_is_right_stays_right(tmp_path: Path, name: str, text: str) -> None:
    assert fault_of(tmp_path, name, text) == ""


def test_the_command_that_uses_a_file_tells_the_place_of_a_wrong_key(
    tsa: Tsa, tmp_path: Path
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "metrics.yaml").write_text(
        "version: 1\n" + METRIC % "count: events, with: {where: {devise_type: a}}"
    )
    (tmp_path / "e.jsonl").write_text('{"event":"x","timestamp":1740823200,"user_id":"u"}\n')
    assert tsa("ingest", "e.jsonl").code == 0
    assert tsa("sessionize").code == 0
    ran = tsa("metrics")
    assert ran.code == 2
    assert ran.err.startswith("error: configs/metrics.yaml:2:63: devise_type: no such column")


def test_the_keys_of_a_person_are_the_columns_of_the_tables() -> None:
    tables = dictionary()
    of_features = {column.name for column in tables["user_behavior_features"].columns}
    assert set(keys.FEATURE_COLUMNS) == of_features - {"user_key"}


@pytest.mark.parametrize(
    "test",
    [
        'total_bookings: "3"', "total_bookings: null", "total_bookings: {not_in: [1, 2.5]}",
        "total_bookings: {exists: false}", "total_bookings: {regex: '^1'}",
        "first_seen_date: {gte: 2025-01-31}", 'first_seen_date: {lt: "2025-01-31T10:00:00Z"}',
        "user.city: {lt: 7d}",
    ],
)  # fmt: skip
def test_a_value_that_a_column_may_have_is_taken(tmp_path: Path, test: str) -> None:
    assert fault_of(tmp_path, "audiences/a", f"version: 1\nwhere: {{{test}}}") == ""
