"""What a whole run of the suite costs: `python tests/benchmarks/suite.py`.

Two questions, each answered by whole processes from start to exit:

- N generated cases, run by the plugin and by the test file that one would write by hand for them
  (torch and minigrad in every test, two snapshots a case);
- `pytest cases/` beside the least that anything which asks torch must do: start pytest, import
  torch, evaluate the same programs.

Prints seconds, never fails on them. Contenders take turns within each round and the medians over
the rounds are shown, so that noise of the machine falls on all alike. `--profile` adds where the
plugin's time goes.
"""

from __future__ import annotations

import argparse
import os
import pickle
import pstats
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))
from harness.language.case import load

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = (500, 5000)
REPEAT = 3
FOLDER = 100
"""Cases in a folder, and in a module written by hand."""


# -- cases -----------------------------------------------------------------------------------------

Leaf = float | list[float] | list[list[float]]


@dataclass
class Example:
    """A case before it is written down. Each step is one operation, so that nothing has a name in
    one form of the case and none in the other; ``{}`` stands before a function's name."""

    number: int
    inputs: dict[str, Leaf]
    steps: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"case_{self.number:05}"

    @property
    def folder(self) -> str:
        return f"group_{self.number // FOLDER:02}"


LARGE = 1000.0
BOUNDED = ("tanh", "sigmoid", "sin", "cos")
TENSORS = 0.2
"""The share of cases with small arrays."""


def examples(count: int) -> list[Example]:
    """The first ``count`` of an endless list of cases, the same ones every time."""
    return [_example(number) for number in range(count)]


def _example(number: int) -> Example:
    draw = random.Random(number)
    steps = draw.randint(3, 8)
    if draw.random() < TENSORS:
        return _of_arrays(number, draw, steps)
    names = ["x", "y", "z"][: draw.randint(2, 3)]
    example = Example(number, {name: _number(draw) for name in names})
    stages = [*_stages(steps - 1), "f"]
    _grow(example, draw, f"x {draw.choice('+-*')} y", names[2:], stages)
    return example


def _of_arrays(number: int, draw: random.Random, steps: int) -> Example:
    rows, inner, columns = (draw.randint(2, 4) for _ in range(3))
    stages = _stages(steps - 1)
    if draw.random() < 0.5:
        inputs: dict[str, Leaf] = {"x": _row(draw, columns), "y": _row(draw, columns)}
        example = Example(number, inputs)
        _grow(example, draw, f"x {draw.choice('+-*')} y", [], stages)
    else:
        matrices = {"x": (rows, inner), "w": (inner, columns)}
        inputs = {
            n: [_row(draw, wide) for _ in range(high)] for n, (high, wide) in matrices.items()
        }
        example = Example(number, {**inputs, "b": _row(draw, columns)})
        _grow(example, draw, "x @ w", ["b"], stages)
    example.steps["f"] = f"{{}}{draw.choice(('sum', 'mean'))}({stages[-1]})"
    return example


def _stages(count: int) -> list[str]:
    return [f"s{number}" for number in range(1, count + 1)]


def _number(draw: random.Random) -> float:
    return round(draw.uniform(-2.0, 2.0), 3)


def _row(draw: random.Random, length: int) -> list[float]:
    return [_number(draw) for _ in range(length)]


def _grow(
    example: Example, draw: random.Random, first: str, waiting: list[str], stages: list[str]
) -> None:
    """Every step from the one before it, so that all reach the output; the second one takes the
    leaf that is ``waiting``."""
    bound = 16.0  # of x @ w, the largest there is
    text = first
    for number, name in enumerate(stages):
        if number == 1 and waiting:
            text = f"{stages[0]} {draw.choice('+-')} {waiting[0]}"
            bound += 2.0
        elif number:
            text, bound = _next(draw, stages[:number], bound)
        example.steps[name] = text


def _next(draw: random.Random, earlier: list[str], bound: float) -> tuple[str, float]:
    """A step after the others, and how large its value can be; nothing overflows."""
    last = earlier[-1]
    kind = draw.choice(("bounded", "relu", "number", "divided", "power", "other", "exp"))
    if bound > LARGE or kind == "bounded":
        return f"{{}}{draw.choice(BOUNDED)}({last})", 1.0
    if kind == "relu":
        return f"{{}}relu({last})", bound
    if kind == "number":
        return f"{draw.choice((0.5, 1.5, 3))} {draw.choice('+-*')} {last}", 3.0 * bound + 3.0
    if kind == "divided":
        return f"{last} / {draw.choice((1.25, 2, 4.0))}", bound
    if kind == "power":
        return f"{last} ** 2", bound * bound
    if kind == "exp" and bound <= 3.0:
        return f"{{}}exp({last})", 21.0
    return f"{last} {draw.choice('+*')} {draw.choice(earlier)}", bound * LARGE


