"""tsa: analytics for a shop's event files, from the log to the audience file."""

__version__ = "0.1.0"
