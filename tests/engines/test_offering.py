"""Operations are found as engines have them: by method, function, class or table, however spelt."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from engines.strange import ARRAYS, SCALARS, changed, judged, loaded

from harness.cli import main
from harness.engines.adapter import ObjectEngine
from harness.engines.loading import load
from harness.engines.siblings import siblings

EXP = SCALARS[SCALARS.index("    def exp") : SCALARS.index("    def order")]
BARE = SCALARS.replace(EXP, "")
FUNCTION = "\n\ndef {name}(x):\n    return Value(math.exp(x.data), [(x, math.exp(x.data))])\n"
CLASS = """

class {name}:
    {static}
    def forward({first}x):
        return Value(math.exp(x.data), [(x, math.exp(x.data))])
"""


def engine_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "strange.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["exp", "Exp", "EXP", "exp_op", "exp_"])
def test_a_function_may_be_spelt_otherwise(tmp_path: Path, name: str) -> None:
    assert judged(loaded(tmp_path, BARE + FUNCTION.format(name=name)), "exp(x)").status == "passed"


@pytest.mark.parametrize(("op", "name"), [("log_softmax", "logSoftmax"), ("relu", "reLU")])
def test_a_method_may_be_spelt_otherwise(tmp_path: Path, op: str, name: str) -> None:
    engine = loaded(tmp_path, changed(SCALARS, ("def exp(", f"def {name}(")))
    assert engine.place_of(op) == f"method {name}"


def test_a_method_that_works_in_place_is_another(tmp_path: Path) -> None:
    engine = loaded(tmp_path, changed(SCALARS, ("def exp(", "def exp_(")))
    assert engine.place_of("exp") == "missing"


@pytest.mark.parametrize("name", ["Exp", "ExpOp", "exp_op", "EXPFunction"])
def test_an_operation_may_be_a_class_whose_objects_are_called(tmp_path: Path, name: str) -> None:
    text = CLASS.format(name=name, static="", first="self, ").rstrip()
    call = "\n\n    def __call__(self, *xs):\n        return self.forward(*xs)\n"
    assert judged(loaded(tmp_path, BARE + text + call), "exp(x)").status == "passed"


def test_an_operation_may_be_a_kind_of_node(tmp_path: Path) -> None:
    text = """

class ExpNode(Value):
    def __init__(self, x):
        super().__init__(math.exp(x.data), [(x, math.exp(x.data))])


class Exp(ExpNode):
    pass
"""
    engine = loaded(tmp_path, BARE + text)
    assert engine.place_of("exp") == "class, Exp(…)"
    assert judged(engine, "exp(x) * x").status == "passed"


REGISTERED = """

class Function:
    @classmethod
    def apply(cls, *xs):
        return cls.forward(*xs)


class ExpRule(Function):
    @staticmethod
    def forward(x):
        return Value(math.exp(x.data), [(x, math.exp(x.data))])


{register}
"""


LOOKED_UP = """
def look_up(self, name):
    if name != "exp":
        raise AttributeError(name)
    return lambda: ExpRule.apply(self)


Value.__getattr__ = look_up
"""


@pytest.mark.parametrize(
    "register",
    [
        "TABLE = {}\nTABLE['exp'] = ExpRule",
        "setattr(Value, 'exp', ExpRule.apply)",
        "setattr(Value, 'exp', lambda self, *rest: ExpRule.apply(self, *rest))",
        LOOKED_UP,
    ],
)
def test_an_operation_may_be_registered(tmp_path: Path, register: str) -> None:
    engine = loaded(tmp_path, BARE + REGISTERED.format(register=register))
    assert judged(engine, "exp(x) * x").status == "passed"


@pytest.mark.parametrize("names", ["*args, **kwargs", "*things"])
def test_a_decorator_may_hide_the_signature(tmp_path: Path, names: str) -> None:
    given = names.replace(
        "**kwargs", "**{'dim' if k == 'dim' else 'no': v for k, v in kwargs.items()}"
    )
    hidden = f"""

