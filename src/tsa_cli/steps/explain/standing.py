"""
What the later steps made of the person: features, scores with factors, audiences.

reads   user_behavior_features, user_scores, audience_exports, audience_members, where they exist
"""

import json
from collections.abc import Sequence

from tsa_cli.steps.explain.result import Row
from tsa_cli.store.store import Store


def features_of(store: Store, user_id: str) -> Row | None:
    """The person's features; None before `tsa features`, empty for who had no event by then."""
    if not store.has_table("user_behavior_features"):
        return None
    rows = store.records("4_reports/explain_features.sql", user_id=user_id)
    return rows[0] if rows else {}


def scores_of(store: Store, user_id: str) -> Sequence[Row] | None:
    """The latest score by each model, with its factors; None before `tsa score`."""
    if not store.has_table("user_scores"):
        return None
    rows = store.records("4_reports/explain_scores.sql", user_id=user_id)
    return [{**row, "factors": _document(row["factors"])} for row in rows]


def audiences_of(store: Store, user_id: str) -> Sequence[Row] | None:
    """Each exported audience and whether the person is in it; None before the first export."""
    if not store.has_table("audience_exports"):
        return None
    return store.records("4_reports/explain_audiences.sql", user_id=user_id)


def _document(text: object) -> object:
    return json.loads(text) if isinstance(text, str) else {}
