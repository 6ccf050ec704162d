"""
Keys under which an IP address stands, in any spelling: `X-Forwarded-For`, `clientIp`.
"""

from itertools import product

_OF_CLIENTS = ("ip", "ip_address", "client_ip", "user_ip", "user_ip_address", "user_ipaddress")
_OF_REQUESTS = ("request_ip", "remote_addr", "remote_ip", "x_forwarded_for", "forwarded_for")
_OF_PROXIES = ("x_real_ip", "real_ip", "x_client_ip", "true_client_ip", "cf_connecting_ip")
_OF_PEOPLE = ("initial_ip", "last_ip", "last_login_ip", "sign_in_ip", "signup_ip")
_OF_SOURCES = ("context_ip", "context_request_ip", "context_passed_ip")
_WORDS = [
    key.split("_") for key in _OF_CLIENTS + _OF_REQUESTS + _OF_PROXIES + _OF_PEOPLE + _OF_SOURCES
]

IP_SPELLINGS = frozenset(sign.join(words) for words, sign in product(_WORDS, ("", "_", "-", " ")))
IP_PATTERN = "|".join(sorted({"[_ -]?".join(words) for words in _WORDS}))  # ignoring case


def is_ip_key(key: str) -> bool:
    """Whether an IP address stands under the key; the `$` of Mixpanel and PostHog is allowed."""
    return key.strip().removeprefix("$").lower() in IP_SPELLINGS