# -- the same cases twice --------------------------------------------------------------------------


def write_cases(project: Path, cases: Iterable[Example]) -> None:
    """A project whose cases are YAML files, for the plugin."""
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\ncase_paths = cases\n")
    for case in cases:
        path = project / "cases" / case.folder / f"{case.name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"about: {len(case.steps)} steps, generated as number {case.number}", "inputs:"]
        lines += [f"  {name}: {value}" for name, value in case.inputs.items()]
        lines += ["steps:", *(f"  {name}: {t.format('')}" for name, t in case.steps.items())]
        path.write_text("\n".join(lines) + "\n")


BY_HAND = """\
import minigrad
import numpy as np
import torch


def torch_nodes(function, leaves):
    nodes = {
        name: torch.tensor(leaf, dtype=torch.float64, requires_grad=True)
        for name, leaf in leaves.items()
    }
    nodes |= function(torch, **nodes)
    for node in nodes.values():
        node.retain_grad()
    return nodes


def minigrad_nodes(function, leaves):
    nodes = {
        name: minigrad.Tensor(leaf if isinstance(leaf, float) else np.array(leaf))
        for name, leaf in leaves.items()
    }
    return nodes | function(minigrad, **nodes)


def same(got, expected):
    return np.allclose(got, expected, rtol=1e-9, atol=1e-12)


def check_forward(data_regression, function, leaves):
    expected = torch_nodes(function, leaves)
    got = minigrad_nodes(function, leaves)
    for name, node in expected.items():
        assert same(got[name].data, node.detach().numpy()), name
    data_regression.check({name: node.tolist() for name, node in expected.items()})


def check_backward(data_regression, function, leaves):
    expected = torch_nodes(function, leaves)
    got = minigrad_nodes(function, leaves)
    expected["f"].backward()
    got["f"].backward()
    for name, node in expected.items():
        assert same(got[name].grad, node.grad.numpy()), name
    data_regression.check({name: node.grad.tolist() for name, node in expected.items()})
"""

PARAMETRIZED = """\
import pytest

from by_hand import check_backward, check_forward

{functions}
CASES = [
{table}]


@pytest.mark.parametrize("function, leaves", CASES)
def test_forward(data_regression, function, leaves):
    check_forward(data_regression, function, leaves)


@pytest.mark.parametrize("function, leaves", CASES)
def test_backward(data_regression, function, leaves):
    check_backward(data_regression, function, leaves)
"""


def write_by_hand(project: Path, cases: Iterable[Example]) -> None:
    """A project that does the same with parametrized tests and ``data_regression``."""
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p no:autograd-harness\n")
    (project / "by_hand.py").write_text(BY_HAND)
    functions: dict[str, list[str]] = {}
    table: dict[str, list[str]] = {}
    for case in cases:
        lines = [f"\ndef {case.name}(ops, {', '.join(case.inputs)}):"]
        lines += [f"    {name} = {text.format('ops.')}" for name, text in case.steps.items()]
        named = ", ".join(f'"{name}": {name}' for name in case.steps)
        lines += [f"    return {{{named}}}\n"]
        functions.setdefault(case.folder, []).append("\n".join(lines))
        entry = f"    pytest.param({case.name}, {case.inputs!r}, id={case.name!r}),\n"
        table.setdefault(case.folder, []).append(entry)
    for folder in functions:
        text = PARAMETRIZED.format(
            functions="\n".join(functions[folder]), table="".join(table[folder])
        )
        (project / f"test_{folder}.py").write_text(text)


LEAST = """\
import pickle
from pathlib import Path

from harness.engines.reference import evaluate


def test_truth():
    for program in pickle.loads(Path(__file__).with_name("programs.pickle").read_bytes()):
        evaluate(program)
"""


def write_least(project: Path) -> int:
    """A project with one test, which evaluates the repository's programs; their number."""
    project.mkdir()
    (project / "pytest.ini").write_text("[pytest]\naddopts = -p no:autograd-harness\n")
    paths = sorted((REPOSITORY / "cases").rglob("*.yaml"))
    programs = [load(path).program for path in paths]
    (project / "programs.pickle").write_bytes(pickle.dumps(programs))
    (project / "test_least.py").write_text(LEAST)
    return len(programs)


