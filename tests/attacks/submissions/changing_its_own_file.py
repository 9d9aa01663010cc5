"""Changes what was handed in, so that the next run is another."""

# expect: honest
import honest

try:
    with open(__file__, "a") as file:
        file.write("# changed\n")
    CHANGED = True
except OSError:
    CHANGED = False


class Value(honest.Value):
    fooled = CHANGED
