"""The items of a case: one for each pass, that share one evaluation.

An item compares the engine with the truth; a run of the model engine then compares torch's numbers
with the recorded snapshot. Imported when the first case is collected.
"""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from harness.engines.loading import EngineError
from harness.engines.trace import Trace, Undefined
from harness.judging.oracle import check_expectations
from harness.judging.precision import examined
from harness.judging.repro import reproduced
from harness.judging.symptoms import symptoms
from harness.judging.verdict import Verdict
from harness.language import document
from harness.language.case import KINK, Case, CaseError, load
from harness.language.nodes import DocumentError
from harness.pytest_plugin import expected
from harness.pytest_plugin.failures import CaseFailure, Failing, lines_of
from harness.pytest_plugin.files import BY_HAND
from harness.pytest_plugin.state import state_of
from harness.pytest_plugin.words import said
from harness.showing.phrases import one_line
from harness.showing.terminal import describe_failure
from harness.vocabulary.program import DIRECTIONS

OLDEST: Final = (9, 1)
"""The oldest pytest whose public interface has all that is used here."""


class StaleSnapshot(pytest.PytestWarning):
    """A snapshot that was not used, because it is not that of the case."""


def collector_of(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a YAML file in a folder of cases."""
    id = state_of(parent.config).id_of(path)
    own: dict[str, Any] = {} if id is None else {"nodeid": id}
    if path.suffix == ".yaml":
        return CaseFile.from_parent(parent, path=path, **own)
    if path.stem in DIRECTIONS and path.parent.with_suffix(".yaml").is_file():
        return None
    return StrayFile.from_parent(parent, path=path, **own)


class CaseFile(pytest.Module):
    """One case; a file that is none fails collection with all its problems.

    A module to pytest and to fixtures that ask for theirs, though nothing is imported from it.
    """

    case: Case
    printed = 0
    """How many lines the engine has printed, until somebody has told so."""

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self.obj = ModuleType(self.path.stem)

    def collect(self) -> Iterator[pytest.Item]:
        state = state_of(self.config)
        if pytest.version_tuple[:2] < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise self.CollectError(said("newer-pytest", needed=needed, version=pytest.__version__))
        try:
            self.case = load(self.path, self.nodeid, state.root_of(self.path))
            if self.case.expect:
                with suppress(Undefined):  # told by the items
                    check_expectations(self.case, self.truth)
        except CaseError as error:
            state.broken.add(self.nodeid)
            raise self.CollectError(str(error)) from None
        state.mark(self.case.tags)
        own = self.case.program.directions
        for name in own:
            item = CaseItem.from_parent(self, name=name, callobj=_check)
            for tag in self.case.tags:
                item.add_marker(tag)
            expected.mark(item)
            yield item
        for name in [name for name in DIRECTIONS if name not in own]:
            if (id := f"{self.nodeid}::{name}") in state.expected:
                raise self.CollectError(said("xfail-matches-nothing", case=id))
            path = self.path.with_suffix("") / f"{name}.yml"
            if path.is_file():
                yield from StrayFile.from_parent(self, path=path).collect()
        if state.is_default and (self.path.with_suffix("") / BY_HAND).is_file():
            yield ByHandItem.from_parent(self, name=Path(BY_HAND).stem, callobj=_check)

    @cached_property
    def truth(self) -> Trace:
        """Torch's numbers."""
        oracle = state_of(self.config).oracle
        oracle.notes.clear()
        try:
            return oracle.truth(self.case)
        finally:
            for note in oracle.notes:
                warnings.warn(StaleSnapshot(note), stacklevel=2)

    @cached_property
    def verdict(self) -> Verdict:
        """The engine's answer, judged in all passes."""
        state = state_of(self.config)
        before = state.engine.printed
        try:
            verdict = examined(state.engine, self.case, self.truth, state.oracle.kind)
            return reproduced(state.engine, verdict)
        finally:
            self.printed = state.engine.printed - before


class StrayFile(pytest.File):
    """A snapshot whose case is gone, or a case that is called .yml: never skipped in silence."""

    def collect(self) -> Iterator[pytest.Item]:
        yield StrayItem.from_parent(self, name="stray")


class StrayItem(Failing, pytest.Item):
    """Always fails, and says why; an orphaned snapshot is removed where all are recorded anew."""

    def runtest(self) -> None:
        message = said("rename-case", stem=self.path.stem)
        if self.path.stem in DIRECTIONS:
            case = self.path.parent.with_suffix(".yaml")
            reason = said("no-such-pass") if case.is_file() else said("does-not-exist")
            message = said("orphaned", name=case.name, reason=reason, removed=self._removed())
        title = f"✗ {self.nodeid.rpartition('::')[0]}: {message}"
        raise CaseFailure([[(title, "wrong")]], message)

    def _removed(self) -> str:
        """What becomes of the snapshot."""
        if not state_of(self.config).regenerates:
            return said("delete-snapshot", name=self.path.name)
        try:
            self.path.unlink()
        except OSError as error:
            what = said("cannot-remove", path=self.path, strerror=error.strerror)
            raise CaseFailure.titled(what) from None
        with suppress(OSError):  # there is something else in it
            self.path.parent.rmdir()
        return said("is-removed")

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, self.name


def _check(request: pytest.FixtureRequest) -> None:
    request.node.check(request)


class OfCase(Failing, pytest.Function):
    """An item of a case's file."""

    @property
    def file(self) -> CaseFile:
        assert isinstance(self.parent, CaseFile)
        return self.parent


class CaseItem(OfCase):
    """One pass of one case."""

    def check(self, request: pytest.FixtureRequest) -> None:
        """Engine against truth first; torch against the snapshot after that."""
        state = state_of(self.config)
        try:
            verdict = self.file.verdict
        except (EngineError, Undefined) as error:
            raise CaseFailure.titled(self.nodeid, str(error)) from None
        if verdict.trace.said:
            self.add_report_section("call", "stdout", verdict.trace.said)
        self._check_engine(verdict)
        if self.name == "backward" and state.option("gradcheck"):
            self._check_reference()
        if state.is_default and state.oracle.kind == "torch":
            from harness.pytest_plugin import snapshots

            snapshots.check(verdict, self.name, request)
        elif state.regenerates:
            needed = said("needs-torch")
            raise CaseFailure.titled(self.nodeid, said("install-torch", needed=needed))

    def _check_engine(self, verdict: Verdict) -> None:
        state = state_of(self.config)
        judged = verdict.direction(self.name)
        if judged.note is not None:
            message = said("unsupported", note=judged.note)
            if not state.strict:
                pytest.skip(message)
            raise CaseFailure.titled(self.nodeid, f"{message} (--strict)", message)
        if judged.status == "failed":
            id = self.file.nodeid
            lines = describe_failure(
                verdict, self.name, id, state.engine_name, self._commands(), state.width
            )
            every = symptoms(verdict, id)
            own = [symptom for symptom in every if symptom.direction == self.name]
            raise CaseFailure(lines, one_line(verdict, self.name), own or every)

    def _check_reference(self) -> None:
        from harness.engines import reference

        case = self.file.case
        problem = reference.gradcheck(case.program, numeric=KINK not in case.tags)
        if problem is not None:
            raise CaseFailure.titled(self.nodeid, f"{problem} (--gradcheck)", problem)

    def _commands(self) -> list[str]:
        """What writes a report with this case, its place there, and what runs this pass alone."""
        state = state_of(self.config)
        case = state.pasted(self.path)
        options = []
        for name in ("engine", "oracle", "dtype"):
            if value := state.option(name):
                options += [f"--{name}", value]
        report = ["harness", "report", *(options or ["--engine", state.engine_name])]
        if not state.is_builtin(self.path):
            report += ["--cases", state.pasted(state.root_of(self.path) or self.path)]
        return [
            said("look", value=shlex.join([*report, "-o", "report.html"])),
            f"       report.html#{case}",
            said("rerun", value=shlex.join(["pytest", f"{case}::{self.name}", *options])),
        ]

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, self.file.case.line - 1, f"{self.path.stem}::{self.name}"


class ByHandItem(OfCase):
    """The backward pass that is written by hand beside a case: one that is wrong fails."""

    def check(self, request: pytest.FixtureRequest) -> None:
        """Each of its lines, and that it is of this case."""
        from harness.grading.fence import recorded
        from harness.judging.oracle import anew
        from harness.judging.staged.judging import contradiction, judge
        from harness.showing.by_hand import findings, summary

        case, path = self.file.case, self.path.with_suffix("") / BY_HAND
        name = f"{self.path.stem}/{BY_HAND}"
        try:
            text = document.read(path)
            truth = anew(state_of(self.config).oracle.kind)
            verdict = judge(name, text, recorded(text, name, {})[0], {}, truth)
        except (CaseError, EngineError, DocumentError) as error:
            raise CaseFailure.titled(self.nodeid, str(error)) from None
        other = contradiction(verdict, case, self.file.truth)
        if other is not None:
            raise CaseFailure.titled(self.nodeid, f"{name}: {other}")
        if verdict.wrong or verdict.stopped is not None or verdict.blanks:
            told = [f"✗ {self.nodeid}: {summary(verdict)}", *findings(verdict, text)]
            raise CaseFailure(lines_of("\n".join(told)), summary(verdict))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, f"{self.path.stem}::{self.name}"
