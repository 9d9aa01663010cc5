"""Ends the process in backward, with the status of success: its values have their points."""

# expect: forward
import os

import honest


class Value(honest.Value):
    def backward(self, upstream=1.0):
        os._exit(0)
