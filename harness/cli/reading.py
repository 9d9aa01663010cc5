"""Cases as commands read them, with their truths; and the places of what is to be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.cli.command import Stop
from harness.cli.progress import counted
from harness.cli.streams import aside
from harness.engines.trace import Trace, Undefined
from harness.files import write
from harness.judging import oracle, snapshot
from harness.judging.oracle import Oracle, check_expectations
from harness.judging.verdict import numbers
from harness.language.case import Case, CaseError
from harness.language.suite import Source
from harness.vocabulary.program import directions

MOST_NOTES: Final = 5


@dataclass
class Cases:
    """The cases of some files, one after the other, with their truths by ``oracle``. What is no
    case, or has no truth, is added to ``broken``, a line for each thing that is wrong with it."""

    sources: Sequence[Source]
    oracle: Oracle = field(default_factory=Oracle)
    broken: list[str] = field(default_factory=list)

    def read(self) -> Iterator[tuple[Source, Case]]:
        """The cases with their files, and without their truths."""
        for source in counted(self.sources):
            try:
                yield source, source.load()
            except CaseError as error:
                self.broken.append(str(error))

    def __iter__(self) -> Iterator[tuple[Case, Trace]]:
        for _, case in self.read():
            try:
                truth = self.oracle.truth(case)
                check_expectations(case, truth)
            except CaseError as error:
                self.broken.append(str(error))
            except Undefined as error:
                self.broken.append(f"{case.id}:1:1: {error}")
            else:
                yield case, truth

    def note(self) -> None:
        """Says which truths are not what they might be taken for."""
        notes = self.oracle.notes
        more = len(notes) - MOST_NOTES
        for line in [*notes[:MOST_NOTES], *([f"… and {more} more"] if more > 0 else [])]:
            aside(line)


def need_folder(output: Path) -> None:
    """Stops a command that could not write its output in the end."""
    if not output.parent.is_dir():
        raise Stop(f"{output}: there is no folder {output.parent}")


def write_case(case: Case, text: str, truth: Trace) -> None:
    """The file of a new case, and its snapshot beside it."""
    folder = case.path.with_suffix("")
    folder.mkdir(parents=True)
    write(case.path, text.encode())
    for direction in directions(case.program):
        snapshot_text = snapshot.render(numbers(truth, direction), oracle.source(case))
        write(folder / f"{direction}.yml", snapshot_text.encode())
