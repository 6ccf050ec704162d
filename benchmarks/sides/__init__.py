"""
One process of a benchmark each: `python -m benchmarks.sides.NAME …`, in the folder of one size.

writes  stdout: one JSON line, see `benchmarks.sides.told`
"""
