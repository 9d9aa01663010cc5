"""`harness grade` from outside: marks, resuming, what is graded anew, and what is never lost."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines.strange import SCALARS
from grading.conftest import HONEST, hand_in
from sweeps import long, sweep
from truths import ROOT

from harness.cli import COULD_NOT_RUN, main
from harness.engines.loading import load
from harness.grading import batch, gradebook, sandbox, submissions, wire
from harness.grading.batch import Order, Piece, one
from harness.grading.gradebook import MIGRATIONS, NAME, Gradebook, GradebookError
from harness.grading.marking import verdict_of
from harness.grading.processes import Limits
from harness.grading.sandbox import Sandbox, Walls, strongest
from harness.grading.suite import read
from harness.language.case import load as load_case

ALONE = Walls(bubblewrap=False, namespaces=False, user=False, keeper=False)
CASES = sorted((ROOT / "cases").rglob("*.yaml"))
GRADE = [sys.executable, "-m", "harness", "grade", "submissions", "--cases", "cases"]


def grade(*options: str) -> int:
    arguments = ["grade", "submissions", "--out", "marks", "--oracle", "recorded"]
    own = [] if "--cases" in options else ["--cases", "cases"]
    return main([*arguments, *own, *options])


def results(folder: Path = Path("marks")) -> dict[str, dict[str, Any]]:
    book = Gradebook(folder, create=False)
    try:
        return {result["engine"]: result for result in book.results()}
    finally:
        book.close()


def scores() -> dict[str, float]:
    return {name: result["score"] for name, result in results().items()}


def test_a_class_is_graded(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade() == 0
    found = results()
    assert scores() == {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}
    assert found["=cyd"]["status"] == "refused"
    assert (
        "SyntaxError" in found["=cyd"]["problem"] and "/submission" not in found["=cyd"]["problem"]
    )
    assert [finding["code"] for finding in found["bob"]["findings"]] == ["missing-term"]
    assert all(found["ann"]["walls"].values())
    told = capsys.readouterr().out
    assert "4 found: 3 graded, 1 refused." in told and "bob" in told and "4.50" in told


def test_only_what_has_changed_is_graded_again(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade()
    grade()
    assert "4 found: 4 kept as they were." in capsys.readouterr().out
    hand_in(class_, "bob", HONEST.replace("else 0.0", "else self.data"))
    grade()
    assert "4 found: 1 graded, 3 kept as they were." in capsys.readouterr().out
    assert scores()["bob"] == 6.0
    grade("--marking", "carried-forward")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out
    (class_ / "cases/add.yaml").unlink()
    grade("--marking", "carried-forward")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out
    grade("--marking", "carried-forward", "--regrade")
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out


def test_what_is_right_but_for_an_earlier_mistake_counts_where_it_is_carried_forward(
    class_: Path,
) -> None:
    hand_in(class_, "eve", HONEST.replace("self.data + other.data", "self.data + other.data + 1"))
    grade("--cases", "cases/add.yaml")
    whole = scores()["eve"]
    grade("--cases", "cases/add.yaml", "--marking", "carried-forward")
    assert scores()["eve"] > whole
    assert scores()["ann"] == 1.0 and scores()["=cyd"] == 0.0


def test_nothing_of_a_hidden_case_is_shown_to_a_student(class_: Path) -> None:
    assert grade("--hidden", "secret") == 0
    found = results()["bob"]
    assert found["max_score"] == 8.0 and sum(case["hidden"] for case in found["cases"]) == 2
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        arguments = ["export", format, "--from", "marks", "-o", format]
        arguments += ["--hidden", "secret", "--cases", "cases"] if format == "pages" else []
        assert main(arguments) == 0
        for path in Path(format).iterdir():
            text = path.read_text()
            assert "secret" not in text and "inner_step" not in text and "maximum" not in text
            if format == "gradescope" and "bob" in path.name:
                last = json.loads(text)["tests"][-1]
                assert (last["name"], last["visibility"]) == ("hidden cases", "after_published")


def test_what_students_see_does_not_depend_on_hidden_cases(class_: Path) -> None:
    """Two submissions differ in hidden cases alone: nobody can tell, until it is published."""
    hand_in(class_, "eva", HONEST + "    def __pow__(self, _):\n        return self\n")
    (class_ / "secret/power.yaml").write_text("about: a\ninputs: {x: 3}\nexpr: x ** 2\n")
    assert grade("--hidden", "secret", "--oracle", "torch") == 0
    bob, eva = results()["bob"], results()["eva"]
    assert [case["status"] for case in bob["cases"]] != [case["status"] for case in eva["cases"]]
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        arguments = ["export", format, "--from", "marks", "--hidden", "secret", "--cases", "cases"]
        assert main([*arguments, "-o", format]) == 0
        one, other = (next(Path(format).glob(f"{id}.*")).read_text() for id in ("bob", "eva"))
        if format == "gradescope":  # which does not show the last one, nor a sum with it
            one, other = (json.dumps(json.loads(text)["tests"][:-1]) for text in (one, other))
        assert one.replace("bob", "eva") == other, format
        if format == "prairielearn":
            assert json.loads(one)["score"] == 4.5 / 6
    arguments = ["export", "junit", "--from", "marks", "-o", "later", "--published"]
    assert main(arguments) == 0 and "hidden cases" in Path("later/bob.xml").read_text()


def test_a_case_that_is_found_among_the_others_too_is_hidden(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the hidden cases lie in a folder of the others; each is asked once."""
    (class_ / "secret").rename(class_ / "cases/secret")
    assert grade("--hidden", "cases/secret", "--cases", "cases", "--cases", "cases/add.yaml") == 0
    found = results()["bob"]
    assert [case["hidden"] for case in found["cases"]] == [False] * 6 + [True] * 2
    arguments = ["export", "pages", "--from", "marks", "-o", "p", "--oracle", "recorded"]
    assert main(arguments) == COULD_NOT_RUN
    assert "these are not the cases that it was graded on" in capsys.readouterr().err
    assert main([*arguments, "--hidden", "cases/secret", "--cases", "cases"]) == 0
    assert "inner_step" not in "".join(path.read_text() for path in Path("p").iterdir())
    assert (
        main(
            ["export", "gradescope", "-o", "a.zip", "--cases", "cases", "--hidden", "cases/secret"]
        )
        == 0
    )
    with zipfile.ZipFile("a.zip") as archive:
        places = [name for name in archive.namelist() if name.endswith("larger_of_two.yaml")]
    assert places == ["hidden0/larger_of_two.yaml"]


