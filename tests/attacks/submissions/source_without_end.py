"""A source of four megabytes, nested as deep as it goes, of constants that multiply."""

# expect: refused
