"""Submissions that attack the grader: none gets more than honest code would, none stops the batch,
and nothing outside its process has changed afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import needs
import pytest
from sweeps import sweep
from truths import ROOT

from harness.grading import batch, suite
from harness.grading.batch import Order, Piece
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Sandbox, Walls, strongest

HERE = Path(__file__).resolve().parent
ATTACKS = sorted(path.stem for path in (HERE / "submissions").glob("*.py"))
CASES = ("add", "multiply", "x_plus_x", "x_times_x", "subtract", "x_minus_x")
LIMITS = Limits(case=2.0, submission=8.0, memory=1 << 28)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the suite and what else attacks look for, open to everybody."""
    folder = tmp_path_factory.mktemp("outside")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and str(parent).startswith("/tmp/pytest"):
            parent.chmod(0o755)
    (folder / "cases").mkdir()
    for name in CASES:
        shutil.copy(ROOT / "cases" / "scalars" / f"{name}.yaml", folder / "cases")
        shutil.copytree(ROOT / "cases" / "scalars" / name, folder / "cases" / name)
    (folder / "gradebook.sqlite").write_bytes(b"marks")
    return folder


@pytest.fixture(scope="module")
def walls() -> tuple[Walls, dict[str, bool]]:
    """The strongest sandbox."""
    needs.bubblewrap()
    return strongest(LIMITS)


@pytest.fixture(scope="module")
def order(walls: tuple[Walls, dict[str, bool]], outside: Path) -> Order:
    asked = suite.read([str(outside / "cases")], oracle="recorded")
    return Order(asked, walls[0], LIMITS, "cases")


