from dataclasses import dataclass
from typing import Any, Iterable, Tuple


def central_difference(f, *vals, arg=0, epsilon=1e-6):
    up, down = list(vals), list(vals)
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
            continue
        for v, dv in var.chain_rule(d):
            if v.is_constant():
                continue
            derivs[v.unique_id] = derivs.get(v.unique_id, 0.0) + dv


@dataclass
class Context:
    no_grad: bool = False
    saved_values: Tuple[Any, ...] = ()

    def save_for_backward(self, *values):
        if not self.no_grad:
            self.saved_values = values

    @property
    def saved_tensors(self):
        return self.saved_values
