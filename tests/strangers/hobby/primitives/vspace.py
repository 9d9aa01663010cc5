import numpy as np


class VSpace:
    def __init__(self, value):
        self.shape = np.shape(value)

    def zeros(self):
        return np.zeros(self.shape)

    def ones(self):
        return np.ones(self.shape)

    def __eq__(self, other):
        return self.shape == other.shape


def vspace(value):
    return VSpace(value)