def hide(f):
    def call({names}):
        return f({names})
    return call


Tensor.sum = hide(Tensor.sum)
"""
    text = changed(
        ARRAYS,
        ("def sum(self):", "def sum(self, dim=None):"),
        ("self.data.sum()", "self.data.sum(axis=dim)"),
        ("g + 0 * self.data", "(g if dim is None else np.expand_dims(g, dim)) + 0 * self.data"),
    )
    engine = loaded(tmp_path, text + hidden)
    for axis in ("", ", axis=0", ", axis=1"):
        row = f"inputs: {{x: [[0.5, 1.5, 2.5], [1.0, 2.0, 4.0]]}}\nexpr: sum(x * x{axis})\n"
        assert judged(engine, row).status == "passed", given


def test_a_hidden_signature_is_no_reason_to_take_another_operation(tmp_path: Path) -> None:
    text = changed(
        SCALARS,
        ("def exp(self)", "def max(*args)"),
        (
            "self.data)\n        return Value(out, [(self",
            "args[0].data)\n        return Value(out, [(args[0]",
        ),
    )
    engine = loaded(tmp_path, text)
    assert engine.place_of("maximum") == "missing"


SWAP = """
    def transpose(self, {parameters}):
        return Tensor(self.data.{call}, [(self, lambda g: g.{call})])

    def backward("""
CUBE = "inputs: {x: {uniform: [-1, 1], shape: [2, 3, 4], seed: 1}}\nexpr: "


@pytest.mark.parametrize(
    ("parameters", "call"),
    [("dim0, dim1", "swapaxes(dim0, dim1)"), ("axes", "swapaxes(axes[0], axes[1])")],
)
def test_a_transpose_of_two_axes_is_no_permutation(
    tmp_path: Path, parameters: str, call: str
) -> None:
    method = SWAP.format(parameters=parameters, call=call)
    if parameters == "axes":
        method = method.replace(
            "):\n        return", "):\n        assert len(axes) == 2\n        return", 1
        )
    engine = loaded(tmp_path, changed(ARRAYS, ("\n    def backward(", method)))
    for axes in ("axis0=0, axis1=2", "axis0=1, axis1=0", "axis0=-1, axis1=1"):
        assert judged(engine, f"{CUBE}transpose(x, {axes})\n").status == "passed"
    assert judged(engine, f"{CUBE}permute(x, axes=(2, 0, 1))\n").status == "unsupported"


@pytest.mark.parametrize("decorator", ["", "@property"])
def test_t_may_be_a_property_or_a_method(tmp_path: Path, decorator: str) -> None:
    method = f"""
    {decorator}
    def T(self):
        return Tensor(self.data.T, [(self, lambda g: g.T)])

    def backward("""
    engine = loaded(tmp_path, changed(ARRAYS, ("\n    def backward(", method)))
    matrix = (
        "inputs: {x: [[0.5, 1.5, 2.5], [1.0, 2.0, 4.0]]}\nexpr: transpose(x, axis0=0, axis1=1)\n"
    )
    assert judged(engine, matrix).status == "passed"


POWER = """
    def pow(self, k{annotation}):
        return Value(self.data ** k, [(self, k * self.data ** (k - 1))])

    def exp("""


@pytest.mark.parametrize("annotation", ["", ": int", ": 'float'"])
def test_a_power_may_want_the_plain_number(tmp_path: Path, annotation: str) -> None:
    text = changed(SCALARS, ("\n    def exp(", POWER.format(annotation=annotation)))
    engine = loaded(tmp_path, text)
    assert judged(engine, "x ** 3").status == "passed"
    assert judged(engine, "x ** y").status == "unsupported"


def test_a_power_may_want_an_object(tmp_path: Path) -> None:
    power = """
    def pow(self, k):
        n = k.data
        return Value(self.data ** n, [(self, n * self.data ** (n - 1)), (k, 0.0)])

    def exp("""
    engine = loaded(tmp_path, changed(SCALARS, ("\n    def exp(", power)))
    assert judged(engine, "x ** 3").status == "passed"


# -- modules beside the engine ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ops", "functional", "activations"])
def test_operations_may_be_in_a_module_beside_the_engine(tmp_path: Path, name: str) -> None:
    text = f"import math\nfrom strange import Value\n{FUNCTION.format(name='exp')}"
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert judged(loaded(tmp_path, BARE), "exp(x) * x").status == "passed"


def test_operations_may_be_in_a_module_of_the_package(tmp_path: Path) -> None:
    package = tmp_path / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "engine.py").write_text(BARE)
    (package / "ops.py").write_text(
        f"import math\nfrom .engine import Value\n{FUNCTION.format(name='exp')}"
    )
    engine = load(str(package / "engine.py"))
    assert judged(engine, "exp(x) * x").status == "passed"
    renewed = engine.renewed()
    assert isinstance(renewed, ObjectEngine)
    assert judged(renewed, "exp(x) * x").status == "passed"


def test_what_an_engine_imports_while_it_runs_is_of_its_own_life(tmp_path: Path) -> None:
    package = tmp_path / "lazy"
    package.mkdir()
    (package / "__init__.py").write_text("from .engine import Value\nfrom . import ops\n")
    method = "    def exp(self):\n        from . import ops\n        return ops.exp(self)\n\n"
    (package / "engine.py").write_text(SCALARS.replace(EXP, method))
    strict = FUNCTION.format(name="exp").replace(
        "    return", "    assert type(x) is Value\n    return"
    )
    (package / "ops.py").write_text(f"import math\nfrom .engine import Value\n{strict}")
    engine = load(str(package / "engine.py"))
    assert judged(engine, "exp(x) * x").status == "passed"
    renewed = engine.renewed()
    assert isinstance(renewed, ObjectEngine)
    for life in (renewed, engine, renewed):
        assert judged(life, "exp(x) * x").status == "passed"


def test_other_modules_beside_the_engine_are_never_imported(tmp_path: Path) -> None:
    trap = "raise SystemExit('imported')"
    (tmp_path / "train.py").write_text(f"from strange import Value\n{trap}")
    (tmp_path / "ops.py").write_text(trap)  # of usual name, but has nothing to do with the engine
    (tmp_path / "nn.py").write_text(f"import strange\n{trap}")  # does not import
    module = loaded(tmp_path, SCALARS).module
    assert isinstance(module, ModuleType) and siblings(module) == []


# -- what is shown ---------------------------------------------------------------------------------


def test_what_was_tried_is_shown_with_the_number_it_gave(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = changed(
        SCALARS,
        ("\n    def order", "\n    def log(self):\n        raise KeyError(3)\n\n    def order"),
    )
    path = engine_file(
        tmp_path, changed(text, (".data", ".value"), ("def backward", "def backprop"))
    )
    assert main(["engines", str(path)]) == 0
    lines = re.sub("\n +", " ", capsys.readouterr().out).splitlines()
    assert lines[2:6] == [
        "leaf       Value(number)",
        "value      .value",
        "gradient   .grad",
        "backward   out.backprop() takes no seed: a seeded output is contracted, sum(out * seed)",
    ]
    told = [" ".join(line.split()) for line in lines]
    assert "exp method exp exp(0.5) = 1.6487" in told
    assert "log method log log(0.5) raises KeyError: 3" in told
    assert any(line.startswith("missing ") and "sin," in line for line in lines)


def test_an_engines_own_sort_of_its_graph_is_no_operation(tmp_path: Path) -> None:
    walk = "\n\ndef sort(output):\n    return [*(part for part, _ in output.parents), output]\n"
    engine = loaded(tmp_path, ARRAYS + walk)
    verdict = judged(engine, "inputs: {x: [2, 1]}\nexpr: sort(x)")
    assert verdict.status == "unsupported" and verdict.forward.note == "the engine has no sort"
