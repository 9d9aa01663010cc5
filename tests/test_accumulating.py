"""In every engine of the tests, each `+=` is made a `=`: a case tells so, whatever else it has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from styles.keeper import STYLES, ground, is_caught
from styles.labels import Label
from styles.mutations import Mutant
from sweeps import sweep

ZOO = Path(__file__).resolve().parent / "zoo"
ENGINES = [*(ZOO / f"{name}.py" for name in ("scalars", "arrays", "rules")), *STYLES.values()]
NONE = Label("engine", "backward", (), frozenset())

EQUAL = {"other.grad = -math.inf * out.grad"}
"""What is infinite stays so, whatever is added to it."""


def assigned(text: str) -> Iterator[tuple[str, str]]:
    """Each line that adds to a place, as one that writes to it; and the engine with it."""
    lines = text.splitlines(keepends=True)
    target: ast.expr
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
            target, added, sign = node.target, node.value, node.op
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.BinOp)
            and isinstance(node.value.op, ast.Add | ast.Sub)
            and ast.unparse(node.value.left) == ast.unparse(node.targets[0])
        ):
            target, added, sign = node.targets[0], node.value.right, node.value.op
        else:
            continue
        value = ast.unparse(added)
        line = f"{ast.unparse(target)} = {value if isinstance(sign, ast.Add) else f'-({value})'}"
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before = lines[first].encode()[: node.col_offset].decode()
        after = lines[last].encode()[node.end_col_offset :].decode()
        yield line, "".join([*lines[:first], before, line, after, *lines[last + 1 :]])


def test_a_line_that_adds_becomes_one_that_writes() -> None:
    text = "for i in x:\n    a.g += 2 * i\n    b[i] = b[i] - 1\n    c = c * 2\n"
    assert [line for line, _ in assigned(text)] == ["a.g = 2 * i", "b[i] = -(1)"]
    assert next(assigned(text))[1] == text.replace("+=", "=")


@sweep("path", ENGINES, always=0, sample=2, ids=lambda path: path.stem)
def test_a_case_tells_of_each_assignment_in_place_of_an_addition(
    path: Path, tmp_path: Path
) -> None:
    ground(path)
    survivors = []
    for line, text in assigned(path.read_text(encoding="utf-8")):
        mutant = Mutant(line, text, "overwritten", NONE)
        try:
            caught = line in EQUAL or is_caught(path, mutant, tmp_path)
        except Exception:  # it cannot even be loaded
            caught = True
        survivors += [] if caught else [line]
    if not any(assigned(path.read_text(encoding="utf-8"))):
        pytest.skip("it adds nothing in place")
    assert survivors == []
