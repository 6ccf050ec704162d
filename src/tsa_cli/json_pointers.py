"""JSON pointers (RFC 6901) of keys, whatever characters those have."""


def pointer_of(*keys: str) -> str:
    """The pointer that goes down by these keys, e.g. ("a/b", "c") → "/a~1b/c"."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
