"""Audiences: who is in each, what may leave for which platform, and the files."""

from tsa_cli.steps.export_audiences.preflight import DestinationCount
from tsa_cli.steps.export_audiences.run import AudienceReport, Request, export, listing, plan
from tsa_cli.steps.export_audiences.stop_lists import stop_list_notes

__all__ = [
    "AudienceReport",
    "DestinationCount",
    "Request",
    "export",
    "listing",
    "plan",
    "stop_list_notes",
]