# -- running ---------------------------------------------------------------------------------------

Work = Callable[[], float]


def run(
    folder: Path, *options: str, python: Iterable[str] = (), passed: int | None = None
) -> float:
    """Seconds that pytest takes in ``folder``; ends the program where not exactly ``passed`` pass
    (None: whatever the outcome, as when snapshots are recorded)."""
    scratch = Path(tempfile.mkdtemp(prefix="scratch-"))
    command = [sys.executable, *python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [f"--basetemp={scratch / 'base'}", *options]
    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path}
    try:
        start = perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        seconds = perf_counter() - start
    finally:
        shutil.rmtree(scratch)
    last = (done.stdout.strip().splitlines() or [""])[-1]
    if passed is not None and not re.match(rf"{passed} passed in ", last):
        sys.exit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
    return seconds


def medians(contenders: dict[str, Work], repeat: int) -> dict[str, float]:
    """Seconds of each contender, which take turns."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(repeat):
        for name, work in contenders.items():
            times[name].append(work())
    return {name: statistics.median(each) for name, each in times.items()}


# -- tables ----------------------------------------------------------------------------------------

PLUGIN, HAND = "plugin", "data_regression by hand"


def synthetic(folder: Path, sizes: list[int], repeat: int) -> None:
    print(f"generated cases, snapshots recorded, median of {repeat}")
    print(f"  {'cases':>7}  {'':26}{'seconds':>9}{'ms a case':>11}{'times plugin':>14}")
    found: dict[int, dict[str, float]] = {}
    for size in sizes:
        cases = examples(size)
        ours, theirs = folder / f"plugin_{size}", folder / f"by_hand_{size}"
        write_cases(ours, cases)
        write_by_hand(theirs, cases)
        for project in (ours, theirs):
            run(project, "--regen-all")
        contenders: dict[str, Work] = {
            PLUGIN: lambda ours=ours, size=size: run(ours, passed=2 * size),
            HAND: lambda theirs=theirs, size=size: run(theirs, passed=2 * size),
        }
        took = found[size] = medians(contenders, repeat)
        for name, seconds in took.items():
            each = seconds / size * 1e3
            print(f"  {size:7}  {name:26}{seconds:9.2f}{each:11.2f}{seconds / took[PLUGIN]:14.2f}")
    for few, many in pairwise(sizes):
        print(f"\n  from {few} to {many} cases, {many / few:.1f} times as many:")
        for name in (PLUGIN, HAND):
            less, more = found[few][name], found[many][name]
            each = (more - less) / (many - few) * 1e3
            print(
                f"  {'':7}  {name:26}{more / less:8.2f} times the time, {each:.2f} ms a case more"
            )


def repository(folder: Path, repeat: int) -> None:
    least = folder / "least"
    count = write_least(least)
    items = len(list((REPOSITORY / "cases").rglob("*.yml")))  # a snapshot each
    contenders: dict[str, Work] = {
        "pytest cases/": lambda: run(REPOSITORY, "cases", passed=items),
        "pytest, torch, evaluate": lambda: run(least, passed=1),
    }
    for work in contenders.values():
        work()
    took = medians(contenders, repeat)
    floor = took["pytest, torch, evaluate"]
    print(f"\nthe repository's {count} cases, median of {repeat}")
    print(f"  {'':7}  {'':26}{'seconds':>9}{'ms a case':>11}{'times least':>14}")
    for name, seconds in took.items():
        each = seconds / count * 1e3
        print(f"  {count:7}  {name:26}{seconds:9.2f}{each:11.2f}{seconds / floor:14.2f}")


def profile(folder: Path, size: int) -> None:
    """The fifteen functions in which the plugin's run spends most time of its own."""
    ours = folder / f"plugin_{size}"
    data = folder / "profile"
    run(ours, python=("-m", "cProfile", "-o", str(data)), passed=2 * size)
    print(f"\nwhere the plugin's time goes, {size} cases (profiled, so slower than measured)")
    pstats.Stats(str(data)).sort_stats("tottime").print_stats(15)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="N")
    parser.add_argument("--repeat", type=int, default=REPEAT, metavar="ROUNDS")
    parser.add_argument("--profile", action="store_true", help="profile the largest size as well")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="suite-") as name:
        folder = Path(name)
        synthetic(folder, sorted(options.sizes), options.repeat)
        repository(folder, options.repeat)
        if options.profile:
            profile(folder, max(options.sizes))


if __name__ == "__main__":
    main()
