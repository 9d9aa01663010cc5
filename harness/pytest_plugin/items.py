"""The items of a case: one for each pass, that share one evaluation.

An item compares the engine with the truth; a run of the model engine then compares torch's numbers
with the recorded snapshot. Imported when the first case is collected.
"""

from __future__ import annotations

import gc
import shlex
import sys
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from harness import __version__
from harness.engines.engine import Engine
from harness.engines.loading import EngineError
from harness.engines.trace import Trace, Undefined
from harness.judging.expected import ExpectedError, read
from harness.judging.oracle import NO_TORCH, has_torch, lacks_torch
from harness.judging.precision import examined
from harness.judging.symptoms import symptoms
from harness.judging.verdict import Verdict, contradictions
from harness.language import suite
from harness.language.case import KINK, Case, CaseError, load
from harness.pytest_plugin import OLDEST, STATE, State, summary
from harness.pytest_plugin.failures import CaseFailure, lines_of, represent
from harness.showing import terminal
from harness.vocabulary.program import PASSES, directions

SESSION: Final = "harness-session"


class StaleSnapshot(pytest.PytestWarning):
    """A snapshot that was not used, because it is not that of the case."""


# -- what is asked for -----------------------------------------------------------------------------


def check_options(state: State) -> None:
    """Raises UsageError for options that contradict one another, or name what is not there."""
    config = state.config
    if lacks_torch(state.option("oracle")):
        raise pytest.UsageError(NO_TORCH)
    regenerates = _regenerates(config)
    if state.option("oracle") == "recorded" and (regenerates or state.option("gradcheck")):
        raise pytest.UsageError(
            "--oracle=recorded takes snapshots for the truth: torch records them and is checked"
        )
    if state.option("xfail") is not None:
        try:
            state.expected = read(state.option("xfail"), config.rootpath)
        except ExpectedError as error:
            raise pytest.UsageError(f"--xfail {error}") from None
    if state.option("engine") is None:
        return
    try:
        state.engine  # noqa: B018, is loaded
    except EngineError as error:
        raise pytest.UsageError(f"--engine {error}") from None
    if regenerates and not state.is_default:
        raise pytest.UsageError(
            f"snapshots hold torch's numbers and are recorded with the default engine only: "
            f"leave out --engine {state.engine_name}, or the regeneration flag"
        )


def _regenerates(config: pytest.Config) -> bool:
    """Whether pytest-regressions is asked to record anew."""
    return any(config.getoption(name, False) for name in ("force_regen", "regen_all"))


def header(state: State, builtin: bool) -> list[str]:
    """What a run says of itself at its beginning."""
    try:
        name, notes = state.engine.origin, state.engine.notes
    except EngineError:
        name, notes = state.engine_name, ()
    kind = state.oracle.kind
    truth = "torch's recorded numbers"
    if kind == "torch":
        from importlib.metadata import version

        truth = f"torch {version('torch')}"
    elif kind is None and has_torch():
        truth += ", and torch where there are none"
    lines = [f"engine: {name}, held against {truth}", *notes]
    if builtin:
        lines.append(f"cases: the built-in suite (harness {__version__})")
    elif any(place.name == suite.FOLDER for place in state.named):
        lines.append("cases: those of your own folder cases/; --builtin runs the built-in suite")
    return lines


def list_tags(state: State) -> None:
    """Makes each tag of the cases here a marker, for ``--markers``."""
    own = [str(root) for root in state.roots if root.is_dir()]
    places = own + ([suite.BUILTIN] if state.suite in state.named else [])
    for source in suite.find(places) if places else ():
        with suppress(CaseError, OSError):
            _mark(state, source.load().tags)


def _mark(state: State, tags: Iterable[str]) -> None:
    for tag in tags:
        if tag not in state.tags:
            state.tags.add(tag)
            state.config.addinivalue_line("markers", f"{tag}: cases with this tag")


