"""The zoo: of broken engines every mistake is found and named, and correct ones are left in peace.

A mistake of a rule is *placed* if a finding has its operation and direction, and *named* if that
finding has its code, too. Which ones are not is written down in `zoo/misnamed.yaml`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sweeps import sweep
from truths import ROOT
from zoo import Mistake
from zoo.keeper import STYLES, ZOO, findings, look, mistakes, together

CORRECT = sorted(path.stem for path in (ZOO / "correct").glob("*.py"))
MADE = {(style, mistake.name): mistake for style in STYLES for mistake in mistakes(style)}
TOGETHER = {
    (style, tuple(mistake.name for mistake in made)): made
    for style in STYLES
    for size in (2, 3)
    for made in together(style, size, count=5)
}
LISTED = yaml.safe_load((ZOO / "misnamed.yaml").read_text(encoding="utf-8"))


def name_of(key: tuple[str, str | tuple[str, ...]]) -> str:
    style, made = key
    return f"{style}: {made if isinstance(made, str) else ', '.join(made)}"


MISPLACED, MISNAMED = set(LISTED["misplaced"]), set(LISTED["misnamed"])


def test_there_are_mistakes_enough_of_every_kind() -> None:
    assert len(MADE) == sum(len(mistakes(style)) for style in STYLES) >= 120
    assert len(STYLES) >= 4
    assert len({mistake.code for mistake in MADE.values()}) >= 20
    assert len(CORRECT) >= 10
    evidence = (ROOT / "docs/evidence.md").read_text(encoding="utf-8")
    assert f"and {len(MADE)} mistakes to be made in them" in evidence


def test_few_mistakes_are_misplaced_or_misnamed() -> None:
    assert {name_of(key) for key in MADE} >= MISPLACED | MISNAMED
    assert len(MISPLACED) <= 0.02 * len(MADE)
    assert len(MISPLACED | MISNAMED) <= 0.10 * len(MADE)


@pytest.mark.parametrize("style", STYLES)
def test_the_engines_that_mistakes_are_made_in_are_correct(style: str) -> None:
    assert findings(ZOO / f"{style}.py") == []


@pytest.mark.parametrize("name", CORRECT)
def test_nothing_is_said_against_a_correct_engine(name: str) -> None:
    assert findings(ZOO / "correct" / f"{name}.py") == []


@sweep("key", MADE, always=8, sample=8, ids=name_of)
def test_a_mistake_is_caught_placed_and_named(key: tuple[str, str], tmp_path: Path) -> None:
    mistake, name = MADE[key], name_of(key)
    found = look(key[0], [mistake], tmp_path)
    assert found.caught
    assert (found.placed(mistake), found.named(mistake)) == (
        name not in MISPLACED,
        name not in MISPLACED | MISNAMED,
    ), f"see misnamed.yaml: {found.findings}"


@sweep("key", TOGETHER, always=1, sample=2, ids=name_of)
def test_of_several_mistakes_each_is_found(
    key: tuple[str, tuple[str, ...]], tmp_path: Path
) -> None:
    made = TOGETHER[key]
    found = look(key[0], made, tmp_path)
    overlooked: list[Mistake] = [mistake for mistake in made if not found.placed(mistake)]
    assert overlooked == []
