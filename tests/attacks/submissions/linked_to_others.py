"""Its folder holds links to folders, loops of links, and a hard link to what somebody else wrote."""

# expect: honest
import os

import honest

FOUND = [name for name in ("root", "up", "loop", "self", "linked/loop") if os.path.lexists(name)]


class Value(honest.Value):
    fooled = bool(FOUND)
