from .tracer import trace, Node

primitive_vjps = {}


def defvjp(fun, *vjps, argnums=None):
    for i, v in zip(range(len(vjps)) if argnums is None else argnums, vjps):
        primitive_vjps.setdefault(fun, {})[i] = v


def toposort(end_node):
    counts, stack = {}, [end_node]
    while stack:
        n = stack.pop()
        if n in counts:
            counts[n] += 1
        else:
            counts[n] = 1
            stack.extend(n.parents)
    ready = [end_node]
    while ready:
        n = ready.pop()
        yield n
        for p in n.parents:
            if counts[p] == 1:
                ready.append(p)
            else:
                counts[p] -= 1


def backward_pass(g, end_node):
    outgrads = {end_node: g}
    outgrad = g
    for node in toposort(end_node):
        outgrad = outgrads.pop(node)
        fun, value, args, kwargs, argnums = node.recipe
        for argnum, parent in zip(argnums, node.parents):
            vjp = primitive_vjps[fun][argnum]
            pg = vjp(outgrad, value, *args, **kwargs)
            outgrads[parent] = pg if parent not in outgrads else outgrads[parent] + pg
    return outgrad


def make_vjp(fun, x):
    end_value, end_node = trace(Node.new_root(), fun, x)
    if end_node is None:
        return (lambda g: 0.0 * x), end_value
    return (lambda g: backward_pass(g, end_node)), end_value
