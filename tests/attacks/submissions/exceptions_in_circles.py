"""Fails with an exception that is its own cause, whose text fails, in a group of groups."""

# expect: 0
import honest


class Circular(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__

    @property
    def args(self):
        raise self

    @property
    def __traceback__(self):
        raise self


class Value(honest.Value):
    def _made(self, data, parents):
        error = Circular()
        group = ExceptionGroup("x", [error])
        for _ in range(500):
            group = ExceptionGroup("x" * 1000, [group])
        error.__cause__ = error.__context__ = group
        raise error from group
