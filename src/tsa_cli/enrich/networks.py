"""
Which stored addresses lie in networks that somebody named.

source  ipaddress of the standard library
"""

import ipaddress
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tsa_cli.config.sessions import Network
from tsa_cli.enrich.ip import truncate_ip


def in_networks(addresses: Iterable[str], networks: Iterable[Network]) -> NDArray[np.bool_]:
    """
    For each address, whether it lies in one of the networks; text that is no address does not.

    An address that was cut short when it was stored counts for all that is stored as it: of a
    network that is smaller than what is kept, the neighbours are in it, too.
    """
    named = list(networks)
    stored_as = {truncate_ip(str(each.network_address)) for each in named}
    return np.array(
        [address in stored_as or _is_in(address, named) for address in addresses], np.bool_
    )


def _is_in(text: str, networks: Iterable[Network]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in each for each in networks)
