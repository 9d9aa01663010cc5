"""Engines load as students have them: in packages, in notebooks, two in one file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from harness.cli import main
from harness.engines.adapter import FunctionEngine
from harness.engines.loading import EngineError, load
from harness.engines.trace import Trace
from harness.vocabulary.program import Program, Step

VALUE = """
class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.back:
            parent.backward(local * upstream)
"""
EXP = """
def exp(x):
    value = math.exp(x.data)
    return Value(value, ((x, value),))
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def notebook(*cells: str, path: str = "my.ipynb") -> None:
    """A notebook with a heading and these code cells."""
    listed = [{"cell_type": "markdown", "source": ["# An engine"]}]
    listed += [
        {"cell_type": "code", "source": cell.strip("\n").splitlines(keepends=True)}
        for cell in cells
    ]
    Path(path).write_text(json.dumps({"cells": listed, "nbformat": 4, "metadata": {}}))


def answer(spec: str, op: str = "mul") -> Trace:
    """What an engine makes of x * x, or of exp(x), at 1.5."""
    operands = ("x",) if op == "exp" else ("x", "x")
    program = Program({"x": 1.5}, {}, (Step("f", op, operands),), {"x": (), "f": ()}, 1.0)
    return load(spec).answer(program)


def squares(spec: str) -> bool:
    trace = answer(spec)
    return bool(trace.values["f"] == 2.25 and trace.gradients["x"] == 3.0)


# -- files and packages ----------------------------------------------------------------------------

PACKAGE = {"course/hw/engine.py": f"from .parts.ops import lift\n{VALUE}"}
PARTS = {"course/hw/parts/ops.py": "from ..numbers import two\nlift = two\n"}
NUMBERS = {"course/hw/numbers.py": "two = 2\n"}
INITS = {f"course/{folder}__init__.py": "" for folder in ("", "hw/", "hw/parts/")}


@pytest.mark.parametrize("inits", [INITS, {}], ids=["init", "no_init"])
def test_a_file_in_a_package_has_its_relative_imports(here: Path, inits: dict[str, str]) -> None:
    write({**PACKAGE, **PARTS, **NUMBERS, **inits})
    assert squares("course/hw/engine.py")


def test_imports_by_the_name_of_a_folder_above_are_found(here: Path) -> None:
    write({**PACKAGE, **PARTS, **NUMBERS})
    write({"course/hw/engine.py": f"from course.hw.parts.ops import lift\n{VALUE}"})
    assert squares("course/hw/engine.py")


def test_the_file_of_a_package_itself_is_an_engine(here: Path) -> None:
    write({"hw/__init__.py": "from .engine import Value\n", "hw/engine.py": VALUE})
    assert squares("hw/__init__.py")


def test_a_name_may_have_dots(here: Path) -> None:
    write({"hw1.part2.py": VALUE})
    assert squares("hw1.part2.py")


def test_a_name_without_its_ending_is_answered_with_the_whole_one(here: Path) -> None:
    notebook(VALUE)
    for wrong in ("my", "my.ipyn.ipynb"):
        with pytest.raises(EngineError, match=r"did you mean my\.ipynb\?"):
            load(wrong)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("notes.txt", r"^notes\.txt: this is no Python file \(its name must end in"),
        ("engin.py", r"^engin\.py: no such file; did you mean engine\.py\?"),
        ("engin", r"^no module or file called 'engin'; did you mean engine\.py\?"),
        ("engine.p", r"^no module or file called 'engine\.p'; did you mean engine\.py\?"),
        ("blank.py", r"^blank\.py: this file is empty$"),
        ("blank.ipynb", r"^blank\.ipynb: this file is empty$"),
        (
            "zero.py",
            r"^zero\.py: does not import: SyntaxError: source code string cannot contain [^\n]*$",
        ),
    ],
)
def test_what_is_no_engine_is_told_in_a_line(here: Path, asked: str, told: str) -> None:
    for name, text in {"engine.py": VALUE, "notes.txt": "x", "zero.py": "x = 1\0\n"}.items():
        Path(name).write_text(text, encoding="utf-8")
    for name in ("blank.py", "blank.ipynb"):
        Path(name).write_text("\n", encoding="utf-8")
    with pytest.raises(EngineError, match=told):
        load(asked)


def test_a_module_is_found_with_the_folder_as_root(here: Path) -> None:
    write({**PACKAGE, **PARTS, **NUMBERS, **INITS})
    assert squares("course.hw.engine:Value")


