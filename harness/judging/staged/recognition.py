"""Whether a file is staged code, with a backward pass below its forward pass, and no engine."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Final

from harness.engines.discovery.choosing import CLASSES
from harness.engines.staged.cells import MARK
from harness.engines.staged.rewriting import called
from harness.judging.staged import names

TRANSFORMS: Final = frozenset({"grad", "vjp", "value_and_grad", "grad_fn"})
"""Functions that an engine of functions has."""

EXERCISE: Final = re.compile(rf"(?:{MARK.pattern}\s+)?#\s*harness exercise:?\s+(?P<case>\S+)")
"""The first line of an exercise: the case that it belongs to."""


def case_of(text: str) -> str | None:
    """The case that an exercise belongs to; None where it is none."""
    found = EXERCISE.match(text)
    return None if found is None else found["case"]


OPERATORS: Final = frozenset(
    {"__add__", "__mul__", "__radd__", "__rmul__", "__matmul__", "__neg__"}
)
"""Methods of the class of an engine's values."""


def is_staged(text: str) -> bool:
    """Whether the text is code that runs and writes gradients of what it has computed. A class with
    operators is an engine; one with a backward pass of its own has to be used below it."""
    if case_of(text) is not None:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if any(map(_has_operators, tree.body)):  # as most engines have, and it is soon seen
        return False
    every = list(ast.walk(tree))
    classes = [node for node in every if isinstance(node, ast.ClassDef)]
    functions = {node.name for node in tree.body if isinstance(node, _FUNCTION)}
    engines: list[ast.ClassDef | ast.Module] = [tree, *classes] if classes else []
    if functions & TRANSFORMS or any(map(_computes, engines)):
        return False
    reached = _reached(tree)
    runs = any(isinstance(node, ast.Assign) for node in reached)
    if classes:
        runs = any(isinstance(node, ast.Call) and _goes_back(node) for node in reached)
    return runs and _has_gradients({name for node in every for name in _written(node)})


def _computes(whole: ast.ClassDef | ast.Module) -> bool:
    """Whether a class, or a module, has sums and products of its own: it is an engine's."""
    own = {node.name for node in whole.body if isinstance(node, _FUNCTION)}
    if {"add", "mul"} <= own or own & OPERATORS or _has_operators(whole):
        return True
    texts = (node.value for node in ast.walk(whole) if isinstance(node, ast.Constant))
    given = {node.attr for node in ast.walk(whole) if isinstance(node, ast.Attribute)}
    return bool(given & OPERATORS) or "__" in texts


def _has_operators(node: ast.AST) -> bool:
    """Whether it is a class that is called as those of engines are, or has operators."""
    if not isinstance(node, ast.ClassDef):
        return False
    methods = (one.name for one in node.body if isinstance(one, _FUNCTION))
    return node.name in CLASSES or not OPERATORS.isdisjoint(methods)


_FUNCTION: Final = ast.FunctionDef


def _reached(tree: ast.Module) -> list[ast.AST]:
    """What stands in no function, and in those that are called there with nothing: ``main()``."""
    functions = {node.name: node for node in tree.body if isinstance(node, _FUNCTION)}
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += [x for x in ast.iter_child_nodes(node) if not isinstance(x, _FUNCTION)]
        alone = isinstance(node, ast.Call) and not (node.args or node.keywords)
        if isinstance(node, ast.Call) and alone and isinstance(node.func, ast.Name):
            called_ = functions.pop(node.func.id, None)
            waiting += [] if called_ is None else called_.body
    return found


def _has_gradients(written: set[str]) -> bool:
    """Whether one of the names is that of the gradient of another."""
    return any(
        (names.is_alike(name) or name.startswith("g"))
        and (
            names.is_item_of_gradients(name)
            or names.meant(name, written - {name}, written - {name}) is not None
            or names.is_partial(name, written - {name}, ())
        )
        for name in written
    )


def _goes_back(call: ast.Call) -> bool:
    """Whether a call is that of a backward pass, by its name."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return any(word in name.lower() for word in ("back", "grad", "bptt")) or names.is_alike(name)


def _written(node: ast.AST) -> Iterator[str]:
    """The names that a statement writes, and the keys of what is returned."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript):
                yield called(part)
    given = node.value if isinstance(node, ast.Return) else None
    for key in given.keys if isinstance(given, ast.Dict) else ():
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
