"""A session that has cases: its options checked, what it says of itself, and how its items run."""

from __future__ import annotations

import gc
import shlex
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from harness import __version__, languages
from harness.configuration import told
from harness.engines.engine import Engine
from harness.engines.loading import EngineError
from harness.judging.expected import ExpectedError
from harness.judging.oracle import has_torch, lacks_torch, no_torch
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.language.case import CaseError
from harness.languages.width import folded
from harness.pytest_plugin import summary
from harness.pytest_plugin.items import CaseItem
from harness.pytest_plugin.state import FOLDER, State, state_of
from harness.pytest_plugin.words import said
from harness.vocabulary.program import Program


def begin(config: pytest.Config) -> None:
    """What a session that has cases needs, once."""
    state = state_of(config)
    if not state.collected:
        state.collected = True
        config.pluginmanager.register(sys.modules[__name__])
        config.pluginmanager.register(summary.Summary(state.width))


def check_options(state: State) -> None:
    """Raises UsageError for options that contradict one another, or name what is not there."""
    if lacks_torch(state.option("oracle")):
        raise pytest.UsageError(no_torch())
    if state.option("oracle") == "recorded" and (state.regenerates or state.option("gradcheck")):
        raise pytest.UsageError(said("recorded-is-checked"))
    try:
        state.levels  # noqa: B018, are read
    except ValueError as error:
        own = state.used.get("levels")
        raise pytest.UsageError(f"{own.place if own else '--level, --upto'}: {error}") from None
    try:
        state.expected  # noqa: B018, is read
        if state.option("engine") is not None:
            state.engine  # noqa: B018, is loaded
    except ExpectedError as error:
        raise pytest.UsageError(said("xfail-error", error=error)) from None
    except EngineError as error:
        own = state.used.get("engine")
        raise pytest.UsageError(f"{own.place if own else '--engine'}: {error}") from None
    if state.regenerates and not state.is_default:
        raise pytest.UsageError(said("default-engine-only", engine_name=state.engine_name))


def list_tags(state: State) -> None:
    """Makes each tag of the cases here a marker, for ``--markers``."""
    own = [str(root) for root in state.roots if root.is_dir()]
    places = own + ([suite.BUILTIN] if state.suite in state.named else [])
    for source in suite.find(places) if places else ():
        with suppress(CaseError, OSError):
            state.mark(source.load().tags)


# -- what it says of itself ------------------------------------------------------------------------


def header(state: State, builtin: bool) -> list[str]:
    """At its beginning: which engine is judged, by what, and on which cases."""
    try:
        name, notes = state.engine.origin, state.engine.notes
    except EngineError:
        name, notes = state.engine_name, ()
    kind = state.oracle.kind
    truth = said("recorded-numbers")
    if kind == "torch":
        from importlib.metadata import version

        truth = f"torch {version('torch')}"
    elif kind is None and has_torch():
        truth += said("torch-where-none")
    engine = (said("held-against", name=name, truth=truth), *notes)
    lines = [*told(state.used), *(line for one in engine for line in folded(one, state.width, 2))]
    if builtin:
        lines.append(said("builtin-cases", version=__version__))
    elif any(place.name == FOLDER for place in state.named):
        lines.append(said("own-cases"))
    return lines


def nothing_collected(state: State) -> Iterator[str]:
    """Why a run that was to judge an engine has found no case."""
    config = state.config
    ini = config.inipath or said("no-configuration")
    roots = ", ".join(map(str, state.roots)) or languages.told("case", "none")
    yield said("nothing-collected", rootpath=config.rootpath, ini=ini, roots=roots)
    engine = state.option("engine")
    more = f" --engine={shlex.quote(engine)}" if engine else ""
    for place in state.named:
        if not place.exists() and place.suffix in (".yaml", ".yml"):
            yield said("no-such-case", place=place)
        elif place.suffix in (".yaml", ".yml"):
            yield (said("no-keys-of-case", place=place))
    yield said("run-builtin", more=more)
    yield said("run-own", more=more)


# -- the order of its items ------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Cases run from easy to hard, so that ``-x`` stops at the first rung that does not hold. They
    are sorted first of all, because ``--stepwise`` goes on from a place in this order."""
    levels = state_of(config).levels
    others = [
        one for one in items if isinstance(one, CaseItem) and one.file.case.level not in levels
    ]
    if others:
        config.hook.pytest_deselected(items=others)
        left_out = set(others)
        items[:] = [item for item in items if item not in left_out]
    climb = iter(_climb(items))
    items[:] = [next(climb) if isinstance(item, CaseItem) else item for item in items]


def _climb(items: Iterable[pytest.Item]) -> list[CaseItem]:
    cases = [item for item in items if isinstance(item, CaseItem)]
    return sorted(cases, key=lambda item: (*item.file.case.rung, item.file.nodeid))


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Says so where another plugin has changed the order."""
    asked = config.getoption("failedfirst", False) or config.getoption("newfirst", False)
    if asked or [item for item in items if isinstance(item, CaseItem)] == _climb(items):
        return []
    return [said("another-order")]


def pytest_collection_finish() -> None:
    """Spares the garbage collector from going through what stays to the end, again and again."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Errors in case files alone do not keep the other cases from running."""
    broken = state_of(session.config).broken
    if broken and session.testsfailed == len(broken):
        session.config.option.continue_on_collection_errors = True


# -- a run of an item ------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Tells the engine of the next case, to run it while this one is judged."""
    engine = vars(state_of(item.config)).get("engine")
    if engine is not None and isinstance(nextitem, CaseItem) and nextitem.file is not item.parent:
        engine.begin(nextitem.file.case.program)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A report of ours carries what the summary tells of; a skipped one's place is its case."""
    report = yield
    summary.carry(report, item, call.excinfo.value if call.excinfo is not None else None)
    if isinstance(item, CaseItem) and report.skipped and isinstance(report.longrepr, tuple):
        path, line, _ = item.reportinfo()
        report.longrepr = (str(path), (line or 0) + 1, report.longrepr[2])
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_exception_interact(
    node: pytest.Item | pytest.Collector, call: pytest.CallInfo[Any]
) -> None:
    """A debugger is shown the engine's exception, where it raised one, and not ours about it."""
    if not isinstance(node, CaseItem) or not node.config.getoption("usepdb", False):
        return
    engine = state_of(node.config).engine
    verdict = vars(node.file).get("verdict")
    if isinstance(verdict, Verdict) and verdict.trace.failure is not None:
        error = _raised(engine, verdict.case.program)
        if error is not None:
            call.excinfo = pytest.ExceptionInfo.from_exception(error)


def _raised(engine: Engine, program: Program) -> BaseException | None:
    """What the engine raises in a run; none if it has answered with something that is no number."""
    engine.error = None
    engine.run(program)
    return engine.error


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Spares a process that is about to end from tidying up torch's objects one by one."""
    if "torch" in sys.modules:
        gc.freeze()
