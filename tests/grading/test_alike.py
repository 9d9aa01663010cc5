"""Copies are found whatever was done to them, and engines of different people are not alike."""

from __future__ import annotations

import ast
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from truths import ROOT

from harness.cli import main
from harness.grading import alike
from harness.grading.alike import Source, likeness, source

STRANGERS = ROOT / "tests/strangers/engines"
ORDER = ("graph", "operations", "functions", "tensor")

Files = dict[str, bytes]


def minigrad() -> ast.Module:
    """All of minigrad as one file."""
    trees = [ast.parse((ROOT / f"minigrad/{name}.py").read_text("utf-8")) for name in ORDER]
    return ast.Module([node for tree in trees for node in tree.body], [])


def one_file(tree: ast.Module) -> Files:
    return {"engine.py": ast.unparse(ast.fix_missing_locations(tree)).encode()}


class Renaming(ast.NodeTransformer):
    """Every name is another, but for those that are Python's."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "name", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str) and not name.startswith("__"):
                setattr(node, field, f"v{name[::-1]}")
        return super().generic_visit(node)


class Reordering(ast.NodeTransformer):
    """Functions and methods in another order."""

    def shuffled(self, node: ast.Module | ast.ClassDef) -> ast.AST:
        random.Random(3).shuffle(node.body)
        return self.generic_visit(node)

    visit_Module = visit_ClassDef = shuffled


class Talking(ast.NodeTransformer):
    """Other docstrings (and, unparsed, no comments), and no annotations."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        own = node.body[1:] if ast.get_docstring(node) else node.body
        node.body = [ast.Expr(ast.Constant("I wrote this on a Sunday.")), *own]
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()


class Counting(ast.NodeTransformer):
    """Other numbers and texts."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return ast.Constant(value + 1)
        return ast.Constant(f"{value} too") if isinstance(value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("something")


class Unfolding(ast.NodeTransformer):
    """``a = a + b`` for ``a += b``."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        read = ast.parse(ast.unparse(node.target), mode="eval").body
        return ast.Assign([node.target], ast.BinOp(read, node.op, node.value))


def changed(*how: type[ast.NodeTransformer]) -> ast.Module:
    tree = minigrad()
    for change in how:
        tree = change().visit(tree)
    return tree


def split(tree: ast.Module) -> Files:
    """Two files, each with every other statement, and of each class every other method."""
    halves: list[list[ast.stmt]] = [[], []]
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.ClassDef):
            for half in (0, 1):
                body = node.body[half::2] or [ast.Pass()]
                part = ast.ClassDef(f"{node.name}{half}", [], [], body, node.decorator_list)
                halves[half].append(part)
        else:
            halves[number % 2].append(node)
    files = [one_file(ast.Module(half, []))["engine.py"] for half in halves]
    return {"engine.py": b"from base import *\n" + files[0], "base.py": files[1]}


def behind_an_adapter() -> Files:
    adapter = (ROOT / "tests/strangers/engines/labelled_value.py").read_bytes()
    inner = {f"lib/{name}.py": (ROOT / f"minigrad/{name}.py").read_bytes() for name in ORDER}
    return {"engine.py": b"from lib import *\n" + adapter, **inner}


def in_the_middle_of_other_code() -> Files:
    others = [(STRANGERS / name).read_text("utf-8") for name in ("gates.py", "static_graph.py")]
    return {"engine.py": "\n".join([others[0], ast.unparse(minigrad()), others[1]]).encode()}


def a_third_of_it() -> Files:
    return one_file(ast.Module(changed(Reordering).body[::3], []))


