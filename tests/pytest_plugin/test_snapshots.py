"""Snapshots in a run of the model engine: recorded, compared, and recorded anew."""

from __future__ import annotations

import re

import pytest
from pytest_plugin.projects import GOOD, PRODUCT, Project
from truths import ROOT

from harness.judging import snapshot

pytest_plugins = ["pytester"]


def test_the_first_run_records_and_the_second_passes(project: Project) -> None:
    first = project.run()
    first.assert_outcomes(failed=4)
    first.stdout.fnmatch_lines(["*recorded cases/basics/product/forward.yml*look at them*commit*"])
    assert "basics/product/backward.yml" in project.files
    project.run().assert_outcomes(passed=4)


def test_a_snapshot_holds_torchs_numbers_for_every_step(project: Project) -> None:
    project.recorded()
    folder = project.pytester.path / "cases/basics/product"
    first, numbers = (folder / "forward.yml").read_text().split("\n", 1)
    assert re.fullmatch(r"# torch \d+\.\d+\.\d+, program [0-9a-f]{16}", first)
    assert numbers == 'x: 3.0\n"y": -4.0\nq: -1.0\nf: -3.0\n'
    _, numbers = (folder / "backward.yml").read_text().split("\n", 1)
    assert numbers == 'x: 2.0\n"y": 3.0\nq: 3.0\nf: 1.0\n'


def test_a_changed_number_fails_and_force_regen_records_it_anew(project: Project) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/backward.yml"
    path.write_text(path.read_text().replace("q: 3.0", "q: 3.5"))
    result = project.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*q: recorded 3.5, now 3.0", "*--force-regen*"])
    project.run("--force-regen").assert_outcomes(passed=3, failed=1)
    project.run().assert_outcomes(passed=4)
    assert not any("obtained" in name for name in project.files)


CHANGED = "the case was changed after cases/basics/product/forward.yml was recorded"


@pytest.mark.parametrize(
    ("case", "edit", "told"),
    [
        (PRODUCT.replace("3.0", "3.5"), "", CHANGED),
        (PRODUCT.replace("3.0", "3.5"), "torch 1.0", f"{CHANGED} (with torch 1.0; this is torch*)"),
        (
            PRODUCT,
            "torch 1.0",
            "*/forward.yml was recorded with torch 1.0, and torch * gives other",
        ),
        (PRODUCT, "", "*/forward.yml does not hold what torch * gives, and says that it does"),
    ],
)
def test_why_a_snapshot_differs_is_told_as_its_first_line_has_it(
    project: Project, case: str, edit: str, told: str
) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/forward.yml"
    text = path.read_text().replace("f: -3.0", "f: -3.5")
    path.write_text(re.sub(r"torch [\d.]+", edit, text) if edit else text)
    project.write("cases/basics/product.yaml", case)
    run = project.run()
    run.stdout.fnmatch_lines(
        [
            f"  {told}*",
            "    f: recorded -3.5, now *",
            "*record it anew: pytest cases/basics/product.yaml --force-regen",
        ]
    )
    assert "assert not" not in run.stdout.str()


def test_a_difference_in_the_last_digit_is_none(project: Project) -> None:
    project.recorded()
    path = project.pytester.path / "cases/basics/product/backward.yml"
    text = path.read_text().replace("q: 3.0", "q: 3.0000000000000004")
    path.write_text(text)
    project.run("--force-regen").assert_outcomes(passed=4)
    assert path.read_text() == text


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nx: 1\n", "[1, 2]", "x: {", "x: abc", ""])
def test_a_snapshot_that_is_none_is_told(project: Project, text: str) -> None:
    project.recorded()
    project.write("cases/basics/product/forward.yml", text)
    result = project.run()
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*cases/basics/product/forward.yml*"])
    assert "Traceback" not in result.stdout.str()
    project.run("--force-regen").assert_outcomes(passed=3, failed=1)
    project.run().assert_outcomes(passed=4)


def test_gradients_of_gradients_are_an_item_of_their_own(project: Project) -> None:
    project.write("cases/basics/cube.yaml", "about: a\norder: 2\ninputs: {x: 2}\nexpr: x ** 3\n")
    project.recorded().run().assert_outcomes(passed=7)
    folder = project.pytester.path / "cases/basics/cube"
    assert (folder / "second.yml").read_text().endswith("\nx: 12.0\n")
    project.write("mine.py", GOOD)
    result = project.run("--engine", "mine.py", "-rs")
    result.assert_outcomes(passed=4, skipped=3)
    project.write("cases/basics/cube.yaml", "about: a\ninputs: {x: 2}\nexpr: x ** 3\n")
    result = project.run()
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines(["*second.yml*asks for no such pass*"])


def test_backward_twice_must_give_g_or_2g(project: Project) -> None:
    case = "about: a\nbackward: 2\ninputs: {x: 2, y: 3}\nsteps: {q: x * y, f: q * x}\n"
    project.write("cases/basics/twice.yaml", case)
    project.recorded().run().assert_outcomes(passed=6)
    project.write("mine.py", GOOD)  # adds to what the first pass left at q
    result = project.run("--engine", "mine.py")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*backward is called twice*", "*stale-grad: *"])
    fresh = GOOD.replace(
        "self.grad = 1.0", "for node in order: node.grad = 0.0\n        self.grad = 1"
    )
    project.write("mine.py", fresh)
    project.run("--engine", "mine.py").assert_outcomes(passed=6)


def test_the_repositorys_lecture_snapshots_hold_the_numbers_worked_by_hand() -> None:
    root = ROOT / "cases" / "lecture"

    def read(name: str) -> dict[str, float]:
        numbers = snapshot.parse((root / name).read_text(encoding="utf-8"))
        return {key: float(value) for key, value in numbers.items()}

    forward = read("product_of_sum/forward.yml")
    assert forward == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    backward = read("product_of_sum/backward.yml")
    assert backward == {"x": -4, "y": -4, "z": 3, "q": -4, "f": 1}
    assert read("staged/forward.yml")["f"] == pytest.approx(1.5456448841, abs=5e-11)
    assert read("staged/backward.yml")["x"] == pytest.approx(2.0595697956, abs=5e-11)
    assert read("staged/backward.yml")["y"] == pytest.approx(1.5922327515, abs=5e-11)
