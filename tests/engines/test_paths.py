"""Whether an engine follows every path is found out under a profiler, too, and disturbs none."""

from __future__ import annotations

from cProfile import Profile

from harness.engines import loading
from harness.engines.paths import follows_every_path


def test_a_profiler_goes_on_afterwards() -> None:
    engine, profile = loading.load("minigrad"), Profile()
    profile.enable()
    follows = follows_every_path(engine.run)
    str.title("seen")
    profile.disable()
    assert not follows
    assert any("title" in str(entry.code) for entry in profile.getstats())
