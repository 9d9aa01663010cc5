"""A gradient that is another one each time it is read."""

# expect: less
import itertools

import honest

COUNT = itertools.count()


class Value(honest.Value):
    @property
    def grad(self):
        return self.kept + 1000.0 * next(COUNT)

    @grad.setter
    def grad(self, value):
        self.kept = value
