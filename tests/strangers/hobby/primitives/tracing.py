"""Boxes, traces and primitives."""
from contextlib import contextmanager

_stack = []


@contextmanager
def new_trace():
    _stack.append(len(_stack))
    try:
        yield len(_stack) - 1
    finally:
        _stack.pop()


class Box:
    types = set()

    def __init__(self, value, trace, node):
        self._value, self._trace, self._node = value, trace, node

    def __bool__(self):
        return bool(self._value)


class Node:
    def __init__(self, value, fun, args, kwargs, argnums, parents):
        self.parents = parents
        self.recipe = fun, value, args, kwargs, argnums


class Root:
    def __init__(self):
        self.parents, self.recipe = (), None


def is_box(x):
    return isinstance(x, Box)


def value_of(x):
    return value_of(x._value) if is_box(x) else x


def primitive(raw):
    def wrapped(*args, **kwargs):
        boxed = [(i, a) for i, a in enumerate(args) if is_box(a)]
        if not boxed:
            return raw(*args, **kwargs)
        top = max(a._trace for _, a in boxed)
        chosen = [(i, a) for i, a in boxed if a._trace == top]
        plain = list(args)
        for i, a in chosen:
            plain[i] = a._value
        ans = wrapped(*plain, **kwargs)
        node = Node(ans, wrapped, plain, kwargs, [i for i, _ in chosen], [a._node for _, a in chosen])
        return new_box(ans, top, node)

    wrapped.__name__ = raw.__name__
    return wrapped


def new_box(value, trace, node):
    from .numpy_wrapped import ArrayBox

    return ArrayBox(value, trace, node)
