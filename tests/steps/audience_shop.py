"""A store with people who agreed, denied or said nothing, and exports of them to a folder."""

import csv
from datetime import datetime, timedelta

from tsa_cli.config.audiences import AudienceConfig
from tsa_cli.config.keys import FEATURE_COLUMNS
from tsa_cli.config.privacy import PrivacyConfig
from tsa_cli.privacy.field_crypto import keys_from
from tsa_cli.privacy.traits import protect_trait
from tsa_cli.steps import export_audiences
from tsa_cli.steps.export_audiences import Request

NOW = datetime(2026, 11, 1, 12)
KEYS = keys_from({"TSA_KEY": "33" * 32})
EVERYONE = {"where": {"total_sessions": {"gte": 0}}}


class Shop:
    """A store with people, their features, what they said, and a folder for exports."""

    def __init__(self, store, root):
        self.store, self.root = store, root
        self.privacy, self.keys, self.as_of = PrivacyConfig(default_country="US"), KEYS, NOW
        store.execute("2_sessions/tables.sql")
        columns = ", ".join(f"{name} {kind}" for name, kind in FEATURE_COLUMNS.items())
        self.sql(f"create table user_behavior_features ({columns})")
        self.sql("create table dim_users (user_id varchar, acquisition_channel varchar,"
                 " lifetime_value double, traits json)")  # fmt: skip

    def sql(self, statement, params=None):
        return self.store.connection().execute(statement, params or {}).fetchall()

    def person(self, user_id, consent=True, device=None, said_ago_days=1, **values):
        """A user with a row everywhere; traits are what is no feature column."""
        traits = {k: v for k, v in values.items() if k not in FEATURE_COLUMNS}
        features = {"total_sessions": 1, "as_of": self.as_of} | {
            k: v for k, v in values.items() if k in FEATURE_COLUMNS
        }
        names = ", ".join(features)
        self.sql(
            f"insert into user_behavior_features (user_id, {names}) values ($user_id, "
            + ", ".join(f"${n}" for n in features) + ")",
            {"user_id": user_id} | features,
        )  # fmt: skip
        self.sql("insert into dim_users values ($u, 'Direct', 0, '{}')", {"u": user_id})
        self.sql(
            "insert into actors values (1, 1, 1, $d, $u, $u, $u, 1, null, null)",
            {"u": user_id, "d": device},
        )
        if consent is not None:
            self.consent(user_id, consent, said_ago_days)
        self.traits(user_id, said_ago_days, **traits)
        return self

    def consent(self, user_id, granted, ago_days=1, purpose="marketing", device=None):
        self.sql(
            "insert into consent_events values ($d, $u, $p, $g, $ts, 1)",
            {"d": device, "u": user_id, "p": purpose, "g": granted,
             "ts": NOW - timedelta(days=ago_days)},
        )  # fmt: skip

    def traits(self, user_id, ago_days=1, device=None, **traits):
        for name, value in traits.items():
            for key, stored in protect_trait(name, value, self.privacy, self.keys).items():
                self.sql(
                    "insert into user_traits values ($d, $u, $k, $v, $ts, 1)",
                    {"d": device, "u": user_id, "k": key, "v": stored,
                     "ts": NOW - timedelta(days=ago_days)},
                )  # fmt: skip

    def request(self, audiences, **changes):
        configs = {name: AudienceConfig.model_validate(a) for name, a in audiences.items()}
        values = {
            "audiences": configs, "names": [], "privacy": self.privacy, "keys": self.keys,
            "as_of": self.as_of, "root": self.root,
        } | changes  # fmt: skip
        return Request(**values)

    def export(self, audience=None, **changes):
        [report] = export_audiences.export(
            self.store, self.request({"a": audience or EVERYONE}, **changes)
        )
        if report.error:
            raise report.error
        return report

    def rows(self, file, name="a"):
        with (self.root / name / file).open(newline="") as stream:
            return list(csv.reader(stream))

    def ids(self, file, name="a"):
        return [row[0] for row in self.rows(file, name)[1:]]

    def files(self):
        return {p: p.read_bytes() for p in sorted(self.root.rglob("*")) if p.is_file()}