@pytest.fixture(scope="module")
def sandbox(order: Order) -> Iterator[Sandbox]:
    with Sandbox(order.walls, LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def honest(order: Order, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> float:
    """What the engine without an attack gets: more than nothing, less than everything."""
    folder = tmp_path_factory.mktemp("honest")
    shutil.copy(HERE / "honest.py", folder / "engine.py")
    result = batch.one(Piece("honest", folder), order, sandbox)
    assert 0 < result["score"] < result["max_score"]
    return float(result["score"])


def handed_in(name: str, folder: Path) -> Path:
    """The attack as a folder, with what its name says beside it."""
    place = folder / name
    place.mkdir()
    shutil.copy(HERE / "honest.py", place)
    shutil.copy(HERE / "submissions" / f"{name}.py", place / "engine.py")
    if name in BESIDE:
        BESIDE[name](place)
    return place


def links_out(place: Path) -> None:
    (place / "data.txt").symlink_to("/etc/passwd")
    (place / "more.py").symlink_to(HERE / "test_attacks.py")


def shadows(place: Path) -> None:
    for module in ("harness", "numpy", "json", "os"):
        (place / f"{module}.py").write_text("raise SystemExit\n")
    (place / "harness_").mkdir()


def a_gigabyte(place: Path) -> None:
    with open(place / "data.csv", "wb") as file:
        file.truncate(1 << 30)


def many_files(place: Path) -> None:
    for number in range(100_000):
        os.close(os.open(place / f"{number}.txt", os.O_CREAT))


def odd_names(place: Path) -> None:
    for odd in (b"\xff\xfe.py", b"a\nb.py", b"\x1b[31m.txt"):
        os.close(os.open(os.fsencode(place) + b"/" + odd, os.O_CREAT))
    for odd in (b"\xff", b"a\nb", b"\x1b[31m"):
        os.mkdir(os.fsencode(place) + b"/" + odd)
        os.close(os.open(os.fsencode(place) + b"/" + odd + b"/more.py", os.O_CREAT))


def settings(place: Path) -> None:
    evil = "open('/tmp/pwned', 'w')\nraise SystemExit\n"
    for name in ("sitecustomize", "usercustomize", "conftest", "__main__", "setup"):
        (place / f"{name}.py").write_text(evil)
    (place / "numpy").mkdir()
    (place / "numpy/__init__.py").write_text(evil)
    (place / "evil.pth").write_text("import sitecustomize\n")
    (place / "pyvenv.cfg").write_text("home = /nowhere\ninclude-system-site-packages = true\n")
    (place / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p evil'\n")


def compiled(place: Path) -> None:
    (place / "__pycache__").mkdir()
    for name in ("honest.cpython-311.pyc", "honest.cpython-312.pyc", "honest.cpython-313.pyc"):
        (place / "__pycache__" / name).write_bytes(os.urandom(200))
    for name in (
        "numpy.so",
        "honest.abi3.so",
        "honest.cpython-311-x86_64-linux-gnu.so",
        "json.pyc",
    ):
        (place / name).write_bytes(b"\x7fELF" + os.urandom(200))


def links_to_others(place: Path) -> None:
    other = place.parent / "other.py"
    other.write_text("class Value: secret = 1\n")
    os.link(other, place / "copied.py")
    for name, target in (("root", "/"), ("up", ".."), ("loop", "."), ("self", "self")):
        (place / name).symlink_to(target)
    (place / "linked").mkdir()
    (place / "linked/loop").symlink_to(place)


def pipes(place: Path) -> None:
    for name in ("data.txt", "more.py", "notes.json"):
        os.mkfifo(place / name)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place / "s.py"))


def colliding_names(place: Path) -> None:
    for name in ("Engine.py", "ENGINE.PY", "engine.PY", "HONEST.py", "\u00e9.py", "e\u0301.py"):
        (place / name).write_text("raise SystemExit\n")
    for name in ("..\\..\\honest.py", "C:honest.py", "honest.py ", "honest.py.", "nul.py", "-.py"):
        (place / name).write_text("raise SystemExit\n")


def deep_folders(place: Path) -> None:
    here = os.open(place, os.O_RDONLY)
    for _ in range(600):
        os.mkdir("folder", dir_fd=here)
        below = os.open("folder", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def notebook(place: Path) -> None:
    cells = [
        "%%bash\ntouch /tmp/pwned; cat /etc/passwd",
        "!touch /tmp/pwned\nx = !cat /etc/passwd\n%run /tmp/x.py\n%load_ext evil\nfiles? ?",
        "get_ipython().system('touch /tmp/pwned')",
        (place / "honest.py").read_text(),
    ]
    output = {"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}
    told = [{"cell_type": "code", "source": text, "outputs": [output] * 99} for text in cells]
    (place / "engine.py").unlink()
    (place / "engine.ipynb").write_text(json.dumps({"cells": told, "metadata": {"kernelspec": 7}}))


def long_source(place: Path) -> None:
    deep = "(" * 90_000 + ")" * 90_000
    wide = "x = " + "((0,) * 9999,) * 9999 +" * 1000 + "()\n"
    (place / "engine.py").write_text(wide + "y = " + "-" * 3_000_000 + "1\n" + deep)


BESIDE: dict[str, Callable[[Path], None]] = {
    "link_out": links_out,
    "shadows": shadows,
    "one_gigabyte": a_gigabyte,
    "hundred_thousand_files": many_files,
    "odd_names": odd_names,
    "settings_beside": settings,
    "compiled_beside": compiled,
    "linked_to_others": links_to_others,
    "pipes_beside": pipes,
    "names_that_collide": colliding_names,
    "folders_without_end": deep_folders,
    "magic_notebook": notebook,
    "source_without_end": long_source,
}
"""What lies beside the engine of an attack."""


def snapshot(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def expectation(name: str) -> str:
    text = (HERE / "submissions" / f"{name}.py").read_text()
    found = re.search(r"^# expect: (\S+)$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]


def check(name: str, result: dict[str, Any], honest: float) -> None:
    expected, score = expectation(name), result["score"]
    assert result["status"] == ("refused" if expected == "refused" else "graded"), result
    if expected == "honest":
        assert score == honest, result["problem"]
    elif expected in ("0", "refused"):
        assert score == 0
    elif expected == "forward":
        assert score == result["max_score"] / 2
    elif expected == "less":
        assert score < honest
    elif expected == "precise":
        assert score < result["max_score"]
    else:
        assert score <= honest


@sweep("name", ATTACKS, always=10, sample=26)
def test_an_attack_wins_nothing_and_changes_nothing(
    name: str, order: Order, sandbox: Sandbox, honest: float, outside: Path, tmp_path: Path
) -> None:
    place = handed_in(name, tmp_path)
    before = snapshot(outside)
    begin = time.process_time()
    result = batch.one(Piece(name, place), order, sandbox)
    assert time.process_time() - begin < LIMITS.submission  # of the judge's own
    check(name, result, honest)
    assert snapshot(outside) == before and not Path("/tmp/pwned").exists()
    follower = tmp_path / "follower"
    follower.mkdir()
    shutil.copy(HERE / "honest.py", follower / "engine.py")
    assert batch.one(Piece("follower", follower), order, sandbox)["score"] == honest


READERS = ("reading_the_suite", "reading_snapshots", "reading_other_submissions")
OPEN = {*READERS, "reading_passwords", "devices", "programs"}
"""What needs bubblewrap, or another user, to be kept out."""


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' walls")
@sweep("name", [name for name in ATTACKS if name not in OPEN], always=5, sample=15)
def test_what_holds_without_bubblewrap(
    name: str, order: Order, honest: float, outside: Path, tmp_path: Path
) -> None:
    place = handed_in(name, tmp_path)
    before = snapshot(outside)
    bare = Walls(bubblewrap=False, namespaces=True, user=False, keeper=True)
    with Sandbox(bare, LIMITS) as running:
        check(name, batch.one(Piece(name, place), replace(order, walls=bare), running), honest)
    assert snapshot(outside) == before and not Path("/tmp/pwned").exists()


BY_THE_KERNEL = (
    *("daemon", "fork_bomb", "killing_its_group", "killing_the_judge", "left_for_the_next"),
    *("sockets", "thread_bomb", "clones_by_number", "detached_segments", "faults_of_pages"),
    *("files_of_memory", "full_pipes", "guardian_of_orphans", "leases_and_notices"),
    *("limits_of_the_judge", "living_on", "locks_on_libraries", "mounts_by_descriptor"),
    *("names_without_end", "numbers_of_another_kind", "programs_by_number"),
    *("programs_in_the_kernel", "queues_and_semaphores", "rings", "shared_mappings"),
    *("signals_to_all", "sockets_of_all_kinds", "truncated_marks", "woken_through_a_page"),
)
"""What needs no namespaces to be kept out, but a list of calls."""


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' walls")
@sweep("name", BY_THE_KERNEL, always=5, sample=15)
def test_what_holds_in_a_container_without_namespaces(
    name: str, order: Order, honest: float, tmp_path: Path
) -> None:
    bare = Walls(bubblewrap=False, namespaces=False, user=False, keeper=True)
    with Sandbox(bare, LIMITS) as running:
        result = batch.one(Piece(name, handed_in(name, tmp_path)), order, running)
        check(name, result, honest)


def test_there_are_at_least_a_hundred_and_twenty() -> None:
    assert len(ATTACKS) >= 120


def test_finite_differences_are_told_as_what_they_are(
    order: Order, sandbox: Sandbox, tmp_path: Path
) -> None:
    result = batch.one(Piece("x", handed_in("finite_differences", tmp_path)), order, sandbox)
    assert {finding["code"] for finding in result["findings"]} == {"precision"}


def test_no_sign_of_an_injection_gets_through(
    order: Order, sandbox: Sandbox, tmp_path: Path
) -> None:
    result = batch.one(Piece("x", handed_in("injection", tmp_path)), order, sandbox)
    told = "".join(finding["message"] for finding in result["findings"])
    assert "\\x1b" in told and told.isprintable()


def test_every_canary_is_blocked_in_the_strong_sandbox(
    walls: tuple[Walls, dict[str, bool]],
) -> None:
    assert walls[1] and all(walls[1].values())


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' walls")
def test_canaries_notice_which_walls_are_missing() -> None:
    """Without bubblewrap a submission can tell which files there are."""
    bare = Walls(bubblewrap=False, namespaces=False, user=False, keeper=True)
    with Sandbox(bare, LIMITS) as running:
        observed = running.observed()
    assert not observed["finds no program"]
    assert observed["writes nowhere"] and observed["gets no more memory than its limit"]
    assert observed["reaches no network"] and observed["starts no process"]
