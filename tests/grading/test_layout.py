"""Graded where Gradescope and GitHub grade: by the scripts that are exported, in a container as
theirs, a submission gets at nothing but its answers."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import needs
import pytest
import yaml
from grading.conftest import CASES, SECRET, copy_cases
from grading.layout import Container, filter_of_docker
from installed import Installed
from truths import ROOT

from harness.cli import main
from harness.grading.formats import kit

pytestmark = [pytest.mark.slow, pytest.mark.sample]

HERE = Path(__file__).resolve().parent
SITE = Path(sysconfig.get_path("purelib"))
EVERYTHING = (
    "minigrad formulas judge packages cases marks others folders links writing processes "
    "environment sockets powers"
)
"""What the curious submission tries."""
NAMESPACES = {"bubblewrap", "namespaces of its own for each submission"}
SHADOWS = ("harness/__init__.py", "numpy.py", "json.py", "sitecustomize.py", "conftest.py")
"""Names by which a submission might get something of its own to be run by the judge."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where somebody listens: nobody may have called when the tests are over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with suppress(BlockingIOError):
            pytest.fail(f"somebody has called: {server.accept()[1]}")


def hand_in(folder: Path, platform: str, port: int) -> None:
    """The curious submission, with links out of its folder and files that bear others' names."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(ROOT / "tests/attacks/honest.py", folder)
    shutil.copy(HERE / "curious.py", folder / "engine.py")
    (folder / "link.txt").symlink_to(f"{platform}/run_autograder")
    (folder / "away").symlink_to(f"{platform}/source")
    for name in SHADOWS:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("import os\nopen('/tmp/shadow', 'w').close()\nos._exit(3)\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--no-such'\n")
    places = {
        "roots": [platform],
        "sites": [f"{platform}/packages"],
        "harness": [f"{platform}/source/{kit.WHEEL_NAME}/harness", f"{platform}/harness/harness"],
        "cases": [f"{platform}/source/hidden0/larger_of_two.yaml"],
        "names": ["source", "passwd", "environment", "harness"],
        "port": port,
        "secret": "SECRET",
    }
    (folder / "places.json").write_text(json.dumps(places))


# -- Gradescope ------------------------------------------------------------------------------------


class Gradescope:
    """/autograder as it is unpacked and set up there; what the harness needs lies within, too."""

    def __init__(self, base: Path) -> None:
        self.base = base
        with zipfile.ZipFile("auto.zip") as archive:
            archive.extractall(base / "source")
        shutil.copy(base / "source/run_autograder", base)
        (wheel,) = (base / "source").glob("*.whl")
        environment = Installed.make(base / "environment", wheel, torch=False)
        (environment.site / "others.pth").write_text("/autograder/packages\n")
        command = environment.folder / "bin/harness"
        command.write_text(command.read_text().replace(str(base), "/autograder"))
        (base / "submission_metadata.json").write_text('{"users": [{"email": "ann@x.org"}]}')
        shown = {"/autograder/packages": SITE}
        self.container = Container({"/autograder": base}, shown, environment={"SECRET": "x"})

    def grade(self, filter: bytes | None) -> tuple[dict[str, Any], str]:
        """``results.json``, and what the one who teaches sees."""
        (self.base / "results").mkdir(exist_ok=True)
        container = replace(self.container, filter=filter)
        done = container.run("bash", "/autograder/run_autograder", cwd="/autograder")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads((self.base / "results/results.json").read_text()), done.stdout


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory: pytest.TempPathFactory) -> Gradescope:
    folder = tmp_path_factory.mktemp("gradescope")
    copy_cases(CASES, folder / "cases")
    copy_cases(SECRET, folder / "secret")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        arguments = ("-o", "auto.zip", "--cases", "cases", "--hidden", "secret")
        assert main(["export", "gradescope", *arguments]) == 0
        return Gradescope(folder / "machine")


@pytest.mark.parametrize(
    ("filter", "found", "open"),
    [
        pytest.param(filter_of_docker(), "", {"finds no program"}, id="Docker"),
        pytest.param(
            filter_of_docker(landlock=False),
            "others folders processes",
            {
                "reads no file of the machine",
                "lists no folder of the machine",
                "sees no other process",
                "finds no program",
            },
            id="Docker on an old Linux",
        ),
        pytest.param(None, "", set[str](), id="with namespaces"),
    ],
)
def test_a_submission_gets_at_nothing_of_gradescope(
    gradescope: Gradescope, port: int, filter: bytes | None, found: str, open: set[str]
) -> None:
    """Twice, so that there are marks and a log of an earlier time."""
    if os.geteuid() != 0 and (filter is None or found):
        pytest.skip("only root has users to be, and powers to give")
    for _ in range(2):
        hand_in(gradescope.base / "submission", "/autograder", port)
        result, told = gradescope.grade(filter)
        crossed = {line[4:] for line in told.splitlines() if line.startswith("  ✗")}
        assert crossed - NAMESPACES == open | ({"another user"} if os.geteuid() else set())
        assert ("The sandbox is weak" in told) == bool(open)
        if found:
            assert f"got at: {found}\n" in result["output"]
        else:
            assert sum(test["score"] for test in result["tests"]) == 5.0
            assert result["tests"][-1]["name"] == "hidden cases"
        left = {path.name for path in gradescope.base.rglob("*")}
        assert "larger_of_two.yaml" in left and "pwned" not in left
        assert "larger_of_two" not in json.dumps(result)


def test_without_walls_the_submission_gets_at_everything(gradescope: Gradescope) -> None:
    """So that the test above would notice."""
    if os.geteuid() != 0:
        pytest.skip("it tries what root may do")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        hand_in(gradescope.base / "submission", "/autograder", port)
        gradescope.grade(filter_of_docker())
        for name in SHADOWS:
            (gradescope.base / "submission" / name).unlink()
        python = "/autograder/environment/bin/python"
        done = gradescope.container.run(python, "engine.py", cwd="/autograder/submission")
    assert done.stdout.split() == EVERYTHING.split(), done.stderr
    for path in gradescope.base.rglob("pwned"):
        path.unlink()


# -- GitHub Classroom ------------------------------------------------------------------------------

COMMANDS = {
    "sudo": 'exec "$@"',
    "apt-get": "",
    "sysctl": "",
    "pip": 'case "$*" in *--no-deps*) exec python -m pip "$@" -q --no-build-isolation --no-index;; '
    "esac",
}
"""What is there already, or must not be done, when the workflow is tried out: what comes in its
place."""


class GitHub:
    """A runner's home, with the harness to be cloned and the Python that is set up there."""

    def __init__(self, base: Path, workflow: str) -> None:
        self.base = base
        self.steps = yaml.safe_load(workflow)["jobs"]["run-autograding-tests"]["steps"]
        for name in ("work/class", "temp", "bin"):
            (base / name).mkdir(parents=True)
        for name, text in COMMANDS.items():
            (base / "bin" / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
            (base / "bin" / name).chmod(0o755)
        venv.create(base / "python")
        (site,) = base.glob("python/lib/python*/site-packages")
        (site / "others.pth").write_text(f"{SITE}\n")
        self.environment = {
            "PATH": "/runner/python/bin:/runner/bin:/usr/bin:/bin",
            "GITHUB_WORKSPACE": "/runner/work",
            "RUNNER_TEMP": "/runner/temp",
            "GITHUB_OUTPUT": "/runner/temp/output",
            "SECRET": "x",
        }

    def run(self, step: str, filter: bytes | None = None) -> subprocess.CompletedProcess[str]:
        """What a step of the workflow does, as the runner starts it."""
        (script,) = (one["run"] for one in self.steps if one.get("name") == step)
        container = Container(
            {"/runner": self.base},
            {str(SITE): SITE},
            filter,
            user=1001,
            environment=self.environment,
        )
        return container.run("bash", "-e", "-c", script, cwd="/runner/work")

    def result(self) -> dict[str, Any]:
        """What the step that reports is given."""
        told = (self.base / "temp/output").read_text().removeprefix("result=")
        found: dict[str, Any] = json.loads(base64.b64decode(told))
        return found


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> GitHub:
    needs.git()
    folder = tmp_path_factory.mktemp("github")
    origin = folder / "runner/origin"
    for name in ("harness", "minigrad", "cases/scalars"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, origin / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, origin)
    author = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "x")):
        subprocess.run(["git", *command], cwd=origin, check=True)
    workflow = folder / "classroom.yml"
    arguments = ("-o", str(workflow), "--repository", "file:///runner/origin")
    assert main(["export", "github", *arguments]) == 0
    made = GitHub(folder / "runner", workflow.read_text())
    done = made.run("Set up")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_a_submission_gets_at_nothing_of_github(github: GitHub, port: int) -> None:
    (github.base / "temp/result.json").write_text('{"version": 1}')
    hand_in(github.base / "work/class/submission", "/runner/temp", port)
    done = github.run("Grade")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The sandbox is strong." in done.stdout
    result = github.result()
    score = sum(test["score"] for test in result["tests"])
    assert 0 < score < result["max_score"], done.stdout


def test_where_github_has_no_namespaces_nothing_is_graded(github: GitHub, port: int) -> None:
    (github.base / "temp/output").unlink(missing_ok=True)
    hand_in(github.base / "work/class/submission", "/runner/temp", port)
    done = github.run("Grade", filter_of_docker())
    assert done.returncode == 1 and "The sandbox is weak" in done.stdout
    assert not (github.base / "temp/output").exists()
