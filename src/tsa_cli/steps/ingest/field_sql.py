"""
The SQL expressions of the canonical fields of one JSON document a line, by a mapping.

Every path and name is bound; of a field's paths the first that a line fills counts.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from tsa_cli.config.sources import (
    OUTSIDE,
    Call,
    CanonicalField,
    SourceConfig,
    ToldCampaign,
    ToldDevice,
    ToldPlace,
)
from tsa_cli.enrich import told_devices, told_places
from tsa_cli.enrich.told_campaigns import SIGN
from tsa_cli.globs import glob_to_like
from tsa_cli.steps.ingest.bound_paths import BoundPaths


class FieldSql:
    """The texts of fields, over a column `json`."""

    source: SourceConfig
    paths: BoundPaths

    def field(self, name: CanonicalField) -> str:
        """The text of a canonical field, null when no path of it is filled."""
        text = self._text(name)
        if name == "event" and self.source.event:
            return f"coalesce({text}, {self.paths.bind(self.source.event)})"
        if name == "user_agent" and self.source.device:
            return f"coalesce({text}, {self._told(self.source.device, told_devices.KEYS)})"
        if name == "ip" and self.source.place:
            return f"coalesce({text}, {self._told(self.source.place, told_places.KEYS)})"
        if name == "session_id":
            return self._session(text)
        if name not in ("user_id", "anonymous_id"):
            return text
        text = self._bare_id(text)
        if name == "user_id" and self.source.known_differs:
            shared = {p for field, p in self.source.field_paths() if field == "anonymous_id"}
            own = self._bare_id(self._text(name, left_out=shared))
            return f"coalesce({own}, nullif({text}, {self.field('anonymous_id')}))"
        return text

    def _session(self, text: str) -> str:
        """The client's session, OUTSIDE where the event belongs to no visit."""
        cases = [f"{text} = {self.paths.bind(word)}" for word in self.source.no_session]
        if calls := self.source.server_calls:
            none = [
                text,
                self._text("page_url"),
                self._text("user_agent"),
            ]  # a told system is its own
            none += map(self._filled, calls.devices)
            words = [
                f"{self._filled(path)} like {self.paths.bind(glob_to_like(word))} escape '\\'"
                for path, words in calls.values.items()
                for word in words
            ]
            case = f"coalesce({', '.join(none)}) is null and ({' or '.join(words)})"
            if self.source.kinds and calls.never:
                others = ", ".join(self.paths.bind(kind) for kind in calls.never)
                case += f" and {self.paths.text(self.source.kinds.path)} not in ({others})"
            for prefix in self.source.id_prefixes:  # such an id is a visitor's device
                is_said = f"starts_with({self._text('anonymous_id')}, {self.paths.bind(prefix)})"
                case += f" and not coalesce({is_said}, false)"
            cases.append(case)
        if not cases:
            return text
        whens = " ".join(f"when {case} then {self.paths.bind(OUTSIDE)}" for case in cases)
        return f"case {whens} else {text} end"

    def _text(self, name: CanonicalField, left_out: Collection[str] = ()) -> str:
        """The text of the first path that is filled, but for those `left_out`."""

        def first_of(paths: Iterable[str]) -> str:
            return self._coalesced(path for path in paths if path not in left_out)

        def of_call(call: Call) -> str | None:
            if name in call.fields:
                return first_of(call.fields[name])
            return self.paths.bind(call.event) if name == "event" and call.event else None

        return self._by_kind(first_of(self.source.fields.get(name, [])), of_call)

    def page_url(self) -> str:
        """The text of the page's URL, with the campaign that stands beside it."""
        url = self.field("page_url")
        if not self.source.campaign_paths():
            return url
        told = self._campaign(self.source.campaign)
        if self.source.last_campaign.parameters():
            last = self._campaign(self.source.last_campaign)
            is_unreferred = f"{self.field('referrer_url')} is null"
            told = f"coalesce({told}, case when {is_unreferred} then {last} end)"
        return f"coalesce(coalesce({url}, '') || {self.paths.bind(SIGN)} || {told}, {url})"

    def _campaign(self, told: ToldCampaign) -> str:
        """The query that a URL would have, null where nothing is told; see told_campaigns."""
        values = {name: self._coalesced(paths) for name, paths in told.parameters().items()}
        pairs = [f"{self.paths.bind(name + '=')} || url_encode({v})" for name, v in values.items()]
        return f"nullif(concat_ws('&', {', '.join(pairs)}), '')" if pairs else "null"

    def _bare_id(self, text: str) -> str:
        """The id without a beginning that says what kind of id it is."""
        for prefix in self.source.id_prefixes:
            is_said = f"starts_with({text}, {self.paths.bind(prefix)})"
            text = f"case when {is_said} then substr({text}, {len(prefix) + 1}) else {text} end"
        return text

    def _told(self, told: ToldDevice | ToldPlace, keys: Sequence[str]) -> str:
        """What stands for a user agent or an address that the source does not keep, as JSON."""
        words = {key: self._coalesced(getattr(told, key)) for key in keys}
        pairs = ", ".join(f"{self.paths.bind(key)}, {word}" for key, word in words.items())
        found = f"coalesce({', '.join(words.values())})"
        return f"case when {found} is not null then cast(json_object({pairs}) as varchar) end"

    def _coalesced(self, paths: Iterable[str]) -> str:
        values = [self._filled(path) for path in paths]
        return f"coalesce({', '.join(values)})" if values else "cast(null as varchar)"

    def _filled(self, path: str) -> str:
        value = f"nullif({self.paths.text(path)}, '')"
        for empty in self.source.empty_values:
            value = f"nullif({value}, {self.paths.bind(empty)})"
        return value

    def _by_kind(self, default: str, of_call: Callable[[Call], str | None]) -> str:
        """The expression of each kind of line that has one of its own, else `default`."""
        kinds = self.source.kinds
        if kinds is None:
            return default
        cases = [
            f"when {self.paths.bind(word)} then {own}"
            for word, call in kinds.calls.items()
            if (own := of_call(call)) is not None
        ]
        if not cases:
            return default
        return f"case {self.paths.text(kinds.path)} {' '.join(cases)} else {default} end"
