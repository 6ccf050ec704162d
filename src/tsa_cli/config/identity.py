"""
configs/identity.yaml: which ids are one person.

source  definitions D13 (latest known id wins), D14 (shared devices make no edges)
"""

from typing import Literal

from pydantic import Field

from tsa_cli.config.model import ConfigFile


class IdentityConfig(ConfigFile):
    """configs/identity.yaml."""

    stitch: Literal["latest", "none"] = "latest"
    max_users_per_device: int = Field(3, ge=1)
