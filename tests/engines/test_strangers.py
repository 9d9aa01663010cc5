"""Engines in the shapes of courses are judged rightly, each with an adapter of a few lines.

`strangers/engines` holds engines as others write them, `strangers/index.yaml` what each is, and
`strangers/adapters` the adapters of those that need one.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from truths import CASES, DEEP, PATHS, case_at, name_of

from harness.engines import reference
from harness.engines.loading import load
from harness.judging.codes import CODES
from harness.judging.examination import examine
from harness.judging.result import as_json

HERE = Path(__file__).resolve().parents[1] / "strangers"
INDEX: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "index.yaml").read_text("utf-8"))
FRESH: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "fresh.yaml").read_text("utf-8"))
OTHERS: dict[str, dict[str, Any]] = {
    name: engine
    for which in ("index", "fresh", "apart", "hobby", "unseen", "last", "afar", "distant")
    for name, engine in yaml.safe_load((HERE / f"{which}.yaml").read_text("utf-8")).items()
}
COURSES = [name for name, engine in INDEX.items() if engine["course"]]
ADAPTERS = {path.stem: path for path in (HERE / "adapters").glob("*.py")}
LONGEST_ADAPTER = 30
"""Lines below an adapter's imports, the empty ones left out."""

ENOUGH = 20
"""Cases that every engine of a course has all operations for."""

ARRAYS = """
    elementwise/exp_array elementwise/log_array elementwise/relu_array elementwise/sigmoid_array
    elementwise/square_array elementwise/tanh_array arrays/matmul_three_in_a_row
    arrays/matrix_matrix arrays/matrix_squared arrays/number_read_three_times networks/neuron
    networks/sigmoid_neuron reductions/sum_all
"""
SELECTION = [
    *(path for path in PATHS if path.parent.name in ("lecture", "scalars")),
    *(CASES / f"{name}.yaml" for name in ARRAYS.split()),
]
"""Cases of plain numbers, and of arrays of one shape: courses seldom ask for broadcasting."""


@pytest.fixture
def judged(name: str, tmp_path: Path) -> dict[str, Any]:
    """What `harness check --json` says of a course's engine, its adapter beside it."""
    given = Path(INDEX[name]["entry"].partition(":")[0])
    source = given.parent if given.parent.name != "engines" else given
    copy = shutil.copytree if (HERE / source).is_dir() else shutil.copy
    copy(HERE / source, tmp_path / source.name)
    place = tmp_path / given.relative_to("engines")
    if name in ADAPTERS:
        place = tmp_path / f"{name}_adapter.py"
        shutil.copy(ADAPTERS[name], place)
    engine = load(str(place))
    cases = [case for path in SELECTION if len((case := case_at(path)).program.steps) <= DEEP]
    verdicts = [
        (name_of(case.path), examine(engine, case, reference.evaluate(case.program)))
        for case in cases
    ]
    return as_json(name, verdicts)