@sweep("seed", range(5), always=0, sample=2)
def test_a_killed_run_goes_on_where_it_stopped(class_: Path, seed: int) -> None:
    for number in range(30):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded", "--vary", "none"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*command, "--out", "whole"], check=True, env=environment, capture_output=True)
    chance = random.Random(seed)
    counts = []
    started: set[tuple[str, str]] = set()
    for _ in range(10):
        running = subprocess.Popen(
            [*command, "--out", "marks", "--jobs", "2"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.5, 1.4))
        started |= _below(str(running.pid))
        running.send_signal(signal.SIGKILL)
        running.wait()
        if (class_ / "marks" / NAME).exists():
            counts.append(len(results()))
    assert counts == sorted(counts)
    subprocess.run([*command, "--out", "marks"], check=True, env=environment, capture_output=True)

    def plain(folder: str) -> dict[str, dict[str, Any]]:
        return {n: {**r, "seconds": 0} for n, r in results(Path(folder)).items()}

    assert plain("marks") == plain("whole")
    while any(_begin(pid) == begin for pid, begin in started):
        time.sleep(0.1)  # whoever stays behind holds this up for ever


@sweep("seed", range(20), always=0, sample=2)
def test_whoever_kills_the_processes_of_a_run_loses_no_result(class_: Path, seed: int) -> None:
    for number in range(40):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded", "--jobs", "2", "--out", "marks"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    chance = random.Random(seed)
    killed = 0
    while killed < 5 and running.poll() is None:
        time.sleep(chance.uniform(0.2, 1.2))
        pool = [pid for pid in _children(str(running.pid)) if b"grade" in _command(pid)]
        if pool:
            os.kill(int(chance.choice(pool)), signal.SIGKILL)
            killed += 1
    out, _ = running.communicate()
    assert killed
    found = results()
    lost = any(result["status"] == "grader error" for result in found.values())
    assert len(found) == 44 and running.returncode == lost
    (told,) = re.findall("44 found: (.*)\\. Everything", out)
    assert sum(map(int, re.findall(r"\d+", told))) == 44
    again = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert again.returncode == 0 and f"44 found: {'' if lost else '44 kept'}" in again.stdout
    assert {result["score"] for id, result in results().items() if id[0] == "s"} == {4.5}


