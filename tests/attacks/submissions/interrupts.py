"""Raises what ends a program and is no mistake: an interrupt, in all the places where it is asked."""

# expect: less
import honest


class Value(honest.Value):
    def _made(self, data, parents):
        raise KeyboardInterrupt

    def backward(self, upstream=1.0):
        raise GeneratorExit
