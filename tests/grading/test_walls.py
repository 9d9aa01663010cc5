"""Which walls stand here, what they are made of, and that canaries notice which do not."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import Any

import needs
import pytest
from grading.conftest import HONEST
from grading.one_submission import BARE, LINUX, submitted
from truths import ROOT

from harness.grading.sandbox import bubblewrap, canaries
from harness.grading.sandbox import walls as offered
from harness.grading.sandbox.children import Forked, Limits
from harness.grading.sandbox.walls import Sandbox, Walls, strongest
from harness.language.case import load


def test_a_python_without_site_packages_is_bound_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as Debian's: a folder that is not there cannot be covered in a read-only place."""
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    covered = f"/python/lib/{tmp_path.name}/site-packages"
    assert covered not in bubblewrap.command(sys.executable, {}, True, True)
    (tmp_path / "site-packages").mkdir()
    assert covered in bubblewrap.command(sys.executable, {}, True, True)


@pytest.mark.parametrize("place", ["/", "/tmp"])
def test_the_folder_that_one_is_in_weakens_nothing(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox has a / and a /tmp, too: of its own."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", place)
    assert all(strongest(Limits())[1].values())


@LINUX
def test_numpy_is_copied_where_another_user_cannot_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As below a folder that is root's alone; the harness's own files are linked, and so closed."""
    (tmp_path / "closed/numpy").mkdir(parents=True)
    (tmp_path / "closed/numpy/__init__.py").touch(0o600)
    (tmp_path / "closed").chmod(0o700)
    places = {name: tmp_path / "closed/numpy" for name in ("numpy", "harness/language")}
    monkeypatch.setattr(bubblewrap, "packages", lambda: places)
    for user in (True, False):
        with Sandbox(replace(BARE, user=user), Limits()) as running:
            found = Path(running.dependencies)
            assert (found / "numpy").is_symlink() != user
            assert (found / "harness/language").is_symlink()
            if user:
                assert (found / "numpy/__init__.py").stat().st_mode & 0o777 == 0o644


@LINUX
@pytest.mark.parametrize(
    ("text", "known"),
    [("0 0 4294967295\n", True), ("0 1000 1\n", False), ("0 0 1\n1 100000 65536\n", True)],
)
def test_where_root_has_nobody_to_be_it_stays_root(
    text: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that was made by a user."""
    monkeypatch.setattr(Path, "read_text", lambda _: text)
    assert offered._others_are_known() == known


def test_bubblewrap_that_does_not_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from harness.cli import main

    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no namespaces for you >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    which: Any = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name: str(tmp_path / "bwrap") if name == "bwrap" else which(name)
    )
    assert main(["doctor"]) == 1
    assert "bubblewrap is there, but: " in (told := capsys.readouterr().out)
    assert "no namespaces for you" in told


@LINUX
def test_bubblewrap_alone_keeps_one_submission_from_the_next() -> None:
    """Where root may do anything but make a namespace of a user's, as in a chroot."""
    needs.bubblewrap()
    user = os.geteuid() == 0
    write = "try: open('/submission/left.py', 'w').close()\nexcept OSError: pass\n"
    leaves = f"{HONEST}\n{write}"
    finds = f"{HONEST}\nimport os\nassert 'left.py' not in os.listdir('/submission')\n"
    with Sandbox(Walls(True, False, user, True), Limits()) as running:
        for text in (HONEST, leaves, finds):
            engine = submitted(running, text)
            program = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases").program
            assert engine.run(program).failure is None


def _outside(name: str, folder: Path, found: Any) -> None:
    os.chdir(folder)
    canaries.settings.update(offered._places(Limits(), port=1))
    found.put(getattr(canaries, name)())


@LINUX
@pytest.mark.parametrize(
    "name",
    [
        *("reading", "listing", "writing", "processes", "programs", "answers", "suite", "torch"),
        *("forking", "threads", "sockets", "shared", "signs", "rare", "environment"),
    ],
)
def test_what_the_kernel_would_do_is_noticed(name: str, tmp_path: Path) -> None:
    """Where nothing is refused, no canary says that something is."""
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    process = context.Process(target=_outside, args=(name, tmp_path, found))
    process.start()
    assert found.get(timeout=20) is False
    process.join()


@LINUX
def test_what_is_not_ended_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(BARE, Limits()) as running, monkeypatch.context() as patch:
        patch.setattr(Forked, "end", lambda _: None)
        assert not running.observed()[canaries.ENDS]
