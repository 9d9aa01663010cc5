"""Engines as strangers write them, in many styles, and mistakes made in them by program."""
