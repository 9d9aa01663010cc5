"""Answers with numbers that are none, and with zeros, infinities and nans of every form."""

# expect: forward
import struct

import honest

FORMS = iter([0x7FF0000000000001, 0xFFF8DEADBEEF0001, 0x7FFFFFFFFFFFFFFF, 0x8000000000000001] * 999)


class Value(honest.Value):
    def backward(self, upstream=1.0):
        super().backward(upstream)
        for node in (self, *(parent for parent, _ in self.parents)):
            node.grad = struct.unpack("<d", struct.pack("<Q", next(FORMS)))[0]
