"""Engines of others, run in earnest: what they disagree with torch about is written down."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.engines.loading import PEERS, EngineError, load
from harness.language.vocabulary import OPERATIONS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "harness/engines/peers"


def needs(peer: str) -> None:
    if find_spec(peer) is None:
        reason = f"{peer} is not installed: pip install -e '.[peers]'"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "cases", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1200)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_agrees_with_torch_but_for_what_is_written_down(peer: str) -> None:
    needs(peer)
    expected = FOLDER / f"{peer}.xfail.yaml"
    options = ["--xfail", str(expected.relative_to(ROOT))] if expected.is_file() else []
    done = run("--engine", peer, *options)
    assert done.returncode == 0, done.stdout[-3000:]
    counts = {
        what: int(count)
        for count, what in re.findall(r"(\d+) (passed|skipped|xfailed)", done.stdout)
    }
    passed, wrong = counts["passed"], counts.get("xfailed", 0)
    engine = load(peer)
    found = sum(engine.place_of(op) != "missing" for op in OPERATIONS)
    row = f"| {peer} {version(peer).partition('+')[0]} | {found} | {passed + wrong:,} "
    row += f"| {passed:,} | {wrong} |"
    assert row in (ROOT / "README.md").read_text(encoding="utf-8"), row


def test_every_expected_failure_belongs_to_a_peer() -> None:
    assert {path.name for path in FOLDER.glob("*.yaml")} <= {f"{p}.xfail.yaml" for p in PEERS}


def test_a_peer_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "micrograd", None)
    monkeypatch.delitem(sys.modules, "harness.engines.peers.micrograd_", raising=False)
    with pytest.raises(EngineError, match=r"is not installed .*autograd-harness\[peers\]"):
        load("micrograd")
