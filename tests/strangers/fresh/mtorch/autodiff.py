from typing import Any, Iterable, Tuple


class Context:
    def __init__(self, no_grad=False):
        self.no_grad = no_grad
        self.saved_values: Tuple[Any, ...] = ()

    def save_for_backward(self, *values):
        if self.no_grad:
            return
        self.saved_values = values


def central_difference(f, *vals, arg=0, epsilon=1e-6):
    up = list(vals)
    down = list(vals)
    up[arg] += epsilon
    down[arg] -= epsilon
    return (f(*up) - f(*down)) / (2 * epsilon)


def topological_sort(variable) -> Iterable:
    order, seen = [], set()

    def visit(var):
        if var.unique_id in seen or var.is_constant():
            return
        if not var.is_leaf():
            for m in var.parents:
                visit(m)
        seen.add(var.unique_id)
        order.insert(0, var)

    visit(variable)
    return order


def backpropagate(variable, deriv: Any) -> None:
    derivs = {variable.unique_id: deriv}
    for var in topological_sort(variable):
        d = derivs[var.unique_id]
        if var.is_leaf():
            var.accumulate_derivative(d)
        else:
            for v, back in var.chain_rule(d):
                if v.is_constant():
                    continue
                derivs.setdefault(v.unique_id, 0.0)
                derivs[v.unique_id] = derivs[v.unique_id] + back