def notebook(cells: list[str]) -> bytes:
    told = [{"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"cells": told}).encode()


def in_a_notebook() -> Files:
    cells = [ast.unparse(ast.fix_missing_locations(node)) for node in changed(Renaming).body]
    return {"engine.ipynb": notebook(["%matplotlib inline\nimport numpy as np", *cells])}


COPIES: dict[str, Callable[[], Files]] = {
    "renamed": lambda: one_file(changed(Renaming)),
    "reordered": lambda: one_file(changed(Reordering)),
    "split over files": lambda: split(minigrad()),
    "other comments": lambda: one_file(changed(Talking)),
    "other constants": lambda: one_file(changed(Counting)),
    "unfolded": lambda: one_file(changed(Unfolding)),
    "behind an adapter": behind_an_adapter,
    "in the middle of other code": in_the_middle_of_other_code,
    "in a notebook": in_a_notebook,
    "all at once": lambda: split(changed(Renaming, Talking, Counting, Unfolding, Reordering)),
}


@pytest.fixture(scope="module")
def model() -> Source:
    return alike.model()


def strangers() -> Iterator[Source]:
    for path in sorted(STRANGERS.iterdir()):
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        yield source(path.stem, {str(file): file.read_bytes() for file in files})


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_minigrad_is_found(how: str, model: Source) -> None:
    (found,) = alike.alike([source("ada", COPIES[how]())], [model], ())
    assert (found.first, found.second) == ("ada", "minigrad")


def test_a_third_of_minigrad_is_found(model: Source) -> None:
    assert alike.alike([source("ada", a_third_of_it())], [model], ())


def test_engines_of_different_people_are_not_alike(model: Source) -> None:
    every = list(strangers())
    assert len(every) >= 50
    assert alike.alike(every, alike.known(), ()) == []
    assert alike.alike(every, [model], ()) == []


def test_all_copies_are_found_among_engines_of_others_and_nobody_else(model: Source) -> None:
    copies = [source(how, make()) for how, make in COPIES.items()]
    found = alike.alike([*strangers(), *copies], [model], ())
    assert {one.first for one in found if one.second == "minigrad"} == set(COPIES)
    adapter, others = (
        "labelled_value",
        ("gates", "static_graph"),
    )  # these two copies have it in them
    left = {(one.first, one.second) for one in found if one.second != "minigrad"}
    assert left <= {(adapter, "behind an adapter")} | {
        (other, "in the middle of other code") for other in others
    }


ONE = """
def walk(self, seed):
    self.grad = seed
    for node in reversed(self.order()):
        if node.parents and node.local is not None:
            for parent, local in zip(node.parents, node.local):
                parent.grad += local * node.grad
    return [node.grad for node in self.order() if not node.parents]
"""
OTHER = """
def f(a, b: float) -> list:
    "Goes backward."
    a.g = b
    for n in reversed(a.all()):
        if n.ins and n.d is not None:
            for p, d in zip(n.ins, n.d):
                p.g = p.g + d * n.g  # the chain rule
    return [n.g for n in a.all() if not n.ins]
"""


def test_names_comments_annotations_and_folded_sums_do_not_count() -> None:
    first, second = (source("", {"e.py": text.encode()}) for text in (ONE, OTHER))
    assert first.fingerprints
    assert first.fingerprints.keys() == second.fingerprints.keys()
    changed = source("", {"e.py": ONE.replace("local * node.grad", "local / node.grad").encode()})
    assert changed.fingerprints.keys() != first.fingerprints.keys()


def test_tables_of_numbers_are_no_likeness() -> None:
    table = source("", {"e.py": f"weights = {list(range(1000))}".encode()})
    assert not table.fingerprints


def test_little_in_common_shows_nothing() -> None:
    one = source("ada", {"e.py": ONE.encode()})
    assert 0 < len(one.fingerprints) < alike.FEWEST
    assert likeness(one, one) is None


def test_a_friends_engine_is_found_and_where() -> None:
    text = (STRANGERS / "op_registry.py").read_bytes()
    class_ = [source("ada", {"engine.py": text}), source("bob", {"a.py": text})]
    (found,) = alike.alike([*class_, source("cyd", {"engine.py": ONE.encode()})], [], ())
    assert (found.first, found.second, found.share) == ("ada", "bob", 1.0)
    assert ("Tensor.backward", "Tensor.backward") in found.functions


def test_what_was_given_to_all_does_not_count() -> None:
    text = (STRANGERS / "op_registry.py").read_bytes()
    class_ = [source(name, {"engine.py": text}) for name in ("ada", "bob")]
    assert alike.alike(class_, [], class_[0].fingerprints) == []


def test_what_everybody_has_does_not_count() -> None:
    text = (STRANGERS / "op_registry.py").read_bytes()
    class_ = [source(str(number), {"engine.py": text}) for number in range(alike.MANY + 1)]
    assert len(alike.alike(class_[:-1], [], ())) == 45
    assert alike.alike(class_, [], ()) == []


def test_many_copies_of_minigrad_are_all_found(model: Source) -> None:
    copies = [source(str(number), one_file(minigrad())) for number in range(alike.MANY + 5)]
    found = alike.alike(copies, [model], ())
    assert [one.second for one in found] == ["minigrad"] * len(copies)  # and not each other again


HOSTILE = {
    "minuses": "-" * 100_000 + "1",
    "attributes": "a" + ".b" * 50_000,
    "sums": "1" + "+1" * 50_000,
    "branches": "if a:\n pass\n" + "elif a:\n pass\n" * 10_000,
    "brackets": "(" * 5_000 + ")" * 5_000,
    "zero": "a\0b",
    "encoding": "# coding: nonsense\n",
    "large": "a = b\n" * 50_000,
    "wrong": "def (:\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_parsed_is_left_out_and_told(what: str) -> None:
    found = source("", {"engine.py": HOSTILE[what].encode(), "more.py": ONE.encode()})
    assert found.unread == ["engine.py"]
    assert found.fingerprints


def test_of_a_notebook_each_cell_that_is_python_counts() -> None:
    many = "%time\n" * 20_000  # parsed in two tries, not in as many
    cells = ["def (:", f"!ls\n{ONE}", many, "%%bash\nls ("]
    found = source("", {"e.ipynb": notebook(cells), "f.ipynb": b"{}"})
    assert found.unread == ["e.ipynb cell 1", "f.ipynb"]
    assert found.fingerprints == source("", {"e.py": ONE.encode()}).fingerprints


def test_parsing_says_nothing(recwarn: pytest.WarningsRecorder) -> None:
    source("", {"e.py": b"a = '\\d' is 3"})
    assert not recwarn.list


def test_engines_that_are_known_are_not_imported() -> None:
    before = set(sys.modules)
    assert alike.known()[0].id == "minigrad"
    assert not {name for name in set(sys.modules) - before if name.startswith(alike.KNOWN)}


# -- commands --------------------------------------------------------------------------------------


@pytest.fixture
def submissions(class_: Path) -> Path:
    """The class, with a copy of minigrad in it."""
    folder = class_ / "submissions/eve"
    shutil.copytree(ROOT / "minigrad", folder / "lib")
    (folder / "engine.py").write_text("from lib.tensor import Tensor\n")
    return class_ / "submissions"


def test_the_command_shows_pairs(submissions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (submissions / "deep.py").write_text("-" * 100_000 + "1")
    (submissions / "empty").mkdir()
    assert main(["alike", "submissions"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["share", "submission", "is", "like", "in"]
    assert out[1].startswith(" 100%  eve         minigrad  conv_transpose2d, einsum, ")
    assert "refused by grade: empty (there is no engine.py in it)" in out
    assert "left out, no Python or more than 256 KiB: =cyd (engine.py), deep (engine.py)" in out
    assert "too small to be like anything: ann, bob, dan" in out
    assert out[-1] == "7 compared, 1 of them alike or like a known engine."


def test_the_command_finds_nothing(submissions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(submissions / "eve")
    assert main(["alike", "submissions"]) == 0
    told = "4 compared, 0 of them alike or like a known engine."
    assert capsys.readouterr().out.splitlines()[-1] == told


def test_the_command_leaves_out_what_was_given(submissions: Path) -> None:
    assert main(["alike", "submissions", "--given", str(ROOT / "minigrad")]) == 0
    assert main(["alike", "submissions", "--given", "minigrad"]) == 0
    assert main(["alike", "submissions", "--given", "submissions/dan/engine.py"]) == 1
    assert main(["alike", "submissions", "--given", "nowhere.py"]) == 2
    assert main(["alike", "nowhere"]) == 2
    with pytest.raises(SystemExit):
        main(["alike", "submissions", "--least", "0"])


def test_grade_says_so_and_nobody_else(
    submissions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade = ["grade", "--out", "marks", "--cases", "cases", "--oracle", "recorded", "--allow-weak"]
    assert main([*grade, "submissions"]) == 0
    told = "1 submission is like minigrad, which counts nothing: harness alike shows how."
    assert capsys.readouterr().out.splitlines()[-1] == told
    main(["gradebook", "marks", "eve", "--json"])
    result = json.loads(capsys.readouterr().out)
    assert result["score"] == result["max_score"]
    assert "minigrad" not in json.dumps(result)
    assert main([*grade, "submissions/eve"]) == 0  # as an autograder does it
    assert "minigrad" not in capsys.readouterr().out
