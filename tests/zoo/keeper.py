"""Lets the harness look at the zoo: which mistakes are found, and told by their right names."""

from __future__ import annotations

import importlib
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from truths import name_of, suite

from harness.engines.loading import load
from harness.judging.examination import examine
from harness.judging.result import as_json
from zoo import Mistake

ZOO = Path(__file__).resolve().parent
STYLES = ("scalars", "arrays", "rules", "classes")


def findings(path: Path) -> list[dict[str, Any]]:
    """What the harness finds wrong with the engine in a file, as `harness check --json` does."""
    return result(path)["findings"]  # type: ignore[no-any-return]


def result(path: Path) -> dict[str, Any]:
    """All that the harness says of the engine in a file."""
    engine = load(str(path))
    verdicts = ((name_of(case.path), examine(engine, case, truth)) for case, truth in suite())
    return as_json(path.name, verdicts)


def mistakes(style: str) -> Sequence[Mistake]:
    """The mistakes of one engine."""
    module: ModuleType = importlib.import_module(f"zoo.{style}_mistakes")
    found: Sequence[Mistake] = module.MISTAKES
    return found


def text_of(style: str) -> str:
    """The correct engine."""
    return (ZOO / f"{style}.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Told:
    """What was said of an engine with some mistakes: the findings, and the conventions."""

    made: tuple[Mistake, ...]
    findings: tuple[dict[str, Any], ...]

    @property
    def caught(self) -> bool:
        """Whether anything was said at all."""
        return bool(self.findings)

    def placed(self, mistake: Mistake) -> bool:
        """Whether a finding names the operation and the direction."""
        return any(self._at(mistake, finding) for finding in self.findings)

    def named(self, mistake: Mistake) -> bool:
        """Whether such a finding has the code, too."""
        return any(
            self._at(mistake, finding) and finding["code"] == mistake.code
            for finding in self.findings
        )

    def first(self, mistake: Mistake) -> bool:
        """Whether the finding that costs most is the right one in all respects."""
        return bool(self.findings) and (
            self._at(mistake, self.findings[0]) and self.findings[0]["code"] == mistake.code
        )

    @staticmethod
    def _at(mistake: Mistake, finding: dict[str, Any]) -> bool:
        return (finding["op"], finding["direction"]) == (mistake.op, mistake.direction)


def look(style: str, made: Iterable[Mistake], folder: Path) -> Told:
    """Makes the mistakes, and asks the harness."""
    made = tuple(made)
    text = text_of(style)
    for mistake in made:
        text = mistake.made_in(text)
    path = folder / f"{style}_{'_'.join(mistake.name for mistake in made)}.py"
    path.write_text(text, encoding="utf-8")
    said = result(path)
    choices = [remark for remark in said["remarks"] if remark["code"] is not None]
    return Told(made, (*said["findings"], *choices))


def together(style: str, size: int, count: int, seed: int = 7) -> Iterator[tuple[Mistake, ...]]:
    """Some pairs or triples of mistakes that can be made at once and lie at different places."""
    every = list(itertools.combinations(mistakes(style), size))
    random.Random(seed).shuffle(every)
    text = text_of(style)
    for made in every:
        places = {(mistake.op, mistake.direction) for mistake in made}
        if len(places) < size or any(mistake.op == "engine" for mistake in made):
            continue
        try:
            changed = text
            for mistake in made:
                changed = mistake.made_in(changed)
        except AssertionError:
            continue
        count -= 1
        if count < 0:
            return
        yield made
