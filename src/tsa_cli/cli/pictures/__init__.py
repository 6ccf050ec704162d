"""
How reports look on a terminal, one module a report: `picture(data, width)`, from plain data.
"""
