"""Engines of others, run in earnest: what they disagree with torch about is written down."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import needs
import pytest
from small import judged
from sweeps import sweep
from truths import ROOT

from harness.engines.loading import PEERS, EngineError, load
from harness.language.case import decode
from harness.vocabulary.signatures import OPERATIONS

FOLDER = ROOT / "harness/engines/peers"


def run(peer: str, cases: str) -> dict[str, int]:
    """How many passes of the cases passed, were skipped and failed as expected."""
    needs.peer(peer)
    expected = FOLDER / f"{peer}.xfail.yaml"
    options = ["--xfail", str(expected.relative_to(ROOT))] if expected.is_file() else []
    command = [sys.executable, "-m", "pytest", cases, "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--engine", peer, *options], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
    told = re.findall(r"(\d+) (passed|skipped|xfailed)", done.stdout)
    return {what: int(count) for count, what in told}


@pytest.mark.parametrize("peer", ["autograd", "micrograd"])
def test_a_peer_agrees_with_torch_on_some_cases(peer: str) -> None:
    assert run(peer, "cases/lecture")["passed"] >= 2


def test_a_minus_zero_stays_one_where_a_zero_is_added_to_each_step() -> None:
    needs.peer("jax")
    text = "about: a\ninputs: {x: [2, 3, 4], y: -0.0}\nexpr: sqrt(y / x)\n"
    assert judged(load("jax"), decode(text, Path("a.yaml")).program).passed


@sweep("peer", PEERS, always=0, sample=1)
def test_a_peer_agrees_with_torch_but_for_what_is_written_down(peer: str) -> None:
    counts = run(peer, "cases")
    passed, wrong = counts["passed"], counts.get("xfailed", 0)
    engine = load(peer)
    found = len({one.word for op, one in OPERATIONS.items() if engine.place_of(op) != "missing"})
    row = f"| {peer} {version(peer).partition('+')[0]} | {found} | {passed + wrong:,} "
    row += f"| {passed:,} | {wrong} |"
    assert row in (ROOT / "docs/evidence.md").read_text(encoding="utf-8"), row


def test_every_expected_failure_belongs_to_a_peer() -> None:
    assert {path.name for path in FOLDER.glob("*.yaml")} <= {f"{p}.xfail.yaml" for p in PEERS}


def test_a_peer_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "micrograd", None)
    monkeypatch.delitem(sys.modules, "harness.engines.peers.micrograd_", raising=False)
    with pytest.raises(EngineError, match=r"is not installed .*autograd-harness\[peers\]"):
        load("micrograd")
