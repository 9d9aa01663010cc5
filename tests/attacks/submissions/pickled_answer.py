"""Answers with an object that does something when it is read."""

# expect: 0
import os

import honest


class Gift:
    def __reduce__(self):
        return os.system, ("touch /tmp/pwned",)


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = Gift()
        return out
