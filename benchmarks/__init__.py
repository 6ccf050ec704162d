"""The same work done by tsa and by its peers, side by side: `python -m benchmarks.run`."""
