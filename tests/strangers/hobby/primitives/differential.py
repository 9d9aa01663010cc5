from . import vjps
from .tracing import Root, is_box, new_box, new_trace
from .vspace import vspace


def make_vjp(fun, x):
    with new_trace() as trace:
        start = new_box(x, trace, Root())
        end = fun(start)
    if is_box(end) and end._trace == start._trace:
        return lambda g: backward_pass(g, end._node, start._node), end._value
    return lambda g: vspace(x).zeros(), end


def backward_pass(g, end_node, start_node):
    outgrads = {end_node: g}
    for node in toposort(end_node):
        outgrad = outgrads.pop(node)
        if node is start_node:
            return outgrad
        fun, value, args, kwargs, argnums = node.recipe
        for argnum, parent in zip(argnums, node.parents):
            more = vjps.primitive_vjps[fun, argnum](outgrad, value, *args, **kwargs)
            outgrads[parent] = outgrads[parent] + more if parent in outgrads else more
    return vspace(start_node).zeros()


def toposort(end_node):
    counts, stack = {}, [end_node]
    while stack:
        node = stack.pop()
        if node in counts:
            counts[node] += 1
        else:
            counts[node] = 1
            stack.extend(node.parents)
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in node.parents:
            if counts[parent] == 1:
                ready.append(parent)
            else:
                counts[parent] -= 1


def grad(fun, argnum=0):
    def gradfun(*args, **kwargs):
        def unary(x):
            changed = list(args)
            changed[argnum] = x
            return fun(*changed, **kwargs)

        vjp, ans = make_vjp(unary, args[argnum])
        return vjp(vspace(ans).ones())

    return gradfun


def value_and_grad(fun, argnum=0):
    return lambda *args: (fun(*args), grad(fun, argnum)(*args))
