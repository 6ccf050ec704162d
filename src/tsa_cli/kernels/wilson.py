"""
Wilson's interval for a share.

reads   counts
writes  nothing
source  E. B. Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference"
"""

from math import sqrt

_Z95 = 1.959963984540054  # the normal quantile of 97.5 %


def wilson(hits: float, n: float) -> tuple[float | None, float | None]:
    """The 95 % interval of the share hits / n, inside [0, 1]; (None, None) when n is 0."""
    if n <= 0:
        return None, None
    share, square = hits / n, _Z95 * _Z95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    # At the ends the bound is exact; the formula misses it by rounding.
    return (0.0 if hits <= 0 else middle - half), (1.0 if hits >= n else middle + half)
