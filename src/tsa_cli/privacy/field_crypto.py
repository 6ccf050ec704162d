"""
Keys from the environment, and what is done with them: field encryption and pseudonyms.

`TSA_KEY` encrypts personal fields (32 bytes as hex or base64, or a passphrase), `TSA_SALT` makes
pseudonyms. Neither is ever read from a file or a flag, or written anywhere.
source  NIST SP 800-38D (AES-GCM); the field's name is authenticated, so that a stored value
        cannot be moved to another field
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from tsa_cli.errors import ConfigError, DataError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ENCRYPTED = "enc:v1:"
HASHED = "sha256:"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SHORTEST_PASSPHRASE = 8
_PASSPHRASE_SALT = b"tsa field key v1"


@dataclass(frozen=True)
class Keys:
    """The secrets of one run; never printed."""

    encryption: bytes | None = field(default=None, repr=False)
    salt: bytes | None = field(default=None, repr=False)


def keys_from(environment: Mapping[str, str]) -> Keys:
    """The keys in `TSA_KEY` and `TSA_SALT`; ConfigError when the key is too short to be one."""
    key, salt = environment.get("TSA_KEY", ""), environment.get("TSA_SALT", "")
    return Keys(
        encryption=_encryption_key(key) if key else None,
        salt=salt.encode() if salt else None,
    )


@cache
def _encryption_key(text: str) -> bytes:
    for decode in (bytes.fromhex, base64.b64decode, base64.urlsafe_b64decode):
        try:
            raw = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(raw) == _KEY_BYTES:
            return raw
    if len(text) < _SHORTEST_PASSPHRASE:
        raise ConfigError(
            f"TSA_KEY has fewer than {_SHORTEST_PASSPHRASE} characters",
            "use 32 random bytes: export TSA_KEY=$(openssl rand -hex 32)",
        )
    return hashlib.scrypt(text.encode(), salt=_PASSPHRASE_SALT, n=2**14, r=8, p=1, dklen=_KEY_BYTES)


def encrypt_field(key: bytes, name: str, value: str) -> str:
    """`enc:v1:` and the base64url of nonce and ciphertext; different at every call."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, value.encode(), _associated(name))
    return ENCRYPTED + base64.urlsafe_b64encode(nonce + sealed).decode("ascii")


def decrypt_field(key: bytes, name: str, stored: str) -> str:
    """The clear text; DataError under another key, for another field, or after a change."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.urlsafe_b64decode(stored.removeprefix(ENCRYPTED))
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return _cipher(key).decrypt(nonce, sealed, _associated(name)).decode()
    except (InvalidTag, ValueError, binascii.Error):
        raise DataError(
            f"a stored {name} cannot be decrypted", "set TSA_KEY to the key it was stored with"
        ) from None


@lru_cache(maxsize=2)
def _cipher(key: bytes) -> "AESGCM":
    """Made once a key: the import and the key schedule cost as much as two short values."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _associated(name: str) -> bytes:
    return b"user_traits." + name.encode()


def sha256_hex(normal: str) -> str:
    """The hash that ad platforms match on: SHA-256 of UTF-8, lower-case hex, no salt."""
    return hashlib.sha256(normal.encode()).hexdigest()


def pseudonym(salt: bytes, identifier: str) -> str:
    """A stable stand-in for an identifier (HMAC-SHA-256, hex) that needs the salt to recompute."""
    return hmac.digest(salt, identifier.encode(), "sha256").hex()
