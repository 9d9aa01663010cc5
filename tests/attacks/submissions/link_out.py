"""Has a link to a file of the machine among its files."""

# expect: honest
import honest

try:
    FOUND = open("data.txt").read()
except OSError:
    FOUND = ""


class Value(honest.Value):
    fooled = bool(FOUND)
