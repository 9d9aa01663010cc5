"""Folders as course platforms let one download them: each file is its author's."""

from __future__ import annotations

from pathlib import Path

import pytest
from grading.class_of import grade, results
from grading.conftest import HONEST

from harness.grading.found import Found, find
from harness.grading.submissions import read

METADATA = """---
submission_201:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1815'
    :email: ada@example.org
  :created_at: 2026-03-02 10:00:00.000000000 -08:00
  :score: 3.0
  :results:
    tests:
    - {name: a, output: ": # - [ &x *y"}
  :history:
  - :created_at: 1999-01-01
submission_202:
  :submitters:
  - :name: Bob Stone
    :sid: '77'
    :email: bob@example.org
  - :name: Cyd Ray
    :sid: '78'
    :email: cyd@example.org
  :created_at: 2026-03-02 11:00:00 UTC
"""


def lay(folder: Path, *names: str, text: str = HONEST) -> Found:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return find([str(folder)])


def test_in_canvas_the_files_of_one_person_are_one_submission(tmp_path: Path) -> None:
    found = lay(
        tmp_path,
        "lovelaceada_101_5001_engine.py",
        "lovelaceada_101_5002_my_ops.py",
        "stonebob_LATE_102_5003_engine.py",
        "group1_103_5004_report.pdf",
    )
    ada, bob, group = sorted(found.pieces, key=lambda one: one.who[0].id)
    assert [one.id for one in (ada, bob, group)] == ["lovelaceada", "stonebob", "group1"]
    assert (ada.late, bob.late) == (False, True)
    assert set(read(ada.id, ada.path, parts=ada.parts).files) == {"engine.py", "my_ops.py"}
    assert "there is no engine.py" in (read("g", group.path, parts=group.parts).problem or "")
    assert found.others == []


def test_in_canvas_the_latest_of_several_has_the_name_and_all_are_there(tmp_path: Path) -> None:
    lay(tmp_path, "lovelaceada_101_5001_engine.py", text="# one")
    lay(tmp_path, "lovelaceada_101_5002_ops.py", text="# ops")
    lay(tmp_path, "lovelaceada_101_5005_engine-1.py", text="# two")
    found = lay(tmp_path, "lovelaceada_101_5009_engine-2.py", text="# three")
    told = {one.id: read(one.id, one.path, parts=one.parts).files for one in found.pieces}
    assert told == {
        "lovelaceada": {"engine.py": b"# three", "ops.py": b"# ops"},
        "lovelaceada (5005)": {"engine.py": b"# two", "ops.py": b"# ops"},
        "lovelaceada (5002)": {"engine.py": b"# one", "ops.py": b"# ops"},
    }
    assert [one.order for one in found.pieces] == [3, 2, 1]
    assert {one.when for one in found.pieces} == {""}  # the files' times are the download's
    assert len({one.who for one in found.pieces}) == 1


@pytest.mark.parametrize(
    "file", ["_assignsubmission_file_/engine.py", "_assignsubmission_file_engine.py"]
)
def test_in_moodle_files_and_folders_have_names_and_numbers(tmp_path: Path, file: str) -> None:
    found = lay(tmp_path, f"Ada Lovelace_31{file}", f"Anna-Lena Übel_32{file}")
    assert [one.id for one in found.pieces] == ["Ada Lovelace", "Anna-Lena Übel"]
    assert [one.who[0].id for one in found.pieces] == ["31", "32"]
    assert all(read(one.id, one.path, parts=one.parts).problem is None for one in found.pieces)


def test_two_people_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = lay(
        tmp_path,
        "Ada Lovelace_31_assignsubmission_file_/engine.py",
        "Ada Lovelace_32_assignsubmission_file_/engine.py",
    )
    assert [one.id for one in found.pieces] == ["Ada Lovelace 31", "Ada Lovelace 32"]


def test_in_gradescope_people_are_in_the_file_beside_the_folders(tmp_path: Path) -> None:
    (tmp_path / "submission_metadata.yml").write_text(METADATA)
    found = lay(tmp_path, "submission_201/engine.py", "submission_202/engine.py")
    ada, group = found.pieces
    assert (ada.id, ada.who[0].sid, ada.who[0].email) == ("Ada Lovelace", "1815", "ada@example.org")
    assert ada.when == "2026-03-02T10:00:00-08:00"
    assert group.id == "Bob Stone + Cyd Ray" and len(group.who) == 2
    assert found.others == []


def test_metadata_that_cannot_be_read_names_nobody(tmp_path: Path) -> None:
    for text in ("a: [", "[" * 10_000, "submission_1: !!python/object:os.system {}", "- 1"):
        (tmp_path / "submission_metadata.yml").write_text(text)
        assert [one.id for one in lay(tmp_path, "submission_1/engine.py").pieces] == [
            "submission_1"
        ]


@pytest.mark.parametrize(
    "students",
    [
        ("ann/engine.py", "bob/hw3/engine.py"),
        ("lovelaceada_101_5001_engine.py", "stonebob_102_5002_engine.py"),
        ("Ada_1_assignsubmission_file_/engine.py", "Bob_2_assignsubmission_file_/x.py"),
    ],
)
def test_an_engine_of_the_teachers_beside_submissions_is_left_out_and_told(
    class_: Path, capsys: pytest.CaptureFixture[str], students: tuple[str, ...]
) -> None:
    folder = class_ / "class"
    lay(folder, *students)
    lay(folder, "ops.py", text="x = 1")
    found = lay(folder, "engine.py", text="from ops import x")
    assert len(found.pieces) == 2 and found.beside == ["engine.py", "ops.py"]
    (class_ / "submissions").rename(class_ / "away")
    folder.rename(class_ / "submissions")
    assert grade() == 0
    assert "nobody's (to grade it, name it): engine.py, ops.py" in capsys.readouterr().out
    assert all(one["score"] > 0 for one in results().values())