def nothing_collected(state: State) -> Iterator[str]:
    """Why a run that was to judge an engine has found no case."""
    config = state.config
    ini = config.inipath or "no configuration file"
    roots = ", ".join(map(str, state.roots)) or "none"
    yield f"No case was collected. rootdir: {config.rootpath} ({ini}); case_paths: {roots}."
    engine = state.option("engine")
    more = f" --engine={shlex.quote(engine)}" if engine else ""
    places = [place for place in state.named if place.suffix in (".yaml", ".yml")]
    for place in places:
        if not place.exists():
            yield f"{place}: there is no such case (harness cases lists them)"
            continue
        yield (
            f"{place}: it has not the keys of a case (about, inputs, and expr or steps), and does "
            "not lie below case_paths"
        )
    yield f"The built-in cases: pytest --builtin{more}"
    yield f"Cases of your own: pytest FOLDER{more}, or case_paths in the configuration file."


def begin(config: pytest.Config) -> None:
    """What a session that has cases needs, once."""
    config.stash[STATE].collected = True
    if not config.pluginmanager.has_plugin(SESSION):
        config.pluginmanager.register(sys.modules[__name__], SESSION)
        told = summary.Told()
        config.pluginmanager.register(told)
        config.pluginmanager.register(summary.Summary(told))


# -- files -----------------------------------------------------------------------------------------


def collector_of(path: Path, parent: pytest.Collector, state: State) -> pytest.Collector | None:
    """The collector of a YAML file in a folder of cases."""
    begin(state.config)
    id = state.id_of(path)
    own: dict[str, Any] = {} if id is None else {"nodeid": id}
    if path.suffix == ".yaml":
        return CaseFile.from_parent(parent, path=path, **own)
    if path.stem in PASSES and path.parent.with_suffix(".yaml").is_file():
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

    def collect(self) -> Iterable[pytest.Item]:
        state = self.config.stash[STATE]
        if pytest.version_tuple[:2] < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise self.CollectError(
                f"cases need pytest {needed} or newer, and this is pytest {pytest.__version__}: "
                f"pip install 'pytest>={needed}'"
            )
        try:
            self.case = load(self.path, self.nodeid, state.root_of(self.path))
            self._check_expectations()
        except CaseError as error:
            state.broken.add(self.nodeid)
            raise self.CollectError(str(error)) from None
        _mark(state, self.case.tags)
        passes = directions(self.case.program)
        for direction in passes:
            item = CaseItem.from_parent(self, name=direction, callobj=_check)
            for tag in self.case.tags:
                item.add_marker(tag)
            reason = state.expected.get(item.nodeid)
            if reason is not None:
                mark = pytest.mark.xfail(reason=reason, strict=True, raises=CaseFailure)
                item.add_marker(mark)
            yield item
        for direction in PASSES:
            name = f"{self.nodeid}::{direction}"
            if name in state.expected and direction not in passes:
                raise self.CollectError(f"--xfail: {name} matches nothing: there is no such pass")
            path = self.path.with_suffix("") / f"{direction}.yml"
            if direction not in passes and path.is_file():
                stray = StrayFile.from_parent(self, path=path)
                yield from stray.collect()

    def _check_expectations(self) -> None:
        if not self.case.expect:
            return
        try:
            problems = contradictions(self.case, self.truth)
        except Undefined:
            return  # told by the items
        if problems:
            raise CaseError(self.nodeid, problems)

    @cached_property
    def truth(self) -> Trace:
        """Torch's numbers."""
        oracle = self.config.stash[STATE].oracle
        oracle.notes.clear()
        try:
            return oracle.truth(self.case)
        finally:
            for note in oracle.notes:
                warnings.warn(StaleSnapshot(note), stacklevel=2)

    @cached_property
    def verdict(self) -> Verdict:
        """The engine's answer, judged in all passes."""
        state = self.config.stash[STATE]
        before = state.engine.printed
        try:
            return examined(state.engine, self.case, self.truth, state.oracle.kind)
        finally:
            self.printed = state.engine.printed - before


