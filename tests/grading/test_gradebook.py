"""What a gradebook has of submissions that are gone, and of results that are damaged."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grading.conftest import HONEST, hand_in
from sweeps import sweep

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS, main
from harness.cli.export import EACH, TABLES
from harness.grading import database
from harness.grading.gradebook import MIGRATIONS, NAME, Gradebook, GradebookError, place_of

SCORES = {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}
FORMATS = (*EACH, *TABLES, "class", "pages")


def grade(*places: str) -> int:
    arguments = ["--out", "marks", "--cases", "cases", "--oracle", "recorded", "--vary", "none"]
    return main(["grade", *(places or ("submissions",)), *arguments])


def export(format: str, *options: str) -> tuple[int, list[str]]:
    """The status of an export, and of whom it has a row or a file."""
    single = format in (*TABLES, "class")
    output = Path(f"out.{format}" if single else f"out_{format}")
    own = ["--cases", "cases", "--oracle", "recorded"] if format == "pages" else []
    status = main(["export", format, "--from", "marks", "-o", str(output), *own, *options])
    if not single:
        found = sorted(path.stem for path in output.glob("*"))
        for path in output.glob("*"):
            path.unlink()
    elif not output.exists():
        found = []
    elif format == "class":
        text = output.read_text()
        found = [name for name in ("ann", "anna", "bob", "dan") if f">{name}</th>" in text]
    else:
        rows = list(csv.reader(output.read_text().splitlines()))
        found = sorted(cell for row in rows for cell in row[3:4] if cell[:1].islower())
        found = [name for name in found if name not in ("student_id", "login")]
    output.unlink(missing_ok=True) if single else None
    return status, [name for name in found if "cyd" not in name]


def withdrawn() -> set[str]:
    book = Gradebook(Path("marks"), create=False)
    try:
        return book.withdrawn()
    finally:
        book.close()


# -- the file -------------------------------------------------------------------------------------


def test_an_older_gradebook_is_brought_up_to_date(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / NAME)
    old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    content = Gradebook(tmp_path / "new")
    content.put("key", {"engine": "ann", "status": "graded", "score": 1.0, "max_score": 2.0})
    row = content.connection.execute(
        "SELECT id, key, status, score, max_score, content FROM result"
    )
    old.execute("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?)", row.fetchone())
    old.commit()
    old.close()
    book = Gradebook(tmp_path)
    assert list(book.rows()) == [("ann", "graded", 1.0, 2.0)] and book.keys() == {"ann": "key"}


def test_a_file_that_is_no_gradebook_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("marks of last year\n" * 100)
    with pytest.raises(GradebookError, match="this is no gradebook"):
        Gradebook(tmp_path)
    assert (tmp_path / NAME).read_text().startswith("marks of last year")
    newer = tmp_path / "newer"
    newer.mkdir()
    sqlite3.connect(newer / NAME).execute("PRAGMA user_version = 99").connection.commit()
    with pytest.raises(GradebookError, match="newer version"):
        Gradebook(newer)


def test_a_place_that_cannot_hold_a_gradebook_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "marks").write_text("")
    assert grade() == COULD_NOT_RUN
    assert "marks: this is no folder; a gradebook is kept in one" in capsys.readouterr().err


def test_a_gradebook_that_somebody_holds_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was graded before stays."""
    grade()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(Path("marks", NAME), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    capsys.readouterr()
    assert grade("submissions", "--regrade") == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "it cannot be written (database is locked)" in told
    assert "4 found: 4 left. Run it again to go on." in told
    holder.execute("ROLLBACK")
    assert grade() == 0 and "4 found: 4 kept" in capsys.readouterr().out


def test_the_gradebook_shows_and_queries(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grade()
    capsys.readouterr()
    assert main(["gradebook", "marks", "--below", "4", "--status", "graded"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["dan"]
    assert main(["gradebook", "marks", "bob"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == 4.5
    assert main(["gradebook", "marks", "nobody"]) == COULD_NOT_RUN


# -- what is not handed in any more ----------------------------------------------------------------


@pytest.fixture
def renamed(class_: Path) -> Path:
    """A class that was graded before and after ann's file was called otherwise."""
    assert grade() == AGREES
    (class_ / "submissions/ann.py").rename(class_ / "submissions/anna.py")
    assert grade() == AGREES
    return class_


@sweep("format", FORMATS, always=2, sample=4)
def test_an_export_has_the_new_name_alone_and_says_who_is_left_out(
    renamed: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    status, names = export(format)
    told = capsys.readouterr().out
    if format == "class":
        assert (status, names) == (AGREES, ["ann", "anna", "bob", "dan"])
        assert "left out" not in told
        return
    assert (status, names) == (AGREES, ["anna", "bob", "dan"])
    assert "left out, not handed in any more (--withdrawn takes them, too): ann\n" in told
    assert export(format, "--withdrawn") == (AGREES, ["ann", "anna", "bob", "dan"])


def test_grade_and_gradebook_name_who_is_gone(
    renamed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade()
    told = capsys.readouterr().out
    assert told.count("left out of exports, as not handed in any more: ann\n") == 1
    assert "of submissions that are not here" not in told
    assert main(["gradebook", "marks"]) == AGREES
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    gone = {name for name, line in rows.items() if "not handed in any more" in line}
    assert gone == {"ann"}
    assert main(["gradebook", "marks", "--json"]) == AGREES
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["engine"] for one in lines if one.get("withdrawn")} == {"ann"}
    export("class")
    assert main(["export", "class", "--from", "marks", "-o", "class.html"]) == AGREES
    text = Path("class.html").read_text()
    assert "5 submissions, 3 graded, 1 not handed in any more" in text
    assert "graded, not handed in any more" in text


def test_files_of_an_earlier_export_are_named(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade()
    arguments = ["export", "json", "--from", "marks", "-o", "files"]
    main(arguments)
    (class_ / "submissions/ann.py").unlink()
    grade()
    assert main(arguments) == AGREES
    told = capsys.readouterr().out
    assert "there from before, of submissions that are left out: ann.json\n" in told


def test_who_is_asked_for_by_name_is_there(renamed: Path) -> None:
    arguments = ["export", "json", "--from", "marks", "-o", "ann.json", "--submission", "ann"]
    assert main(arguments) == AGREES
    assert json.loads(Path("ann.json").read_text())["withdrawn"] is True


def test_where_all_are_gone_an_export_says_so(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "one").mkdir()
    (class_ / "one/eve.py").write_text(HONEST)
    grade("one")
    (class_ / "one/eve.py").rename(class_ / "one/eva.py")
    book = Gradebook(Path("marks"))
    book.found({"eva": place_of(Path("one/eva.py"))})
    book.close()
    assert export("json")[0] == COULD_NOT_RUN
    assert "all are not handed in any more; --withdrawn" in capsys.readouterr().err


def test_what_is_found_again_is_handed_in_again(renamed: Path) -> None:
    (renamed / "submissions/anna.py").rename(renamed / "submissions/ann.py")
    assert grade("submissions/ann.py") == AGREES
    assert withdrawn() == {"anna"}


def test_a_part_of_a_class_says_nothing_of_those_who_are_there(class_: Path) -> None:
    grade()
    grade("submissions/ann.py")
    grade("submissions/ann.py", "submissions/dan")
    assert withdrawn() == set()
    (class_ / "submissions/bob.py").unlink()
    grade("submissions/ann.py")  # which lies beside it
    assert withdrawn() == {"bob"}


def test_nobody_is_gone_from_a_folder_in_which_nothing_was_found(class_: Path) -> None:
    """As where a file system is not mounted: its folder is there, and empty."""
    grade()
    (class_ / "submissions").rename(class_ / "away")
    (class_ / "submissions").mkdir()
    (class_ / "late").mkdir()
    (class_ / "late/eve.py").write_text(HONEST)
    grade("late")
    assert withdrawn() == set()
    (class_ / "submissions").rmdir()
    grade("late")
    grade("away")  # which is the same class, elsewhere
    assert withdrawn() == set()
    (class_ / "away/ann.py").unlink()
    grade("away")
    assert withdrawn() == {"ann"}


def test_who_is_found_under_another_name_is_not_there_twice(class_: Path) -> None:
    """Two of one name are told apart by their folders."""
    grade()
    (class_ / "late").mkdir()
    (class_ / "late/ann.py").write_text(HONEST)
    grade("submissions", "late")
    assert withdrawn() == {"ann"}
    grade("./submissions/../submissions")
    assert withdrawn() == {"submissions/ann.py"}


def test_a_run_that_ends_early_has_noted_who_is_gone(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade()
    (class_ / "submissions/ann.py").rename(class_ / "submissions/anna.py")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.grading.batch.run", interrupted)
    assert grade() == COULD_NOT_RUN
    assert withdrawn() == {"ann"}


def test_a_run_beside_another_does_not_bring_back_who_is_gone(class_: Path) -> None:
    places = {"ann": place_of(class_ / "submissions/ann.py")}
    first, second = Gradebook(class_ / "marks"), Gradebook(class_ / "marks")
    first.found(places)
    result = {"engine": "ann", "status": "graded", "score": 1.0, "max_score": 2.0}
    (class_ / "submissions/ann.py").rename(class_ / "submissions/anna.py")
    second.found({"anna": place_of(class_ / "submissions/anna.py")})
    second.put("key", {**result, "engine": "anna"}, place_of(class_ / "submissions/anna.py"))
    first.put("key", result, places["ann"])  # it was read when it was there
    second.found({"anna": place_of(class_ / "submissions/anna.py")})
    assert first.withdrawn() == {"ann"}


def test_a_gradebook_from_before_learns_where_submissions_lie(class_: Path) -> None:
    grade()
    book = sqlite3.connect(Path("marks", NAME))
    book.execute("UPDATE result SET place = NULL")
    book.commit()
    book.close()
    grade()
    (class_ / "submissions/bob.py").unlink()
    grade()
    assert withdrawn() == {"bob"}


# -- what is damaged -------------------------------------------------------------------------------


def stored(result: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(result).encode())


def deep(result: dict[str, Any]) -> bytes:
    return zlib.compress(b'{"a":' * 100_000)


DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no zlib": lambda result: b"marks of last year",
    "nothing": lambda result: b"",
    "text": lambda result: "marks of last year",
    "a number": lambda result: 7,
    "cut off": lambda result: stored(result)[:-40],
    "a bit": lambda result: stored(result)[:200] + b"\x00" + stored(result)[201:],
    "no json": lambda result: zlib.compress(b"marks"),
    "no text": lambda result: zlib.compress(b"\xff\xfe"),
    "a list": lambda result: stored([result]),  # type: ignore[arg-type]
    "null": lambda result: zlib.compress(b"null"),
    "empty": lambda result: stored({}),
    "deep": deep,
    "no cases": lambda result: stored({k: v for k, v in result.items() if k != "cases"}),
    "a version": lambda result: stored({**result, "version": "new"}),
    "cases": lambda result: stored({**result, "cases": {"a": 1}}),
    "a case": lambda result: stored({**result, "cases": [None, *result["cases"]]}),
    "a finding": lambda result: stored({**result, "findings": [{"code": "overwrite"}]}),
    "another's": lambda result: stored({**result, "engine": "ann"}),
}


def damaged(kind: str, name: str = "bob") -> None:
    """Puts something else in the place of a result."""
    book = Gradebook(Path("marks"), create=False)
    result = book.result(name)
    assert result is not None
    query = "UPDATE result SET content = ? WHERE id = ?"
    book.connection.execute(query, (DAMAGE[kind](result), name))
    book.close()


@sweep("kind", DAMAGE, always=1, sample=4)
def test_a_damaged_result_stops_no_other_and_is_named(
    class_: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    grade()
    damaged(kind)
    capsys.readouterr()
    for format in FORMATS:
        assert export(format) == (FINDINGS, ["ann", "dan"]), format
        told = capsys.readouterr().err
        assert "the result of bob is damaged" in told and "harness grade, run again" in told
    arguments = ["export", "json", "--from", "marks", "-o", "bob.json", "--submission", "bob"]
    assert main(arguments) == COULD_NOT_RUN and not Path("bob.json").exists()
    assert main(["gradebook", "marks", "bob"]) == COULD_NOT_RUN
    assert "the result of bob is damaged" in capsys.readouterr().err
    assert main(["gradebook", "marks"]) == AGREES  # a row is there
    assert main(["gradebook", "marks", "--json"]) == FINDINGS
    assert len(capsys.readouterr().out.splitlines()) == 5 + 3


@sweep("kind", DAMAGE, always=1, sample=4)
def test_a_damaged_result_is_graded_again(
    class_: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    grade()
    damaged(kind)
    damaged("no zlib", "=cyd")  # of which the table at the end would say why
    assert grade("submissions/ann.py") == AGREES
    assert grade() == AGREES
    assert "4 found: 1 graded, 2 kept as they were, 1 refused." in capsys.readouterr().out
    assert marks() == SCORES


def marks() -> dict[str, float]:
    book = Gradebook(Path("marks"), create=False)
    try:
        return {result["engine"]: result["score"] for result in book.results()}
    finally:
        book.close()


def damage(chance: random.Random, blow: bytes) -> None:
    """Overwrites a part of a page, other than the first, which says that it is a gradebook."""
    path = Path("marks", NAME)
    with sqlite3.connect(path) as book:
        ((size,),) = book.execute("PRAGMA page_size")
        ((count,),) = book.execute("PRAGMA page_count")
    book.close()
    with open(path, "r+b") as file:
        file.seek(size * chance.randrange(1, count) + chance.randrange(size - len(blow)))
        file.write(blow)


@sweep("seed", range(60), always=0, sample=4)
def test_a_damaged_page_is_told_and_ends_in_no_traceback(
    class_: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    for number in range(20):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    assert grade() == AGREES
    chance = random.Random(seed)
    damage(chance, chance.randbytes(chance.choice([1, 8, 2000])))
    for format in FORMATS:
        status, _ = export(format)
        told = capsys.readouterr().err
        # (A digest of cases that is damaged is that of others.)
        words = ("is damaged", "no such submission", "must not mix")
        assert status == AGREES or any(word in told for word in words), told
    assert main(["gradebook", "marks"]) in (AGREES, COULD_NOT_RUN)
    assert grade() == AGREES or "it is damaged" in capsys.readouterr().err


def test_a_gradebook_that_is_kept_elsewhere_leaves_room_for_a_new_one(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the message says where SQLite cannot read it any more."""
    grade()
    path = Path("marks", NAME)
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.seek(110)
        file.write(b"\xff" * (size - 110))
    assert grade() == COULD_NOT_RUN
    assert "it is damaged" in (told := capsys.readouterr().err) and "keep it elsewhere" in told
    path.rename("elsewhere.sqlite")
    assert grade() == AGREES
    assert marks() == SCORES
