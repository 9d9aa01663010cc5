"""README.md and docs/ are true: their files are written, their commands run, their output compared.

A block of code whose first line is `# name.py` (or .yaml) is a file. A block of commands after a
line `<!-- exit N -->` is run, line by line, and each must exit with N. A block of text after it has
lines of its output. The set-up commands are run by .ci/run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG
from test_mutants import EQUIVALENT

from harness import __version__
from harness.judging.codes import CODES
from harness.language.case import load
from harness.showing.explained import KINDS
from harness.vocabulary.signatures import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
ROOTS = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "cases/README.md", "minigrad/README.md")
TEXTS = [*PAGES, *(ROOT / name for name in ROOTS)]
IN_A_CLONE = {README}
"""Where the reader of a page is; that of any other page is in an empty folder."""

BLOCK = re.compile(r"^(?:<!-- ([^\n]+) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"# (\S+\.(?:py|yaml))\n")
EXIT = re.compile(r"exit (\d)")
NOT_RUN = (
    "harness doctor",  # it tells of the machine; .ci/run runs it
    "mkdir -p ~/.local/share/bash-completion",  # it writes to the reader's home
)
LONGEST_README = 150
MADE = [*(f"explained/{kind}.md" for kind in KINDS), "notebook.md"]
"""Pages that are made when the documentation is built."""


@dataclass(frozen=True)
class Block:
    """One block of code: the comment above it, its language, and what it holds."""

    comment: str
    language: str
    text: str

    @property
    def title(self) -> str | None:
        """The name of the file that it is."""
        found = TITLE.match(self.text) if self.language in ("python", "yaml") else None
        return found[1] if found else None

    @property
    def status(self) -> int | None:
        """What its commands exit with."""
        found = EXIT.fullmatch(self.comment)
        return int(found[1]) if found else None


def blocks(path: Path) -> list[Block]:
    text = path.read_text(encoding="utf-8")
    found = [Block(*parts) for parts in BLOCK.findall(text)]
    assert 2 * len(found) == len(re.findall(r"^```", text, re.MULTILINE)), (
        f"{path}: a block is lost"
    )
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def place(page: Path, tmp_path: Path) -> Path:
    """The folder that a page's reader is in."""
    if page not in IN_A_CLONE:
        return tmp_path
    ignored = shutil.ignore_patterns(".*", "tests", "__pycache__", "*.egg-info", "build", "site")
    shutil.copytree(ROOT, tmp_path / "clone", ignore=ignored)
    return tmp_path / "clone"


def in_ci(page: Path) -> Any:
    """A page whose commands run in CI's sample, and not in every run of the tests."""
    return pytest.param(page, marks=[] if page == README else LONG)


@pytest.mark.parametrize("page", [in_ci(page) for page in PAGES if blocks(page)], ids=name_of)
def test_every_file_command_and_output_of_a_page_is_as_it_says(page: Path, place: Path) -> None:
    scripts = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    output: list[str] = []
    for block in blocks(page):
        if block.title is not None:
            path = place / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif block.language == "text":
            for line in block.text.splitlines():
                assert line in output, line
        elif block.status is not None:
            output = []
            for line in block.text.splitlines():
                done = subprocess.run(
                    shlex.split(line), cwd=place, env=environment, capture_output=True, text=True
                )
                assert done.returncode == block.status, f"{line}\n{done.stdout}{done.stderr}"
                output += done.stdout.splitlines()
        elif block.language == "sh":
            assert block.comment.startswith("set-up") or block.text.startswith(NOT_RUN), block.text
    for picture in DOCS.glob("pictures/*.svg"):
        if (place / picture.name).is_file():
            assert (place / picture.name).read_bytes() == picture.read_bytes(), picture.name


def test_every_picture_is_made_by_a_command_on_a_page() -> None:
    commands = "".join(block.text for page in PAGES for block in blocks(page))
    for picture in (DOCS / "pictures").iterdir():
        assert f"-o {picture.name}" in commands, picture.name


def test_the_set_up_commands_are_where_ci_looks_for_them() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "command_of_readme" in script
    for number in (1, 2, "without torch"):
        text = README.read_text(encoding="utf-8")
        assert text.count(f"<!-- set-up {number} -->\n```sh\n") == 1
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_the_set_up_without_torch_installs_all_other_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=]", one)[0] for one in project["dependencies"]}
    (command,) = (b.text for b in blocks(README) if b.comment == "set-up without torch")
    listed = command.partition("install -q ")[2].partition(" && ")[0].split()
    assert sorted([*listed, "torch"]) == sorted(needed)


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= LONGEST_README


def test_the_number_of_cases_is_the_number_said() -> None:
    count = len(list((ROOT / "cases").rglob("*.yaml")))
    for page in (README, DOCS / "index.md"):
        (said,) = re.findall(r"on (\d+) expressions written in YAML", page.read_text("utf-8"))
        assert int(said) == count


def test_what_is_said_of_the_cases_can_be_counted() -> None:
    text = " ".join((DOCS / "evidence.md").read_text(encoding="utf-8").split())
    programs = [load(path).program for path in (ROOT / "cases").rglob("*.yaml")]
    (second,) = re.findall(r"(\d+) of them ask for the gradient of the gradient", text)
    assert int(second) == sum(program.order == 2 for program in programs)
    (twice,) = re.findall(r"(\d+) call backward twice", text)
    assert int(twice) == sum(program.backward_calls == 2 for program in programs)
    (operations,) = re.findall(r"a vocabulary of (\d+) operations", text)
    assert int(operations) == len({one.word for one in OPERATIONS.values()})
    (equal,) = re.findall(r"but for (\d+) that compute the same", text)
    assert int(equal) == len(EQUIVALENT)
    attacks = len(list((ROOT / "tests/attacks/submissions").glob("*.py")))
    assert f"`tests/attacks` holds {attacks} submissions" in text
    security = " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
    assert f"`tests/attacks` tries {attacks} ways around" in security


def test_every_name_of_a_mistake_is_explained() -> None:
    text = (DOCS / "verdicts.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) >= CODES.keys()


def test_every_page_is_in_the_navigation() -> None:
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        assert re.search(rf"[ :]{page.relative_to(DOCS).as_posix()}$", told, re.MULTILINE), page


@pytest.mark.parametrize("text", TEXTS, ids=name_of)
def test_every_link_leads_somewhere(text: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        assert (text.parent / target).exists() or target in MADE, target


def test_the_changelog_knows_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text


def test_every_case_has_its_snapshot_and_nothing_else_lies_about() -> None:
    expected = {
        path.with_suffix("") / f"{direction}.yml"
        for path in (ROOT / "cases").rglob("*.yaml")
        for direction in load(path).program.directions
    }
    assert set((ROOT / "cases").rglob("*.yml")) == expected