class StrayFile(pytest.File):
    """A snapshot whose case is gone, or a case that is called .yml: never skipped in silence."""

    def collect(self) -> Iterable[pytest.Item]:
        yield StrayItem.from_parent(self, name="stray")


class StrayItem(pytest.Item):
    """Always fails, and says why; an orphaned snapshot is removed where all are recorded anew."""

    def runtest(self) -> None:
        case = self.path.parent.with_suffix(".yaml")
        message = f"a case is called *.yaml: rename it to {self.path.stem}.yaml"
        if self.path.stem in PASSES:
            reason = "asks for no such pass" if case.is_file() else "does not exist"
            message = f"an orphaned snapshot: the case {case.name} {reason}; "
            if _regenerates(self.config):
                self._remove()
                message += "it is removed"
            else:
                message += f"delete {self.path.name}, or let --force-regen do it"
        title = f"✗ {self.nodeid.rpartition('::')[0]}: {message}"
        raise CaseFailure([[(title, "wrong")]], message)

    def _remove(self) -> None:
        try:
            self.path.unlink()
        except OSError as error:
            what = f"{self.path}: cannot be removed: {error.strerror}"
            raise CaseFailure(lines_of(f"✗ {what}"), what) from None
        with suppress(OSError):  # there is something else in it
            self.path.parent.rmdir()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return represent(self, excinfo) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, 0, self.name


# -- items -----------------------------------------------------------------------------------------


def _check(request: pytest.FixtureRequest) -> None:
    item = request.node
    assert isinstance(item, CaseItem)
    item.check(request)


class CaseItem(pytest.Function):
    """One pass of one case."""

    @property
    def file(self) -> CaseFile:
        assert isinstance(self.parent, CaseFile)
        return self.parent

    def check(self, request: pytest.FixtureRequest) -> None:
        """Engine against truth first; torch against the snapshot after that."""
        state = self.config.stash[STATE]
        try:
            verdict = self.file.verdict
        except (EngineError, Undefined) as error:
            text = f"✗ {self.nodeid}\n  {error}"
            raise CaseFailure(lines_of(text), str(error).splitlines()[0]) from None
        if verdict.trace.said:
            self.add_report_section("call", "stdout", verdict.trace.said)
        judged = verdict.direction(self.name)
        if judged.note is not None:
            message = f"unsupported: {judged.note}"
            if not state.strict:
                pytest.skip(message)
            raise CaseFailure(lines_of(f"✗ {self.nodeid}\n  {message} (--strict)"), message)
        if judged.status == "failed":
            lines = terminal.describe_failure(
                verdict, self.name, self.file.nodeid, state.engine_name, self._commands()
            )
            found = symptoms(verdict, self.file.nodeid)
            own = [symptom for symptom in found if symptom.direction == self.name]
            raise CaseFailure(lines, terminal.one_line(verdict, self.name), own or found)
        if self.name == "backward" and state.option("gradcheck"):
            self._check_reference()
        if state.is_default and state.oracle.kind == "torch":
            from harness.pytest_plugin import snapshots

            snapshots.check(verdict, self.name, request)
        elif _regenerates(self.config):
            message = (
                "torch is not installed, and snapshots are of torch's numbers: pip install torch"
            )
            raise CaseFailure(lines_of(f"✗ {self.nodeid}\n  {message}"), message)

    def _commands(self) -> list[str]:
        """What writes a report with this case, its place there, and what runs this pass alone."""
        state = self.config.stash[STATE]
        case = state.pasted(self.path)
        engine = ["--engine", state.engine_name] if state.option("engine") else []
        oracle = state.option("oracle")
        options = engine + (["--oracle", oracle] if oracle else [])
        options += ["--dtype", dtype] if (dtype := state.option("dtype")) else []
        report = ["harness", "report", *(options or ["--engine", state.engine_name])]
        root = state.root_of(self.path)
        if not state.is_builtin(self.path):
            report += ["--cases", state.pasted(root or self.path)]
        return [
            f"look:  {shlex.join([*report, '-o', 'report.html'])}",
            f"       report.html#{case}",
            f"rerun: {shlex.join(['pytest', f'{case}::{self.name}', *options])}",
        ]

    def _check_reference(self) -> None:
        from harness.engines import reference

        case = self.file.case
        problem = reference.gradcheck(case.program, numeric=KINK not in case.tags)
        if problem is not None:
            raise CaseFailure(lines_of(f"✗ {self.nodeid}\n  {problem} (--gradcheck)"), problem)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return represent(self, excinfo) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, self.file.case.line - 1, f"{self.path.stem}::{self.name}"


