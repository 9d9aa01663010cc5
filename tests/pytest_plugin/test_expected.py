"""Expected failures: strict, with reasons, and written from a run."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from harness.judging import expected
from harness.judging.expected import ExpectedError

pytest_plugins = ["pytester"]

WRONG = """
class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, other.data)))
    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.back:
            parent.backward(local * upstream)
"""
REASON = "mul gives each operand the other one's derivative"


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\n")
    pytester.makefile(".py", mine=WRONG)
    for name, expression in {"sum": "x + y", "product": "x * y", "square": "y * x + y"}.items():
        path = pytester.path / f"cases/{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"about: a\ninputs: {{x: 2.5, y: -1.5}}\nexpr: {expression}\n")
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    return project.runpytest_inprocess("cases", "--engine=mine.py", *options)


def write(project: pytest.Pytester, text: str) -> Path:
    path = project.path / "expected.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


BOTH = """
the other factor is forgotten:
- cases/product.yaml::backward
- cases/square.yaml::backward
"""


def test_an_expected_failure_is_none(project: pytest.Pytester) -> None:
    write(project, BOTH)
    done = run(project, "--xfail=expected.yaml", "-rx")
    done.assert_outcomes(passed=4, xfailed=2)
    done.stdout.fnmatch_lines(["*product.yaml::backward - the other factor is forgotten*"])
    assert done.ret == 0


def test_one_that_passes_is_an_error(project: pytest.Pytester) -> None:
    write(project, BOTH + "- cases/sum.yaml::forward\n")
    done = run(project, "--xfail=expected.yaml")
    done.assert_outcomes(passed=3, xfailed=2, failed=1)
    done.stdout.fnmatch_lines(["*XPASS(strict)*the other factor is forgotten*"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            BOTH + "- cases/nowhere.yaml::backward\n",
            ":5: cases/nowhere.yaml::backward",
        ),
        (BOTH + "- cases/sum.yaml::sideways\n", "cases/sum.yaml::sideways matches nothing"),
        (BOTH + "- cases/product.yaml::backward\n", "stands there twice"),
        ("- cases/sum.yaml::forward", "must map each reason to a list of ids"),
        ("a: [", "this is not YAML"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    project: pytest.Pytester, text: str, told: str
) -> None:
    write(project, text)
    done = run(project, "--xfail=expected.yaml")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([f"*--xfail expected.yaml*{told}*"])


OLD = """
a row is stretched:
- cases/tensors/row_added_to_matrix.yaml::backward
- cases/tensors/own.yaml::backward
"""


def test_ids_of_built_in_cases_are_understood_as_they_were_and_wherever_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case of one's own keeps the name that its folder has."""
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD)
    with pytest.raises(ExpectedError, match=r"old\.yaml:4: cases/tensors/own.* matches nothing"):
        expected.read("old.yaml", tmp_path)
    Path("cases/tensors").mkdir(parents=True)
    Path("cases/tensors/own.yaml").write_text("about: a\ninputs: {x: 2.5}\nexpr: x\n")
    assert list(expected.read("old.yaml", tmp_path)) == [
        "cases/arrays/row_added_to_matrix.yaml::backward",
        "cases/tensors/own.yaml::backward",
    ]
    both = OLD.replace("tensors/own", "arrays/row_added_to_matrix")
    Path("both.yaml").write_text(both)
    with pytest.raises(ExpectedError, match=r"arrays/row_added_to_matrix.* stands there twice"):
        expected.read("both.yaml", tmp_path)


@pytest.mark.parametrize("peer", ["micrograd", "autograd", "mygrad"])
def test_the_files_of_peers_are_found_wherever_the_harness_is(
    peer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = expected.read(f"peer:{peer}", tmp_path)
    assert found and all(id.startswith("cases/") for id in found)
    assert expected.read(Path(f"peer:{peer}"), tmp_path) == found


def test_a_peer_without_a_file_is_told(project: pytest.Pytester) -> None:
    done = run(project, "--xfail=peer:micro")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    told = "*--xfail peer:micro: no expected failures of it come with the harness, but those of *"
    done.stderr.fnmatch_lines([told])


def test_a_pass_that_a_case_does_not_have_is_refused(project: pytest.Pytester) -> None:
    write(project, "never:\n- cases/sum.yaml::second\n")
    run(project, "--xfail=expected.yaml").stdout.fnmatch_lines(
        ["*cases/sum.yaml::second matches nothing*"]
    )


def test_it_is_written_from_a_run_and_reasons_are_kept(project: pytest.Pytester) -> None:
    run(project, "--write-xfail=expected.yaml").assert_outcomes(passed=4, failed=2)
    path = project.path / "expected.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Where mine.py and torch disagree, and why\n")
    assert "- cases/product.yaml::backward" in text
    run(project, "--xfail=expected.yaml").assert_outcomes(passed=4, xfailed=2)
    write(project, BOTH.replace("- cases/square.yaml::backward\n", "- cases/sum.yaml::forward\n"))
    run(project, "--write-xfail=expected.yaml")
    kept = path.read_text(encoding="utf-8")
    assert "the other factor is forgotten:\n- cases/product.yaml::backward\n" in kept
    assert "sum.yaml" not in kept
    assert "- cases/square.yaml::backward" in kept
