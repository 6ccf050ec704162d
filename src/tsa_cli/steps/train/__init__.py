"""Train a model, judge it on later people than it learned from, keep and promote it."""

from tsa_cli.steps.train.run import Request, TrainResult, run
from tsa_cli.steps.train.samples import Snapshot

__all__ = ["Request", "Snapshot", "TrainResult", "run"]
