"""Submissions as they lie in a folder: which there are, how they are called, what is not read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from grading.class_of import results
from truths import ROOT

from harness.cli import COULD_NOT_RUN, main
from harness.grading import submissions
from harness.grading.found import Found, find


def names(found: Found) -> list[str]:
    return [piece.id for piece in found.pieces]


def test_submissions_are_found_and_named(tmp_path: Path) -> None:
    for name in ("a/engine.py", "b/engine.py", "c/other.py", ".git/engine.py", "deep/a/engine.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    for name in ("d.py", "__e.py", "f.zip", "g.pdf", "__init__.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "link.py").symlink_to(tmp_path / "d.py")
    found = find([str(tmp_path)])
    assert names(found) == ["__e", "a", "b", "c", "d", "deep", "f", "link"]
    assert find([str(tmp_path), str(tmp_path / "a")]).others == ["g.pdf"]
    both = find([str(tmp_path), str(tmp_path / "deep")]).pieces
    assert [one.id for one in both if one.path.name == "a"] == [f"{tmp_path.name}/a", "deep/a"]


def test_no_two_submissions_have_one_name(tmp_path: Path) -> None:
    places = []
    for folder in ("monday/group", "tuesday/group"):
        for name in ("ann.py", "bob.py", "a\nb.py", "a\\nb.py"):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        places.append(str(tmp_path / folder))
    found = names(find([*places, f"{places[0]}/ann.py", places[0]]))
    assert len(found) == len(set(found)) == 8


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda folder: (folder / "more").mkdir() or (folder / "more/engine.py").touch(),
            "there is no engine.py in it; there is more/engine.py, parts/engine.py",
        ),
        (lambda folder: (folder / "engine.py").symlink_to("/etc/passwd"), "engine.py is a link"),
        (lambda folder: os.mkfifo(folder / "engine.py"), "engine.py is no regular file"),
        (lambda folder: (folder / "engine.py").mkdir(), "engine.py is no regular file"),
    ],
)
def test_a_submission_without_its_file_is_told_what_there_is(
    tmp_path: Path, make: Any, told: str
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/engine.py").write_text("")
    make(tmp_path)
    assert submissions.read("x", tmp_path).problem == told


def test_a_link_is_not_followed_and_told(tmp_path: Path) -> None:
    (tmp_path / "engine.py").symlink_to(ROOT / "tests/attacks/honest.py")
    found = submissions.read("x", tmp_path / "engine.py")
    assert found.problem == "it is a link, and links are not followed" and not found.files


@pytest.mark.parametrize(
    ("files", "apart"),
    [
        ({"ops.py": "", "demo.py": "import engine"}, []),
        ({"ops.py": "", "ann.py": "import ops", "bob.py": "x ="}, ["ann.py", "bob.py"]),
        ({"ops.py": "from deep import x", "deep.py": "", "test_it.py": "import engine"}, []),
        ({"ops.py": "", "ann/engine.py": "", "parts/more.py": ""}, ["ann"]),
        ({"ops.py": "exp = 1", "deep.py": "-" * 100_000 + "1"}, ["deep.py"]),
    ],
)
def test_a_folder_that_may_be_one_submission_or_several_is_asked_about(
    class_: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], apart: list[str]
) -> None:
    """A class folder with somebody's engine.py in it must not become one submission."""
    for name, text in {"engine.py": "from ops import exp", **files}.items():
        (class_ / "group" / name).parent.mkdir(parents=True, exist_ok=True)
        (class_ / "group" / name).write_text(text)
    command = ["grade", "group", "--out", "marks", "--oracle", "recorded", "--cases", "cases"]
    assert main(command) == (COULD_NOT_RUN if apart else 0)
    told = capsys.readouterr()
    for name in apart:
        assert name in told.err
    assert ("--entry engine.py" in told.err) == bool(apart)
    assert main([*command, "--entry", "engine.py"]) == 0
    assert set(results()) == {"group"}
