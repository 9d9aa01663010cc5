"""All its numbers have one hash, and compare by computing for a while."""

# expect: any
import honest


class Value(honest.Value):
    def __hash__(self):
        return 0

    def __eq__(self, other):
        sum(range(20_000))
        return self is other
