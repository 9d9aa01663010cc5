"""Staged code, run statement by statement with values that carry their history."""
