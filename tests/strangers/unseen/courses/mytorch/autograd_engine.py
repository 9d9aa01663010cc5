import numpy as np
from .utils import MemoryBuffer


class Operation:
    def __init__(self, inputs, output, gradients_to_update, backward_operation):
        self.inputs = inputs
        self.output = output
        self.gradients_to_update = gradients_to_update
        self.backward_operation = backward_operation

    def __repr__(self):
        return f"Operation {self.backward_operation.__name__} on {len(self.inputs)} inputs"


class Autograd:
    def __init__(self):
        self.gradient_buffer = MemoryBuffer()
        self.operation_list = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.zero_grad()
        self.operation_list = []

    def add_operation(self, inputs, output, gradients_to_update, backward_operation):
        """
        inputs: arrays of the forward operation
        output: its result
        gradients_to_update: per input None (use the gradient buffer) or an array
            of a layer (dW, db) that is updated in place
        backward_operation: function from mytorch.functional
        """
        if len(inputs) != len(gradients_to_update):
            raise Exception("Number of inputs must match the number of gradients to update!")
        self.operation_list.append(Operation(inputs, output, gradients_to_update, backward_operation))
        for inp, g in zip(inputs, gradients_to_update):
            if g is None:
                self.gradient_buffer.add_spot(inp)

    def backward(self, divergence):
        """divergence: gradient of the loss w.r.t. the last output, or a loss
        object with .backward()"""
        if hasattr(divergence, "backward"):
            divergence = divergence.backward()
        last = len(self.operation_list) - 1
        for i in range(last, -1, -1):
            op = self.operation_list[i]
            grad_out = divergence if i == last else self.gradient_buffer.get_param(op.output)
            grads = op.backward_operation(grad_out, *op.inputs)
            for inp, g, store in zip(op.inputs, grads, op.gradients_to_update):
                if g is None:
                    continue
                if store is None:
                    self.gradient_buffer.update_param(inp, g)
                elif isinstance(store, np.ndarray):
                    store += g

    def zero_grad(self):
        self.gradient_buffer.clear()