def test_a_file_that_uses_what_it_defines_is_told_where_that_belongs(here: Path) -> None:
    write({"mine.py": f"{VALUE}\nfor _ in range(3):\n    Value(1.0).fit()\n"})
    with pytest.raises(EngineError) as told:
        load("mine.py")
    assert "mine.py:15: in <module>" in str(told.value)
    assert '`if __name__ == "__main__":`, which is not run here' in str(told.value)


@pytest.mark.parametrize("line", ["import nowhere_at_all", "class A(None): pass", "def f(:"])
def test_what_only_defines_is_told_no_such_thing(here: Path, line: str) -> None:
    write({"mine.py": f"{line}\n"})
    with pytest.raises(EngineError) as told:
        load("mine.py")
    assert "__main__" not in str(told.value)


def test_an_import_that_is_interrupted_says_where_it_was(here: Path) -> None:
    write({"mine.py": f"{VALUE}\nraise KeyboardInterrupt\n"})
    with pytest.raises(EngineError, match=r"mine.py: interrupted.*\n.*mine.py:14.*\n.*__main__"):
        load("mine.py")


def test_nothing_is_kept_of_what_was_compiled(here: Path) -> None:
    write({"mine.py": f"from beside import f\n{VALUE}", "beside.py": "f = {1, 2}\n"})
    load("mine.py")
    assert not list(here.rglob("*.pyc"))
    done = subprocess.run([sys.executable, "-c", "import beside; print(type(beside.f))"])
    assert done.returncode == 0


# -- which class -----------------------------------------------------------------------------------


def named(name: str) -> str:
    return VALUE.replace("Value", name)


