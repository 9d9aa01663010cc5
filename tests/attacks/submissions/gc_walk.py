"""Looks through all objects for truths and for derivatives."""

# expect: honest
import gc

import honest

RULES = {}
for thing in gc.get_objects():
    if type(thing).__name__ == "Operation" and getattr(thing, "derivatives", None):
        RULES[thing.name] = thing.derivatives
    if isinstance(thing, dict) and "derivatives" in thing and thing["derivatives"]:
        RULES["any"] = thing


class Value(honest.Value):
    fooled = bool(RULES)
