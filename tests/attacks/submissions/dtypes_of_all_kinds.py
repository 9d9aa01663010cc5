"""Answers in every type that numpy has: of sixteen bytes, of two, of text, of time, of records."""

# expect: any
import datetime
import decimal
import fractions

import honest
import numpy

KINDS = iter(
    [
        lambda x: numpy.array(x, ">f8").view("<f8"),
        lambda x: numpy.array(x, "longdouble") * numpy.longdouble("1e4900"),
        lambda x: numpy.array([(x, "a")], [("x", "f8"), ("y", "U9")]),
        lambda x: numpy.array(x, "complex128") * 1j,
        lambda x: numpy.datetime64("NaT"),
        lambda x: numpy.array(str(x), "U1000000"),
        lambda x: numpy.array([x, [x, [x]]], object),
        lambda x: numpy.void(b"\x00" * 8),
        lambda x: decimal.Decimal("sNaN"),
        lambda x: decimal.Decimal("1e999999"),
        lambda x: fractions.Fraction(10**5000, 3),
        lambda x: 10**100_000,
        lambda x: datetime.datetime.max,
        lambda x: memoryview(b"12345678"),
        lambda x: range(1 << 62),
        lambda x: {x: x},
        lambda x: NotImplemented,
    ]
    * 99
)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(upstream)
        self.grad = next(KINDS)(self.grad)
