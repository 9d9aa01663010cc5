"""Zips that were handed in: those that people make, and those that nobody makes by accident."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from grading.class_of import grade, results
from grading.conftest import HONEST

from harness.grading import submissions


def zipped(files: dict[str, str], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def linked() -> bytes:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("engine.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def read(path: Path, content: bytes) -> submissions.Submission:
    (path / "ada.zip").write_bytes(content)
    return submissions.read("ada", path / "ada.zip")


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"engine.py": HONEST}, "engine.py"),
        ({"hw3/engine.py": HONEST, "__MACOSX/hw3/._engine.py": "x"}, "hw3/engine.py"),
        ({"hw3\\engine.py": HONEST, "hw3\\report.pdf": "x"}, "hw3/engine.py"),
        ({"engine.py": HONEST, ".git/hooks/engine.py": "x"}, "engine.py"),
    ],
)
def test_a_zip_is_read_as_the_folder_in_it(
    tmp_path: Path, files: dict[str, str], entry: str
) -> None:
    found = read(tmp_path, zipped(files))
    assert found.problem is None and found.entry == entry
    assert found.files == {entry: HONEST.encode()}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (zipped({"/etc/engine.py": ""}), "the zip has an absolute path in it (/etc/engine.py)"),
        (zipped({"C:\\engine.py": ""}), "the zip has an absolute path in it (C:/engine.py)"),
        (zipped({"../engine.py": ""}), "a path in it that leads out of it (../engine.py)"),
        (zipped({"a/../../engine.py": ""}), "a path in it that leads out of it"),
        (linked(), "the zip has a link in it (engine.py)"),
        (zipped({f"f{i}.py": "" for i in range(201)}), "more than 200 files of source or data"),
        (zipped({f"{i:0100}.txt": "" for i in range(8000)}), "the zip has too many files in it"),
        (zipped({"engine.py": "#" * (5 << 20)}), "what is in the zip is too large"),
        (zipped({f"{i}.py": "#" * (1 << 20) for i in range(5)}), "what is in the zip is too large"),
        (zipped({"engine.py": HONEST}, zipfile.ZIP_LZMA), "compressed in an unusual way"),
        (zipped({"engine.py": HONEST})[:-30], "it is no zip that can be read"),
        (b"PK\x03\x04" + b"x" * 99, "it is no zip that can be read"),
        (b"", "it is no zip that can be read"),
        (zipped({}), "there is no engine.py in it"),
    ],
)
def test_what_is_refused_of_zips(tmp_path: Path, content: bytes, told: str) -> None:
    found = read(tmp_path, content)
    assert found.problem is not None and told in found.problem
    assert not found.files


def test_no_more_of_a_zip_is_unpacked_than_a_submission_may_have(tmp_path: Path) -> None:
    content = zipped({"engine.py": "#" * (200 << 20)})
    tracemalloc.start()
    assert "too large" in (read(tmp_path, content).problem or "")
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()


def test_a_folder_with_nothing_but_a_zip_is_what_is_in_that(tmp_path: Path) -> None:
    """As Moodle makes a folder of whatever somebody has uploaded."""
    (tmp_path / "hw3.zip").write_bytes(zipped({"hw3/engine.py": HONEST}))
    found = submissions.read("ada", tmp_path)
    assert found.problem is None and found.entry == "hw3/engine.py"
    (tmp_path / "engine.py").write_text("# beside it")
    assert set(submissions.read("ada", tmp_path).files) == {"engine.py"}
    (tmp_path / "engine.py").unlink()
    (tmp_path / "hw3.zip").unlink()
    (tmp_path / "hw3.zip").symlink_to("/etc/passwd")
    assert submissions.read("ada", tmp_path).problem is not None


def test_a_zip_is_graded_like_its_folder(class_: Path) -> None:
    (class_ / "submissions/eve.zip").write_bytes(zipped({"hw3/engine.py": HONEST}))
    assert grade() == 0
    assert results()["eve"]["score"] == results()["bob"]["score"] > 0
