"""Where the truth of a case comes from: torch, or what torch once gave, as recorded.

A snapshot is the truth for the program that it was recorded from and for no other. Without torch a
new program has no truth; the vocabulary's formulas give a provisional one.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from harness import languages
from harness.engines import by_formula
from harness.engines.loading import is_model
from harness.engines.trace import Trace, Undefined
from harness.files import write
from harness.judging import snapshot
from harness.judging.by_hand import contradictions
from harness.judging.comparing import numbers
from harness.judging.snapshot import PROVISIONAL, Origin
from harness.language import schema
from harness.language.case import Case, CaseError
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

ORACLES: Final = ("torch", "recorded")
"""What can be asked for. Without a wish, it is the snapshots, and torch where there is none."""


def no_torch() -> str:
    """What is said where torch is asked for, and is not installed."""
    return languages.told("truth", "no-torch")


@cache
def has_torch() -> bool:
    """Whether torch is installed. It is not imported."""
    return find_spec("torch") is not None


def lacks_torch(oracle: str | None) -> bool:
    """Whether torch is asked for and not there."""
    return oracle == "torch" and not has_torch()


def asked_for(wish: str | None, engine: str) -> str | None:
    """The oracle that an engine is held against where this is wished: torch, where it is there and
    nothing is wished, for the model engine, whose runs record snapshots."""
    return wish or ("torch" if is_model(engine) and has_torch() else None)


class Stale(Undefined):
    """A snapshot that is not the truth for the case as it is now."""


@dataclass
class Oracle:
    """Gives cases their truth, from ``torch``, from what is ``recorded``, or, with None, from what
    is recorded where it can be used and from torch elsewhere; ``strict`` where a stale snapshot is
    no reason to ask torch, but a mistake.

    ``notes`` tells, a line each, where a snapshot was not used although there is one, and where its
    numbers are provisional.
    """

    kind: str | None = None
    notes: list[str] = field(default_factory=list)
    strict: bool = False

    def truth(self, case: Case) -> Trace:
        """The numbers that an engine is held against; raises :class:`Undefined`."""
        if self.kind == "torch":
            return computed(case)
        try:
            found, by = recorded(case)
        except Undefined as error:
            if self.kind == "recorded" or (self.strict and isinstance(error, Stale)):
                raise
            if not has_torch():
                told = languages.told("truth", "no-truth", error=error)
                raise Undefined(told) from None
            if isinstance(error, Stale):
                self.notes.append(languages.told("truth", "torch-asked", case=case.id, error=error))
            return computed(case)
        if by == PROVISIONAL:
            if has_torch() and self.kind is None:
                return computed(case)
            self.notes.append(languages.told("truth", "provisional", case=case.id))
        return found


def computed(case: Case) -> Trace:
    """Torch's numbers; raises :class:`Undefined` where torch refuses."""
    from harness.engines import reference

    return reference.evaluate(case.program)


def provisional(case: Case) -> Trace:
    """The numbers of the vocabulary's formulas; raises :class:`Undefined` where there are none, as
    of second order at a kink."""
    program = case.program
    try:
        found = by_formula.evaluate(program)
        second = by_formula.second(program) if program.order == 2 else {}
        typed = {name: array.astype(program.dtype) for name, array in second.items()}
        return replace(found, second=typed)
    except Unanswerable as error:
        raise Undefined(languages.told("truth", "cannot-compute", error=error)) from None


def anew(wish: str | None = None) -> Callable[[Case], Trace]:
    """What computes the truth of what is recorded nowhere: torch where it is there and recorded
    numbers are not asked for, else the vocabulary's formulas."""
    return computed if has_torch() and wish != "recorded" else provisional


def check_expectations(case: Case, truth: Trace) -> None:
    """Raises CaseError where the truth contradicts what was worked out by hand."""
    if problems := contradictions(case, truth):
        raise CaseError(case.id, problems)


def record(case: Case, text: str, truth: Trace, root: Path) -> None:
    """Writes the file of a new case below the folder ``root`` of cases, and its snapshot beside
    it; the schema that editors check it by, too."""
    folder = case.path.with_suffix("")
    folder.mkdir(parents=True)
    schema.provide(root)
    write(case.path, f"{schema.modeline(case.path, root)}{text}".encode())
    for direction in case.program.directions:
        snapshot_text = snapshot.render(numbers(truth, direction), source(case))
        write(folder / f"{direction}.yml", snapshot_text.encode())


def source(case: Case) -> Origin:
    """The first line of a snapshot of the case that is recorded now, with torch or without."""
    by = f"torch {_version()}" if has_torch() else PROVISIONAL
    return Origin(by, snapshot.digest(case.program))


@cache
def _version() -> str:
    """That of the torch that is installed."""
    from importlib.metadata import version

    return version("torch").partition("+")[0]


def recorded(case: Case) -> tuple[Trace, str]:
    """The numbers beside the case, and who computed them. Raises :class:`Undefined` where there are
    none, :class:`Stale` where they are those of another program."""
    program = case.program
    names = [*program.inputs, *program.by_name]
    own = snapshot.digest(program)
    by = ""
    tables: dict[str, dict[str, Array]] = {}
    for direction in program.directions:
        path = case.path.with_suffix("") / f"{direction}.yml"
        place = f"{case.path.stem}/{direction}.yml"
        try:
            text = path.read_text(encoding="utf-8")
            found = snapshot.parse(text, place)
        except (FileNotFoundError, NotADirectoryError):
            raise Undefined(languages.told("truth", "no-snapshot", place=place)) from None
        except OSError as error:
            raise Stale(
                languages.told("truth", "cannot-read", place=place, strerror=error.strerror)
            ) from None
        except (snapshot.SnapshotError, UnicodeDecodeError) as error:
            raise Stale(str(error)) from None
        wanted = {
            "forward": names,
            "backward": [name for name in names if name in program.differentiable],
            "second": list(program.inputs),
        }[direction]
        origin = snapshot.origin(text)
        complete = set(found) == set(wanted) and all(
            found[name].shape == program.shapes[name] for name in wanted
        )
        why = _why_stale(origin, own, complete)
        if why is not None or origin is None:
            anew = shlex.join(["pytest", case.id, "--force-regen"])
            raise Stale(languages.told("truth", "stale", place=place, why=why, anew=anew))
        by = PROVISIONAL if PROVISIONAL in (by, origin.by) else origin.by
        tables[direction] = {
            name: found[name].astype(
                np.bool_ if name in program.conditions else program.dtype, copy=False
            )
            for name in wanted
        }
    second = tables.get("second", {})
    return Trace(tables["forward"], tables["backward"], second=second), by


def _why_stale(origin: Origin | None, program: str, complete: bool) -> str | None:
    """Why a snapshot is not that of a program, by its first line; None where it is."""
    if origin is None:
        return languages.told("truth", "no-origin")
    if origin.program != program:
        return languages.told("truth", "case-changed")
    return None if complete else languages.told("truth", "by-hand")
