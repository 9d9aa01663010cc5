"""README.md is true: its files are written, its commands run, its output compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_mutants import EQUIVALENT

from harness.language.case import load
from harness.language.program import directions
from harness.language.vocabulary import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: exit=(\d))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"# (\S+\.(?:py|yaml))\n")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a reader has it, to write and to run in."""
    folder = tmp_path_factory.mktemp("reader") / "repository"
    ignored = shutil.ignore_patterns(".*", "tests", "__pycache__", "*.egg-info", "build")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def test_every_file_command_and_output_of_the_readme_is_as_it_says(copy: Path) -> None:
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    output, ran = "", 0
    for language, status, text in BLOCK.findall(README):
        title = TITLE.match(text)
        if title is not None:
            path = copy / title[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif language == "text":
            for line in text.splitlines():
                assert line in output.splitlines(), line
        elif status:
            done = subprocess.run(
                shlex.split(text), cwd=copy, env=environment, capture_output=True, text=True
            )
            output = done.stdout
            assert done.returncode == int(status), output + done.stderr
            ran += 1
        else:
            assert text.startswith(
                ("python3 -m venv", ".venv/bin/pip", "harness doctor")
            )  # see .ci/run
    assert ran == 17
    for path in (ROOT / "cases/pictures").iterdir():
        assert (copy / "cases/pictures" / path.name).read_bytes() == path.read_bytes(), path.name
    assert (copy / "cases/lecture/parabola/backward.yml").is_file()


def test_the_set_up_commands_are_where_ci_looks_for_them() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "command_of_readme" in script
    for number in (1, 2, "without torch"):
        assert README.count(f"<!-- set-up {number} -->\n```sh\n") == 1
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_the_number_of_cases_is_the_number_said() -> None:
    count = len(list((ROOT / "cases").rglob("*.yaml")))
    (said,) = re.findall(r"on (\d+) expressions written in YAML", README)
    assert int(said) == count


def test_what_is_said_of_the_cases_can_be_counted() -> None:
    text = " ".join(README.split())
    programs = [load(path).program for path in (ROOT / "cases").rglob("*.yaml")]
    (second,) = re.findall(r"(\d+) of them ask for the gradient of the gradient", text)
    assert int(second) == sum(program.order == 2 for program in programs)
    (twice,) = re.findall(r"(\d+) call backward twice", text)
    assert int(twice) == sum(program.passes == 2 for program in programs)
    (operations,) = re.findall(r"a vocabulary of (\d+) operations", text)
    assert int(operations) == len(OPERATIONS)
    (attacks,) = re.findall(r"`tests/attacks` holds (\d+) submissions", text)
    assert int(attacks) == len(list((ROOT / "tests/attacks/submissions").glob("*.py")))
    (equal,) = re.findall(r"but for (\d+) that compute the same", text)
    assert int(equal) == len(EQUIVALENT)


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_case_has_its_snapshot_and_nothing_else_lies_about() -> None:
    expected = {
        path.with_suffix("") / f"{direction}.yml"
        for path in (ROOT / "cases").rglob("*.yaml")
        for direction in directions(load(path).program)
    }
    assert set((ROOT / "cases").rglob("*.yml")) == expected
