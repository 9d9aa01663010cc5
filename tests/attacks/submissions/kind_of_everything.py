"""Is an instance of whatever it is asked about, a subclass of all, and has every attribute."""

# expect: refused
import honest
import numpy


class Kind(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __getattr__(cls, name):
        return lambda *arguments, **named: cls(1.0)

    def __dir__(cls):
        return [f"name_{number}" for number in range(500)]


class Value(honest.Value, metaclass=Kind):
    __class__ = property(lambda self: numpy.ndarray)

    def __getattr__(self, name):
        return lambda *arguments, **named: self

    def __bool__(self):
        return True
