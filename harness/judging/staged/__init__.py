"""A backward pass written by hand, judged line by line."""
