from contextlib import contextmanager

import numpy as np

_recording = [True]


@contextmanager
def no_grad():
    _recording.append(False)
    try:
        yield
    finally:
        _recording.pop()


def is_recording():
    return _recording[-1]


def run_backward(root, gradient):
    """Counts how many results wait for each tensor's gradient, and visits those that wait no more."""
    waiting, stack = {id(root): 0}, [root]
    while stack:
        for parent in stack.pop()._parents:
            if parent.requires_grad:
                if id(parent) not in waiting:
                    waiting[id(parent)] = 0
                    stack.append(parent)
                waiting[id(parent)] += 1
    buffers, ready = {id(root): gradient}, [root]
    while ready:
        tensor = ready.pop()
        total = buffers.pop(id(tensor))
        tensor.accumulate(total)
        if tensor._vjp is None:
            continue
        for parent, part in zip(tensor._parents, tensor._vjp(total)):
            if not parent.requires_grad:
                continue
            part = unbroadcast(np.asarray(part), parent.shape)
            key = id(parent)
            buffers[key] = buffers[key] + part if key in buffers else part
            waiting[key] -= 1
            if waiting[key] == 0:
                ready.append(parent)


def unbroadcast(grad, shape):
    if grad.shape == shape:
        return grad
    axes = tuple(range(grad.ndim - len(shape)))
    grad = grad.sum(axis=axes)
    axes = tuple(i for i, n in enumerate(shape) if n == 1)
    return grad.sum(axis=axes, keepdims=True)
