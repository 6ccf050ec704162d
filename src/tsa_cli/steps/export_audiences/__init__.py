"""Audiences: who is in each, what may leave for which platform, and the files."""

from tsa_cli.steps.export_audiences.preflight import DestinationCount
from tsa_cli.steps.export_audiences.run import AudienceReport, Request, export, listing, plan

__all__ = ["AudienceReport", "DestinationCount", "Request", "export", "listing", "plan"]
