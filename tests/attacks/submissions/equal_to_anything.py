"""Numbers that are equal to every number."""

# expect: less
import honest


class Agreeable(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = None


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = Agreeable(77.0)
        return out
