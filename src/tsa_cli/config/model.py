"""
The base of every configuration model, and the types that YAML values take.

One file of `configs/` is one `ConfigFile`; unknown keys are errors; a duration needs a unit.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

if TYPE_CHECKING:
    from tsa_cli.config.keys import Keys

Place = tuple[str | int, ...]
Reference = tuple[Place, str, str]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_LONGEST = timedelta(days=36_500)  # a century: any moment plus this is one that the engine has


class ConfigModel(BaseModel):
    """A mapping inside a config file: frozen, and every key is known."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_bool_for_a_number(cls, value: object, info: ValidationInfo) -> object:
        """`true` is 1 to Python, but nobody means a number by it."""
        if info.field_name in _numbers_only(cls):
            values = list(value.values()) if isinstance(value, dict) else value
            for item in values if isinstance(values, (list, tuple)) else [values]:
                if isinstance(item, bool):
                    raise ValueError(f"a number is needed, not {str(item).lower()}")
        return value


class ConfigFile(ConfigModel):
    """A whole config file; each starts with `version: 1`."""

    keeps_defaults: ClassVar[bool] = False  # a key that is not given is the default file's
    keys: ClassVar["Keys | None"] = None  # what its matchers may ask of an event or a person
    version: Literal[1] = 1

    def unknown_names(self) -> Iterator[tuple[Place, str]]:
        """What is named in it that does not exist: (place, why)."""
        yield from ()

    def references(self) -> Iterator[Reference]:
        """The entries of `configs/` that it names: (place, folder, name)."""
        yield from ()


@cache
def _numbers_only(model: type[BaseModel]) -> frozenset[str]:
    """The fields in whose type a number is named, at any depth, and no bool."""
    found = ((name, set(_named(field.annotation))) for name, field in model.model_fields.items())
    return frozenset(name for name, types in found if types & {int, float} and bool not in types)


def _named(annotation: object) -> Iterator[object]:
    """The types that a type is made of; of a literal, those of its values."""
    yield annotation if isinstance(annotation, type) else type(annotation)
    for inner in get_args(annotation):
        yield from _named(inner)


def parse_duration(value: object) -> timedelta:
    """The timedelta of "90s", "30m", "24h", "7d"; ValueError without a known unit."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None and isinstance(value, str) and value.strip().startswith("-"):
        raise ValueError(f"a duration is not negative: {value!r}")
    if match is None:
        raise ValueError(f'a duration needs a unit, like "30m" (ms, s, m, h, d, w), not {value!r}')
    try:
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    except OverflowError:
        raise ValueError(f"a duration of at most {_LONGEST.days}d, not {value!r}") from None


def bounded_duration(value: object) -> timedelta:
    """`parse_duration` of up to a century; ValueError of more."""
    duration = parse_duration(value)
    if duration > _LONGEST:
        raise ValueError(f"a duration of at most {_LONGEST.days}d, not {value!r}")
    return duration


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as `value`."""
    milliseconds = round(value.total_seconds() * 1000)
    for unit in ("w", "d", "h", "m", "s"):
        size = round(_SECONDS[unit] * 1000)
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


Duration = Annotated[
    timedelta,
    BeforeValidator(bounded_duration, json_schema_input_type=str),
    PlainSerializer(format_duration, return_type=str),
]


def path_text(value: object) -> object:
    """The value, if it is no text or one that may name a file; ValueError else."""
    if isinstance(value, str) and (not value.strip() or "\0" in value):
        raise ValueError(f"a path is needed, not {value!r}")
    return value


PathText = Annotated[str, AfterValidator(path_text)]


def _some_name(value: str) -> str:
    if not value.strip():
        raise ValueError(f"a name is needed, not {value!r}")
    return value


NameText = Annotated[str, AfterValidator(_some_name)]


def _listed(value: object) -> object:
    """One name alone is a list of it."""
    return [value] if isinstance(value, str) else value


NameTexts = Annotated[
    list[NameText],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=NameText | list[NameText]),
]
