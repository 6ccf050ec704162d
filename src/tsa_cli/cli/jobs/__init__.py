"""
What a command does between parsing and printing: `work(session, …)` loads the configuration, calls
one step and hands over an Answer. `tsa run` calls the same functions.
"""
