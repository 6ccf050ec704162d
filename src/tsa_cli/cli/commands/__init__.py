"""
The commands, a file per group: each parses, calls one step and prints.
"""
