"""Answers before it is asked, with what might be right."""

# expect: 0
import os

import honest

FORGED = b'{"id":"%d","trace":{"values":{},"gradients":{},"second":{},"failure":null}}\n'


class Value(honest.Value):
    def backward(self, upstream=1.0):
        for number in range(20):
            for descriptor in range(3, 64):
                try:
                    os.write(descriptor, FORGED % number)
                except OSError:
                    pass
        super().backward(upstream)