# -- the session, once it has a case ---------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed case's report carries its symptoms, from xdist's workers too; a skipped one's is
    that of its file."""
    report = yield
    verdict = vars(item.file).get("verdict") if isinstance(item, CaseItem) else None
    if verdict is not None and report.when == "call":
        vars(report)["harness_told"] = summary.told(verdict, item.name)
    failure = call.excinfo.value if call.excinfo is not None else None
    if isinstance(failure, CaseFailure):
        vars(report)["harness_summary"] = failure.summary
        if failure.symptoms:
            vars(report)["harness_symptoms"] = [asdict(symptom) for symptom in failure.symptoms]
    if isinstance(item, CaseItem) and item.file.printed:
        vars(report)["harness_printed"], item.file.printed = item.file.printed, 0
    if isinstance(item, CaseItem) and report.skipped and isinstance(report.longrepr, tuple):
        path, line, _ = item.reportinfo()
        report.longrepr = (str(path), (line or 0) + 1, report.longrepr[2])
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Tells the engine of the next case, to run it while this one is judged."""
    engine = vars(item.config.stash[STATE]).get("engine")
    other = isinstance(nextitem, CaseItem) and nextitem.parent is not item.parent
    if engine is not None and isinstance(nextitem, CaseItem) and other:
        engine.begin(nextitem.file.case.program)


@pytest.hookimpl(tryfirst=True)
def pytest_exception_interact(
    node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]
) -> None:
    """A debugger is shown the engine's exception, where it raised one, and not ours about it."""
    if not isinstance(node, CaseItem) or not node.config.getoption("usepdb", False):
        return
    engine = node.config.stash[STATE].engine
    verdict = vars(node.file).get("verdict")
    if isinstance(verdict, Verdict) and verdict.trace.failure is not None:
        error = _raised(engine, lambda: engine.run(verdict.case.program))
        if error is not None:
            call.excinfo = pytest.ExceptionInfo.from_exception(error)


def _raised(engine: Engine, run: Callable[[], object]) -> BaseException | None:
    """What the engine raises in a run; none if it has answered with something that is no number."""
    engine.keeps_error = True
    try:
        run()
        return engine.error
    finally:
        engine.keeps_error, engine.error = False, None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cases run from easy to hard, so that ``-x`` stops at the first rung that does not hold. They
    are sorted first of all, because ``--stepwise`` goes on from a place in this order."""
    places = [i for i, item in enumerate(items) if isinstance(item, CaseItem)]
    for i, item in zip(places, _climb(items), strict=True):
        items[i] = item


def _climb(items: Iterable[pytest.Item]) -> list[CaseItem]:
    climb = [item for item in items if isinstance(item, CaseItem)]
    climb.sort(key=lambda item: (*item.file.case.rung, item.file.nodeid))
    return climb


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Says so where another plugin has changed the order."""
    asked = config.getoption("failedfirst", False) or config.getoption("newfirst", False)
    cases = [item for item in items if isinstance(item, CaseItem)]
    if asked or cases == _climb(items):
        return []
    return [
        "cases: in another plugin's order, and not from easy to hard "
        "(pytest-randomly shuffles: -p no:randomly)"
    ]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Spares a process that is about to end from tidying up torch's objects one by one."""
    if "torch" in sys.modules:
        gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Errors in case files alone do not keep the other cases from running."""
    broken = session.config.stash[STATE].broken
    if broken and session.testsfailed == len(broken):
        session.config.option.continue_on_collection_errors = True
