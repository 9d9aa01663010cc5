"""Node, Box, trace, primitive."""
from contextlib import contextmanager


class Node:
    """A step of the computation graph."""

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        self.parents = parents
        self.recipe = (fun, value, args, kwargs, parent_argnums)

    @classmethod
    def new_root(cls):
        n = cls.__new__(cls)
        n.parents, n.recipe = [], (lambda x: x, None, (), {}, [])
        return n


class TraceStack:
    def __init__(self):
        self.top = -1

    @contextmanager
    def new_trace(self):
        self.top += 1
        yield self.top
        self.top -= 1


trace_stack = TraceStack()


class Box:
    type_mappings = {}
    types = set()

    def __init__(self, value, trace_id, node):
        self._value, self._node, self._trace_id = value, node, trace_id

    @classmethod
    def register(cls, value_type):
        Box.types.add(cls)
        Box.type_mappings[value_type] = cls
        Box.type_mappings[cls] = cls


def new_box(value, trace_id, node):
    try:
        return Box.type_mappings[type(value)](value, trace_id, node)
    except KeyError:
        raise TypeError("Can't differentiate w.r.t. type {}".format(type(value)))


def is_box(x):
    return type(x) in Box.types


def getval(x):
    return getval(x._value) if is_box(x) else x


def find_top_boxed_args(args):
    top_id, top = -1, []
    for argnum, a in enumerate(args):
        if not is_box(a):
            continue
        if a._trace_id > top_id:
            top_id, top = a._trace_id, [(argnum, a)]
        elif a._trace_id == top_id:
            top.append((argnum, a))
    return top, top_id


def primitive(f_raw):
    """Makes f_raw record itself whenever one of its arguments is a Box."""
    def f_wrapped(*args, **kwargs):
        boxed, trace_id = find_top_boxed_args(args)
        if not boxed:
            return f_raw(*args, **kwargs)
        argvals = list(args)
        for i, b in boxed:
            argvals[i] = b._value
        argvals = tuple(argvals)
        ans = f_wrapped(*argvals, **kwargs)
        node = Node(ans, f_wrapped, argvals, kwargs,
                    [i for i, _ in boxed], [b._node for _, b in boxed])
        return new_box(ans, trace_id, node)
    f_wrapped.__name__ = getattr(f_raw, "__name__", "prim")
    return f_wrapped


def trace(start_node, fun, x):
    with trace_stack.new_trace() as trace_id:
        start = new_box(x, trace_id, start_node)
        end = fun(start)
        if is_box(end) and end._trace_id == trace_id:
            return end._value, end._node
        return end, None        # output independent of the input
