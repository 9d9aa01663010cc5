"""Module 1: central difference, topological sort, backpropagate."""
from dataclasses import dataclass
from typing import Any, Iterable, List, Protocol, Tuple

__all__ = ["central_difference", "Variable", "topological_sort", "backpropagate", "Context"]


def central_difference(f: Any, *vals: Any, arg: int = 0, epsilon: float = 1e-6) -> Any:
    up, down = list(vals), list(vals)
    up[arg] = up[arg] + epsilon
    down[arg] = down[arg] - epsilon
    return (f(*up) - f(*down)) / (2 * epsilon)


class Variable(Protocol):
    def accumulate_derivative(self, x: Any) -> None: ...

    @property
    def unique_id(self) -> int: ...

    def is_leaf(self) -> bool: ...

    def is_constant(self) -> bool: ...

    @property
    def parents(self) -> Iterable["Variable"]: ...

    def chain_rule(self, d_output: Any) -> Iterable[Tuple["Variable", Any]]: ...


def topological_sort(variable: Variable) -> Iterable[Variable]:
    """Non-constant variables starting from the right."""
    order: List[Variable] = []
    seen = set()

    def visit(v: Variable) -> None:
        if v.unique_id in seen or v.is_constant():
            return
        if not v.is_leaf():
            for p in v.parents:
                visit(p)
        seen.add(v.unique_id)
        order.insert(0, v)

    visit(variable)
    return order


def backpropagate(variable: Variable, deriv: Any) -> None:
    derivs = {variable.unique_id: deriv}
    for v in topological_sort(variable):
        d = derivs[v.unique_id]
        if v.is_leaf():
            v.accumulate_derivative(d)
            continue
        for parent, d_in in v.chain_rule(d):
            if parent.is_constant():
                continue
            derivs[parent.unique_id] = derivs.get(parent.unique_id, 0.0) + d_in


@dataclass
class Context:
    no_grad: bool = False
    saved_values: Tuple[Any, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        if self.no_grad:
            return
        self.saved_values = values

    @property
    def saved_tensors(self) -> Tuple[Any, ...]:
        return self.saved_values