@pytest.mark.parametrize("name", COURSES)
def test_nothing_is_said_against_a_right_engine_of_a_course(judged: dict[str, Any]) -> None:
    assert judged["findings"] == []
    assert sum(case["status"] == "passed" for case in judged["cases"]) >= ENOUGH


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_adapter_is_short(name: str) -> None:
    text = ADAPTERS[name].read_text(encoding="utf-8")
    body = [
        node for node in ast.parse(text).body if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    first = body[1].lineno  # after the docstring
    lines = [line for line in text.splitlines()[first - 1 :] if line.strip()]
    assert len(lines) <= LONGEST_ADAPTER


def test_the_index_knows_every_engine_and_what_is_wrong_with_it() -> None:
    listed = {Path(engine["entry"].partition(":")[0]).parts[1] for engine in INDEX.values()}
    assert listed == {p.name for p in (HERE / "engines").iterdir() if p.name != "__pycache__"}
    assert set(ADAPTERS) <= {*COURSES, *FRESH}
    for engine in INDEX.values():
        assert engine["right"] == ("mistake" not in engine)
        assert engine["right"] == ("_wrong.py" not in engine["entry"])
        assert {engine.get("mistake", {}).get("code"), *engine.get("limits", ())} - {None} <= (
            CODES.keys() | {"every-path"}
        )


@pytest.mark.parametrize("which", ["unseen", "fresh", "apart", "hobby", "last", "afar", "distant"])
def test_a_set_knows_every_engine_and_what_is_wrong_with_it(which: str) -> None:
    engines = yaml.safe_load((HERE / f"{which}.yaml").read_text("utf-8"))
    places = [Path(engine["entry"].partition(":")[0]) for engine in engines.values()]
    assert all((HERE / place).exists() for place in places)
    for engine in engines.values():
        assert engine["right"] == ("mistake" not in engine)
        assert engine.get("mistake", {"code": "crash"})["code"] in CODES


FORMS = {
    "session_graph": {"mul", "add", "exp", "matmul"},
    "expression_tree": {"mul", "add", "div", "exp"},
    "cs107_forward": {"mul", "add", "pow", "sin"},
    "gate_objects": {"mul", "add", "sigmoid"},
    "layers_231": {"mul", "add", "relu", "sigmoid"},
    "pairs": {"mul", "add", "matmul", "sigmoid"},
    "graph_object": {"mul", "add", "sum"},
    "differentiable": {"mul", "add", "sum", "matmul"},
    "switched_on": {"mul", "add", "sum", "matmul"},
    "tracers": {"mul", "add", "sin"},
    "dict_graph": {"mul", "add", "exp", "relu"},
    "dict_nodes": {"mul", "add", "pow", "tanh"},
    "structs_of_arrays": {"mul", "add", "div", "tanh"},
    "slots": {"mul", "add", "exp"},
    "units": {"mul", "add", "sigmoid"},
    "hackers_units": {"mul", "add", "maximum"},
    "flow_nodes": {"mul", "add", "sum", "mse_loss"},
    "flowers": {"mul", "add", "square"},
    "flow_graph": {"mul", "add", "mse_loss"},
    "rrules": {"mul", "add", "matmul", "log"},
    "default_graph": {"mul", "add", "matmul", "sum"},
    "symbolic_classes": {"mul", "add", "exp", "cos"},
    "strangers_symbolic": {"mul", "add", "exp", "pow"},
    "taylor_jets": {"mul", "add", "exp", "sin"},
    "strangers_jets": {"mul", "add", "exp", "pow"},
    "both_modes": {"mul", "add", "exp", "log"},
    "list_nodes": {"mul", "sub", "exp"},
    "named_nodes": {"mul", "add", "exp"},
    "checkpoint_tape": {"mul", "add", "exp"},
    "e07": {"mul", "sub", "square"},
    "e10": {"mul", "sub", "sin"},
    "e14": {"mul", "pow", "log"},
    "e25": {"mul", "add"},
    "e32": {"mul", "sub"},
    "e38": {"mul", "sub", "tanh"},
    "d13": {"mul", "sub", "sin"},
    "d17": {"mul", "sub", "matmul", "tanh"},
    "d25": {"mul", "sub", "sin"},
    "d26": {"mul", "sub", "sin", "tanh"},
    "d27": {"mul", "sub", "exp"},
    "d28": {"mul", "sub", "exp", "matmul"},
    "d31": {"mul", "sub", "exp"},
    "d35": {"mul", "sub", "pow"},
}
"""Engines that are understood by themselves, and operations of each."""


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_understood_by_itself(name: str) -> None:
    engine = load(str(HERE / OTHERS[name]["entry"]))
    assert all(engine.has(op) for op in FORMS[name])
    case = case_at(CASES / "lecture" / "product_of_sum.yaml")
    assert examine(engine, case, reference.evaluate(case.program)).status == "passed"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("both_modes", "for the other say"),
        ("network_layers", "sigmoid class, Sigmoid().forward"),
        ("dense_layers", "softmax class, Activation_Softmax().forward"),
        ("hw_mytorch", "tanh class, Tanh().forward"),
    ],
)
def test_it_is_told_what_is_taken(name: str, told: str) -> None:
    engine = load(str(HERE / OTHERS[name]["entry"]))
    assert told in "\n".join(" ".join(line.split()) for line in (*engine.notes, *engine.describe()))


def test_what_keeps_its_axes_lacks_sums_that_drop_them() -> None:
    engine = load(str(HERE / OTHERS["tensor_module"]["entry"]))
    for name, status in {"sum_first_axis": "unsupported", "sum_kept": "passed"}.items():
        case = case_at(CASES / "reductions" / f"{name}.yaml")
        assert examine(engine, case, reference.evaluate(case.program)).status == status
