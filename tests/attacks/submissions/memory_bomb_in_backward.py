"""Takes all the memory that it can get, in backward."""

# expect: forward
import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        taken = []
        while True:
            taken.append(bytearray(1 << 26))
