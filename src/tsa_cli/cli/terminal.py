"""
What may reach a terminal: text without control or direction characters, on the right stream.

An event's name is whatever a visitor's browser sent; printed raw it could move the cursor,
change the title or reverse the line.
"""

import os
import re
import sys
from contextlib import suppress

# C0 and C1 controls, DEL, zero-width, bidirectional and line-separator characters, and the tags of
# plane 14, a second alphabet that nobody sees.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """`text` with every hidden character written as its escape, like `\\x1b`."""
    return HIDDEN.sub(lambda hit: _escaped(hit[0]), text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(line: str) -> None:
    """One line on stderr; a closed stderr, or one on a full disk, is no reason to fail."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):  # what waits to be written would fail again at the exit
            silence(sys.stderr.fileno())


def silence(stream_number: int) -> None:
    """Send what is still written to a stream nowhere, so that the exit stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream_number)
    os.close(nowhere)


def is_terminal(stream: object) -> bool:
    """True when `stream` is shown to a person."""
    isatty = getattr(stream, "isatty", None)
    return bool(isatty and isatty())