def test_of_two_engines_it_is_said_which_was_taken_and_how_to_take_the_other(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write({"mine.py": named("Tensor2") + named("Tensor")})
    engine = load("mine.py")
    assert engine.class_name == "Tensor"
    assert list(engine.notes) == [
        "mine.py has more than one engine: Tensor is taken; for the other say mine.py:Tensor2"
    ]
    assert main(["engines", "mine.py"]) == 0
    assert engine.notes[0] in " ".join(capsys.readouterr().out.split())
    assert load("mine.py:Tensor2").class_name == "Tensor2"
    assert not load("mine.py:Tensor2").notes


HELPERS = {
    "node": "class Node:\n    def __init__(self, parents): self.parents = parents\n",
    "rule": "class Node:\n    @staticmethod\n    def backward(ctx, upstream): return upstream\n",
    "operands": "class Var:\n    def __init__(self, name): self.name = name\n",
}


@pytest.mark.parametrize("name", HELPERS)
def test_a_helper_of_a_usual_name_is_no_engine(here: Path, name: str) -> None:
    write({"mine.py": HELPERS[name] + named("Number")})
    engine = load("mine.py")
    assert engine.class_name == "Number"
    assert not engine.notes


def test_a_subclass_is_no_other_engine(here: Path) -> None:
    write({"mine.py": f"{VALUE}\nclass Parameter(Value):\n    pass\n"})
    assert load("mine.py").class_name == "Value"
    assert not load("mine.py").notes


FUNCTIONS = """
class Node:
    def __init__(self, value, back=()):
        self.value, self.back = value, back
    def __mul__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.value * other.value, ((self, other.value), (other, self.value)))
    __rmul__ = __mul__
    def __add__(self, other):
        other = other if isinstance(other, Node) else Node(other)
        return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))
    __radd__ = __add__

def backward_pass(node, upstream, found):
    found[id(node)] = found.get(id(node), 0.0) + upstream
    for parent, local in node.back:
        backward_pass(parent, local * upstream, found)

def grad(f):
    def gradient(x):
        leaf, found = Node(x), {}
        end = f(leaf)
        backward_pass(end, 1.0, found) if isinstance(end, Node) else None
        return found.get(id(leaf), 0.0)
    return gradient
"""


def test_a_module_that_transforms_functions_is_one_whatever_its_helpers_are_called(
    here: Path,
) -> None:
    write({"mine.py": FUNCTIONS})
    assert isinstance(load("mine.py"), FunctionEngine)
    assert squares("mine.py")


def test_a_class_beside_a_grad_that_takes_no_function_is_the_engine(here: Path) -> None:
    operators = VALUE.partition("    def backward")[0].replace("Value", "Node")
    rest = "def grad(output, nodes):\n    return output.grads\ndef backward(node): pass\n"
    write({"mine.py": operators + rest})
    assert load("mine.py").class_name == "Node"


# -- notebooks -------------------------------------------------------------------------------------

MAGICS = """
%matplotlib inline
!pip install torch
import math
import matplotlib.pyplot as plt
files = !ls
if math:
    %time 3
Value?
"""
TRAINS = """
losses = []
while True:
    loss = Value(2.0) * Value(3.0)
    loss.backward()
    losses.append(loss.data)
"""
PLOTS = "plt.plot(losses)\nTAU = 1.0"


def test_a_notebook_is_read_without_its_magics_and_what_trains_or_plots(here: Path) -> None:
    notebook(MAGICS, VALUE, TRAINS, PLOTS, EXP, "%%bash\nrm -rf nothing", "%%time\nexp(Value(1))")
    assert squares("my.ipynb")
    assert answer("my.ipynb:Value", "exp").gradients["x"] == np.exp(1.5)
    assert not load("my.ipynb").notes


def test_a_notebook_gives_the_last_class_of_a_name_and_what_is_added_to_it(here: Path) -> None:
    first = "class Value:\n    def __init__(self, data):\n        self.data = data\nValue(1).data"
    added = "Value.exp = exp\nx = Value(2.0)\nx.exp = 3"
    notebook("import math", first, VALUE, EXP, added, "Value.none = Value(nothing)")
    engine = load("my.ipynb")
    assert squares("my.ipynb")
    assert hasattr(engine.cls, "exp")
    assert engine.module is not None
    assert not hasattr(engine.module, "x")


def test_a_class_has_what_it_needs_however_it_is_made(here: Path) -> None:
    made = "scale = max([len('a'), 1])"
    uses = VALUE.replace("self.grad += upstream", "self.grad += scale * keep(upstream)")
    notebook(
        "TABLE = {}", made, "def keep(x):\n    return TABLE.get('k', x)", uses, "TABLE['j'] = 1"
    )
    assert squares("my.ipynb")
    assert load("my.ipynb").module.TABLE == {"j": 1}  # type: ignore[union-attr]


def test_a_function_that_needs_what_is_not_installed_is_left_out(here: Path) -> None:
    draws = "from graphviz import Digraph\ndef draw(root):\n    return Digraph(root)"
    notebook(VALUE, draws)
    assert squares("my.ipynb")


def test_an_error_in_a_notebook_tells_the_cell_and_its_line(here: Path) -> None:
    notebook("import math", "%time\n" + VALUE.strip().replace("self.back:", "self.backs:"))
    failure = answer("my.ipynb").failure
    assert failure is not None
    assert failure.lines[-1].startswith("my.ipynb cell 2, line 11: in backward: for parent")


def test_an_import_that_fails_in_a_notebook_tells_the_cell(here: Path) -> None:
    notebook("import math", "BASE = 1 / 0", VALUE.replace("upstream=1.0", "upstream=BASE"))
    with pytest.raises(EngineError, match=r"ZeroDivisionError.*\n    my.ipynb cell 2, line 1.*$"):
        load("my.ipynb")


def test_a_cell_that_is_no_python_is_told_and_left_out(here: Path) -> None:
    notebook("import math", VALUE, "x = 1\ny = = 2")
    assert list(load("my.ipynb").notes) == [
        "my.ipynb cell 3, line 2: this cell is left out: invalid syntax"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "my.ipynb: this is no notebook that can be read (JSONDecodeError"),
        ("[1]", "my.ipynb: this is no notebook that can be read"),
        ('{"cells": 3}', "my.ipynb: this is no notebook that can be read"),
        ('{"cells": [{"source": "x"}]}', "my.ipynb: this is no notebook that can be read"),
        ('{"cells": []}', "my.ipynb: this notebook has no code cell"),
        ('{"cells": [{"cell_type": "code", "source": "x = 1"}]}', "my.ipynb: no class called"),
    ],
)
def test_a_broken_notebook_is_told_with_its_file(here: Path, text: str, told: str) -> None:
    Path("my.ipynb").write_text(text)
    with pytest.raises(EngineError) as error:
        load("my.ipynb")
    assert str(error.value).startswith(told)


def test_a_notebook_of_the_old_format_is_read(here: Path) -> None:
    cells = [{"cell_type": "code", "input": VALUE.splitlines(keepends=True)}]
    Path("my.ipynb").write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))
    assert squares("my.ipynb")


def test_of_a_module_that_holds_no_engine_its_packages_is_taken(here: Path) -> None:
    write(
        {
            "pkg/__init__.py": "from pkg.value import Value\n",
            "pkg/value.py": VALUE,
            "pkg/rules.py": "class MulBackward:\n    def __call__(self, g): return g\n",
        }
    )
    engine = load("pkg/rules.py")
    assert engine.class_name == "Value"
    assert engine.notes == [
        "pkg/rules.py holds no engine: that of its package, pkg, is taken",
    ]
