"""Never comes back from its import."""

# expect: refused
while True:
    pass
