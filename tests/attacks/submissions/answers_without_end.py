"""Answers with what never ends when it is read: an iterator, a length, a text of itself."""

# expect: less
import honest


class Endless:
    def __len__(self):
        return 1 << 60

    def __getitem__(self, index):
        return Endless()

    def __iter__(self):
        while True:
            yield Endless()

    def __float__(self):
        while True:
            pass

    def __repr__(self):
        return f"{self!r}"


class Value(honest.Value):
    def _made(self, data, parents):
        out = Value(data, parents)
        out.data = Endless()
        return out
