"""Every gradient is infinite."""

# expect: forward
import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(float("inf"))
