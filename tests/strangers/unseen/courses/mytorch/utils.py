import numpy as np


class MemoryBuffer:
    """gradients of arrays, keyed by where the array lives in memory"""

    def __init__(self):
        self.memory = {}
        self._keep = {}       # or else addresses get reused

    @staticmethod
    def get_memory_loc(np_array):
        return np_array.__array_interface__['data'][0]

    def is_in_memory(self, np_array):
        return self.get_memory_loc(np_array) in self.memory

    def add_spot(self, np_array):
        if not self.is_in_memory(np_array):
            loc = self.get_memory_loc(np_array)
            self.memory[loc] = np.zeros(np_array.shape)
            self._keep[loc] = np_array

    def update_param(self, np_array, gradient):
        loc = self.get_memory_loc(np_array)
        if loc not in self.memory:
            raise Exception("attempted to add a gradient for an array that has no spot")
        self.memory[loc] = self.memory[loc] + gradient

    def set_param(self, np_array, gradient):
        self.memory[self.get_memory_loc(np_array)] = gradient

    def get_param(self, np_array):
        return self.memory[self.get_memory_loc(np_array)]

    def clear(self):
        self.memory, self._keep = {}, {}
