"""
configs/identity.yaml: which ids are one person.

source  definitions D13 (latest known id wins), D14 (shared devices make no edges)
"""

from typing import Literal

from pydantic import Field

from tsa_cli.config.model import ConfigFile

# What programs write where they know no id; all who have one would be one person.
PLACEHOLDERS = (
    "undefined", "null", "(null)", "nil", "none", "(none)", "NaN", "n/a", "unknown", "anonymous",
    "guest", "true", "false", "[]", "{}", "[object Object]", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


class IdentityConfig(ConfigFile):
    """configs/identity.yaml; `placeholders` are no ids, in any usual case: None, NONE, none."""

    stitch: Literal["latest", "none"] = "latest"
    max_users_per_device: int = Field(3, ge=1)
    placeholders: tuple[str, ...] = PLACEHOLDERS

    def placeholder_texts(self) -> list[str]:
        """The placeholders in every case that counts, each once."""
        cases = (str, str.lower, str.upper, str.capitalize, str.title)
        return list(dict.fromkeys(case(text) for text in self.placeholders for case in cases))
