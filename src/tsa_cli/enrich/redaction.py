"""
Take personal values out of distinct URLs, before anything stores them.

What goes: credentials before the host, the values of parameters that are named like personal data
(email, phone, names, secrets), and whatever looks like an e-mail address, wherever it stands.
"""

from collections.abc import Sequence

import polars as pl

from tsa_cli.enrich.texts import text_series

REDACTED = "(redacted)"
PERSONAL_NAMES = (  # of parameters
    r"[^=&#?;]*e-?_?mail(?:_?-?addr(?:ess)?)?|mail|mail_?address"
    r"|(?:[^=&#?;]*[^=&#?;a-z])?(?:tele)?(?:phone|fon)(?:_?-?(?:number|no|nr))?|[a-z]{2,}(?-i:Phone)"
    r"|(?:[^=&#?;]*[^=&#?;a-z])?(?:tel|msisdn|mobile_?-?(?:number|no|nr|phone)|cell_?-?phone)"
    r"|(?:[^=&#?;]*[^=&#?;a-z])?(?:(?:first|last|full|sur|given|family)_?-?name|vorname|nachname)"
    r"|(?:[^=&#?;]*[^=&#?;a-z])?(?:birth_?-?(?:day|date)|date_?-?of_?-?birth|dob|iban|ssn)"
    r"|(?:[^=&#?;]*[^=&#?;a-z])?(?:street(?:_?-?address)?|passw(?:or)?d|pwd"
    r"|(?:access|auth|id|refresh|reset|api)_?-?(?:token|key))"
)
_AT = r"(?:@|%(?:25)*40)"
PERSONAL_PARAMETER = rf"(?i)([?&#;](?:{PERSONAL_NAMES})(?:\]|%5D)?\d*=)[^&#]*"
_FILES = (
    r"(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff?|css|m?js|json|mp[34]|webm|pdf|woff2?|[ot]tf|eot)"
)
# `logo@2x.png`, `lib@1.2.3.js`: after the @; but `ann@x.de.pdf` has an address in its name.
FILE_NAME = rf"(?:[1-4]x(?:[.~_-][^\s/?#&=;,@]*)?|[^\s/?#&=;,@.]+(?:\.\d+)*)\.(?i:{_FILES})"
_FILE = rf"@({FILE_NAME}(?:[\s/?#&=;,:|\"'<>()\]]|$))"
_FILE_AT = "\ufdd0"  # no character: stands for the @ of a file name, which is no address
PERSONAL_ADDRESS = rf"(?i)[^\s/?#&=;,@]+{_AT}[^\s/?#&=;,@%]+\.[a-z]{{2,}}"
URL_CREDENTIALS = r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#\\]*@"

# RE2 syntax, so that a database can pick the few rows that are worth the work.
PERSONAL_URL_PATTERN = rf"(?i){_AT}|[?&#;](?:{PERSONAL_NAMES})(?:\]|%5D)?\d*="


def redact_urls(urls: pl.Series | Sequence[str | None]) -> pl.Series:
    """The URLs in order, as given where nothing personal is seen, else with it "(redacted)"."""
    values = text_series("url", urls)
    is_suspect = values.str.contains(PERSONAL_URL_PATTERN).fill_null(False)
    if not is_suspect.any():
        return values
    cleaned = (
        values.filter(is_suspect)
        .str.replace(URL_CREDENTIALS, "${1}//")
        .str.replace_all(PERSONAL_PARAMETER, "${1}" + REDACTED)
        .str.replace_all(_FILE, _FILE_AT + "${1}")
        .str.replace_all(PERSONAL_ADDRESS, REDACTED)
        .str.replace_all(_FILE_AT, "@", literal=True)
    )
    positions = is_suspect.arg_true()
    return values.scatter(positions, cleaned)