def _below(pid: str) -> set[tuple[str, str]]:
    """The processes that one has started, and they in turn, each with when it began."""
    found = _children(pid)
    alive = {(one, begin) for one in found if (begin := _begin(one))}
    return alive.union(*(_below(one) for one in found))


def _children(pid: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _begin(pid: str) -> str:
    """When a process began, empty if there is none."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state == "Z" else rest[18]


@long
def test_two_runs_on_one_gradebook_do_not_harm_each_other(class_: Path) -> None:
    for number in range(12):
        hand_in(class_, f"s{number:02}", HONEST + f"# {number}\n")
    command = [*GRADE, "--oracle", "recorded"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen([*command, "--out", "marks"], env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [run.wait() for run in runs] == [0, 0]
    assert len(results()) == 16
    book = sqlite3.connect(Path("marks", NAME))
    assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


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


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grade", "nothing", "--out", "marks"], "nothing: there is no such submission or folder"),
        (["grade", "submissions", "--out", "marks", "--cases", "no"], "no: there are no cases"),
        (["grade", "cases", "--out", "marks", "--cases", "cases"], "there is no submission"),
        (["gradebook", "marks"], "there is no gradebook"),
        (["export", "junit", "--from", "marks", "-o", "x"], "there is no gradebook"),
        (["export", "junit", "-o", "x"], "--from DIR"),
        (["export", "github", "-o", "x.yml", "--hidden", "secret"], "it cannot have hidden cases"),
    ],
)
def test_what_cannot_be_done_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    if arguments[1] == "cases":
        for path in (class_ / "cases").iterdir():
            if path.is_dir():
                for inner in path.iterdir():
                    inner.unlink()
                path.rmdir()
    assert main(arguments) == COULD_NOT_RUN
    assert told in capsys.readouterr().err
    assert not (class_ / "x").exists()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--jobs", "0", "'0' is no whole number above 0"),
        ("--jobs", "two", "'two' is no whole number above 0"),
        ("--timeout", "nan", "'nan' is no number of seconds above 0"),
        ("--timeout", "soon", "'soon' is no number of seconds above 0"),
        ("--memory", "1", "1 is not between 128 (Python and numpy need that) and 1048576"),
        ("--memory", "999999999", "999999999 is not between"),
        ("--entry", "../x.py", "'../x.py' is no path of a .py file in a submission"),
        ("--entry", "/etc/passwd", "is no path of a .py file in a submission"),
        ("--entry", "engine", "is no path of a .py file in a submission, such as engine.py"),
        ("--scheduler", "local:0", "'local:0' is neither tcp://host:port nor local:N"),
        ("--scheduler", "http://here:1", "is neither tcp://host:port nor local:N"),
        ("--scheduler", "tcp://here", "is neither tcp://host:port nor local:N"),
    ],
)
def test_a_wrong_value_of_an_option_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, told: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        grade(option, value)
    assert stopped.value.code == COULD_NOT_RUN
    assert told in capsys.readouterr().err.splitlines()[-1]
    assert not Path("marks").exists()


def test_everything_that_is_wrong_with_the_cases_is_told_with_its_place(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "cases/a.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: sigmod(x)\n")
    (class_ / "secret/b.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: tanh(y)\n")
    (class_ / "cases/c.yaml").write_text("about: x\ninputs: {x: 3}\nexpr: tanh(x)\n")
    assert grade("--hidden", "secret") == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "cases/a.yaml:3:7: unknown operation 'sigmod'; did you mean 'sigmoid'?" in told
    assert "secret/b.yaml:3:12: unknown name 'y'" in told
    assert "cases/c.yaml:1:1: there is no snapshot c/forward.yml" in told


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
    monkeypatch.setattr(gradebook, "BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(Path("marks", NAME), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    capsys.readouterr()
    assert grade("--regrade") == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "it cannot be written (database is locked)" in told
    assert "4 found: 4 left. Run it again to go on." in told
    holder.execute("ROLLBACK")
    assert grade() == 0 and "4 found: 4 kept" in capsys.readouterr().out


def test_what_is_no_submission_or_no_longer_here_is_told(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "submissions/engine.zip").write_text("")
    assert grade() == 0
    told = capsys.readouterr()
    assert "left out, neither a .py file, a notebook (.ipynb) nor a folder: engine.zip" in told.out
    (class_ / "submissions/bob.py").rename(class_ / "submissions/rob.py")
    assert grade() == 0
    told = capsys.readouterr()
    assert "1 graded, 3 kept" in told.out
    assert "kept there, and left out of exports, as not handed in any more: bob\n" in told.out
    (class_ / "late").mkdir()
    (class_ / "submissions/rob.py").rename(class_ / "late/eve.py")
    assert main(["grade", "late", "--out", "marks", "--cases", "cases"]) == 0
    assert "4 more are kept there, of submissions that are not here." in capsys.readouterr().out


def test_a_notebook_is_graded(class_: Path) -> None:
    cells = [HONEST.replace("else 0.0", "else self.data"), "while True:\n    Value(1.0)"]
    notebook = {"cells": [{"cell_type": "code", "source": text} for text in cells]}
    (class_ / "submissions/eve.ipynb").write_text(json.dumps(notebook))
    (class_ / "submissions/fay").mkdir()
    (class_ / "submissions/fay/engine.ipynb").write_text(json.dumps(notebook))
    assert grade() == 0
    assert (scores()["eve"], scores()["fay"]) == (6.0, 6.0)


def test_why_a_submission_is_refused_stands_beside_its_name(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (class_ / "submissions/gus").mkdir()
    (class_ / "submissions/gus/main.py").write_text(HONEST)
    (class_ / "essay.pdf").write_text("")
    places = ["submissions", "essay.pdf", "--out", "marks"]
    assert main(["grade", *places, "--cases", "cases", "--oracle", "recorded"]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: line.partition("refused: ")[2] for line in lines if "refused" in line}
    assert told["gus"] == "there is no engine.py in it; there is main.py"
    assert told["essay.pdf"] == "neither a .py file, a notebook (.ipynb) nor a folder"
    assert "SyntaxError" in told["=cyd"]
    assert main(["gradebook", "marks", "--status", "refused"]) == 0
    assert "there is no engine.py in it; there is main.py" in capsys.readouterr().out


def test_an_interrupted_run_ends_at_once_and_keeps_what_it_has(class_: Path) -> None:
    for number in range(6):
        hand_in(class_, f"z{number}", f"import time\ntime.sleep(100)\n# {number}")
    command = [*GRADE, "--out", "marks"]
    running = subprocess.Popen(
        [*command, "--oracle", "recorded"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    book = Path("marks", NAME)
    while not book.exists() or len(results()) < 4:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert (running.returncode, out) == (COULD_NOT_RUN, "")
    told = "interrupted: 10 found: 3 graded, 1 refused, 6 left. Run it again to go on."
    assert err.splitlines()[1:] == [told]
    assert set(results()) == {"=cyd", "ann", "bob", "dan"}


def test_progress_is_shown_on_a_terminal_alone(
    class_: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    grade()
    assert "\r" not in capsys.readouterr().err
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "50")
    grade("--regrade")
    drawn, *lines = capsys.readouterr().err.strip().split("\r")
    assert drawn == "inputs drawn anew in 6 of 6 cases\n"
    assert len(lines) == 4 and all(len(line) < 50 for line in lines)
    assert "] 1 of 4, " in lines[0] and "/s" in lines[0] and "] 4 of 4, " in lines[-1]


def test_the_gradebook_shows_and_queries(class_: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grade()
    capsys.readouterr()
    assert main(["gradebook", "marks", "--below", "4", "--status", "graded"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["dan"]
    assert main(["gradebook", "marks", "bob"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == 4.5
    assert main(["gradebook", "marks", "nobody"]) == COULD_NOT_RUN


def ends(piece: Piece) -> dict[str, Any]:
    """Grades, unless the submission is ann's: then the process that grades ends."""
    if piece.id == "ann":
        os._exit(1)
    return batch._do(piece)


def test_a_lost_process_is_a_grader_error_and_the_others_are_graded(class_: Path) -> None:
    walls, _ = strongest(Limits())
    order = Order(read(["cases"], oracle="recorded"), walls, Limits(), "cases")
    pieces = [Piece(*found) for found in submissions.find(["submissions"])]
    taken: list[dict[str, Any]] = []
    batch.run(pieces, order, 2, taken.append, ends)
    status = {result["engine"]: result["status"] for result in taken}
    assert status == {"=cyd": "refused", "ann": "grader error", "bob": "graded", "dan": "graded"}


def busy(piece: Piece, order: Order, box: Sandbox) -> dict[str, Any]:
    """Ends its process for ann; for all others it takes a while to be interrupted."""
    if piece.id == "ann":
        time.sleep(0.3)
        os._exit(1)
    try:
        time.sleep(1)
    except SystemExit:
        time.sleep(0.2)
        raise
    return {"engine": piece.id, "status": "graded"}


@long
def test_a_process_that_is_busy_when_another_is_lost_ends_too(
    class_: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool ends the others by a signal, and waits for them: Python 3.12 and newer forever."""
    monkeypatch.setattr(batch, "one", busy)
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    pieces = [Piece(*found) for found in submissions.find(["submissions"])]
    taken: list[dict[str, Any]] = []
    batch.run(pieces, order, 2, taken.append)
    status = {result["engine"]: result["status"] for result in taken}
    assert status == {"=cyd": "graded", "ann": "grader error", "bob": "graded", "dan": "graded"}


def test_where_nothing_can_fork_each_submission_has_a_python_of_its_own(class_: Path) -> None:
    """As on macOS and Windows: the same marks, and the canaries tell what is open."""
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    with Sandbox(ALONE, order.limits) as box:
        observed = box.observed()
        assert not all(observed.values()) and not observed["finds no program"]
        for id, path in submissions.find(["submissions"]):
            found = one(Piece(id, path), order, box)["score"]
            assert found == {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}[id]


def test_a_weak_sandbox_is_refused_unless_it_is_allowed(
    class_: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "walls", lambda: [ALONE])
    assert grade() == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "the sandbox is weak here" in told and "not: finds no program" in told
    assert "bubblewrap" in told and not Path("marks").exists()
    assert grade("--allow-weak") == 0
    assert "the sandbox is weak here" in capsys.readouterr().err
    assert scores()["bob"] == 4.5 and not all(results()["bob"]["walls"].values())
    assert main(["doctor"]) == 1
    assert "The sandbox is weak" in capsys.readouterr().out


# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_programs_and_traces_survive_the_wire(path: Path) -> None:
    program = load_case(path, path.name, path.parent).program
    again = wire.unpack_program(wire.from_line(wire.to_line(wire.pack_program(program))))
    assert again.steps == program.steps and again.shapes == program.shapes
    assert (again.dtype, again.order, again.passes) == (
        program.dtype,
        program.order,
        program.passes,
    )
    for left, right in (
        (program.inputs, again.inputs),
        (program.constants, again.constants),
        ({"seed": program.seed}, {"seed": again.seed}),
    ):
        for name in left:
            assert type(left[name]) is type(right[name])
            assert np.asarray(left[name]).dtype == np.asarray(right[name]).dtype
            np.testing.assert_array_equal(left[name], right[name])
    trace = load("minigrad").run(program)
    back = wire.trace(wire.from_line(wire.to_line(wire.pack_trace(trace))), program)
    for key in ("values", "gradients", "second"):
        found, expected = getattr(back, key), getattr(trace, key)
        assert set(found) == set(expected)
        for name in expected:
            np.testing.assert_array_equal(found[name], expected[name])
    assert (back.failure, back.unsupported, back.same) == (trace.failure, None, trace.same)


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {},
        {"values": [], "gradients": {}, "second": {}},
        {"values": {"nobody": {"number": "0x1p0"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": "one"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": "0x1p99999"}}, "gradients": {}, "second": {}},
        {"values": {"x": {"number": ["0x1p0"]}}, "gradients": {}, "second": {}},
        {"values": {"x": {"shape": [9**9], "dtype": "float64", "data": ""}}},
        {"values": {"x": {"shape": [-1], "dtype": "float64", "data": ""}}, "gradients": {}},
        {"values": {"x": {"shape": [True], "dtype": "float64", "data": "0" * 16}}},
        {"values": {"x": {"shape": [], "dtype": "object", "data": ""}}, "gradients": {}},
        {"values": {"x": {"shape": [1] * 100, "dtype": "float64", "data": "0" * 16}}},
        {"values": {}, "gradients": {}, "second": {}, "failure": {"direction": "sideways"}},
        {"values": {}, "gradients": {}, "second": {}},
    ],
)
def test_a_reply_that_is_none_is_told_as_that(reply: Any) -> None:
    program = load_case(ROOT / "cases/scalars/x_times_x.yaml", "x", ROOT / "cases").program
    with pytest.raises(wire.Unreadable):
        wire.trace(reply, program)


def test_a_verdict_can_be_had_again_from_a_result(class_: Path) -> None:
    grade()
    asked = {question.id: question for question in read(["cases"], oracle="recorded").questions}
    for result in results().values():
        for case in result["cases"] if result["status"] == "graded" else ():
            verdict = verdict_of(asked[case["id"]], case)
            assert verdict.passed == (case["status"] == "passed")


def test_submissions_are_found_and_named(tmp_path: Path) -> None:
    for name in ("a/engine.py", "b/engine.py", "c/other.py", ".git/engine.py", "deep/a/engine.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    for name in ("d.py", "__e.py", "f.zip", "__init__.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "link.py").symlink_to(tmp_path / "d.py")
    found = submissions.find([str(tmp_path)])
    assert [id for id, _ in found] == ["__e", "a", "b", "c", "d", "deep", "link"]
    assert submissions.left_out([str(tmp_path), str(tmp_path / "a")]) == ["f.zip"]
    both = submissions.find([str(tmp_path), str(tmp_path / "deep")])
    assert [id for id, path in both if path.name == "a"] == [f"{tmp_path.name}/a", "deep/a"]


def test_no_two_submissions_have_one_name(tmp_path: Path) -> None:
    places = []
    for folder in ("monday/group", "tuesday/group"):
        for name in ("ann.py", "bob.py", "a\nb.py", "a\\nb.py"):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        places.append(str(tmp_path / folder))
    found = submissions.find([*places, f"{places[0]}/ann.py", places[0]])
    assert len(found) == len({id for id, _ in found}) == 8


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: None, "there is no engine.py in it; there is parts/engine.py"),
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


def test_a_submission_may_be_split_over_files(class_: Path) -> None:
    method = SCALARS[SCALARS.index("    def exp") : SCALARS.index("    def order")]
    function = method.replace("\n    ", "\n").replace("Value(", "type(self)(").strip()
    folder = class_ / "submissions" / "eve"
    folder.mkdir()
    (folder / "engine.py").write_text("from mine import exp\n" + SCALARS.replace(method, ""))
    (folder / "mine.py").write_text(f"import math\n\n{function}\n")
    assert grade("--cases", str(ROOT / "cases/scalars/exponential.yaml")) == 0
    assert results()["eve"]["score"] == 1.0


def test_what_the_grader_cannot_read_is_its_own_fault(class_: Path) -> None:
    order = Order(read(["cases"], oracle="recorded"), ALONE, Limits(), "cases")
    with Sandbox(ALONE, Limits()) as box:
        result = one(Piece("gone", class_ / "submissions/gone"), order, box)
    assert result["status"] == "grader error" and "cannot be read" in result["problem"]


OWN_WAY = """
import minus
from harness.engines.adapter import ObjectEngine
from harness.engines.trace import Trace

class Mine(ObjectEngine):
    cls = float

    def run(self, program):
        return Trace({name: minus.zero(value) for name, value in program.inputs.items()})
"""


def test_a_submission_does_not_say_itself_how_it_is_run(class_: Path) -> None:
    folder = class_ / "submissions" / "eve"
    folder.mkdir()
    (folder / "engine.py").write_text(OWN_WAY)
    (folder / "minus.py").write_text("import numpy\nzero = numpy.asarray\n")
    assert grade() == 0
    eve = results()["eve"]
    assert eve["status"] == "refused" and "class Mine says how it is run" in eve["problem"]
    assert grade("--allow-adapters") == 0
    assert results()["eve"]["status"] == "graded"
