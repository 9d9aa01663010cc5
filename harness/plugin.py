"""pytest: a YAML file below ``case_paths`` becomes two items, ``::forward`` and ``::backward``.

Both share one evaluation. An item compares the engine with torch, and then torch's numbers with the
recorded snapshot, which pytest-regressions keeps beside the case.
"""

# Installed beside other projects' tests, this module is imported by all their runs too: whatever
# takes long to import (torch above all) is imported where it is needed.

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine
    from harness.engines.trace import Trace
    from harness.judging.symptoms import Symptom
    from harness.judging.verdict import Verdict
    from harness.language.case import Case
    from harness.showing.terminal import Line

pytest_plugins = ["harness.summary"]

DEFAULT_ENGINE = "minigrad"
SNAPSHOTS = ("forward", "backward", "second")
SNAPSHOT_FILES = frozenset(f"{name}.yml" for name in SNAPSHOTS)
STATE = pytest.StashKey["State"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autograd harness")
    group.addoption(
        "--engine",
        metavar="ENGINE",
        help="the engine to test: a module (minigrad), a file (my_engine.py), or either with the "
        "class's name after a colon (my_engine.py:Tensor). Default: minigrad. With pytest's own "
        "--strict, a case whose operations the engine lacks fails and is not skipped",
    )
    group.addoption(
        "--oracle",
        choices=["torch", "recorded"],
        default="torch",
        help="where the truth comes from: torch itself (default), or its numbers as recorded in "
        "the snapshots, which starts much faster and needs no torch",
    )
    group.addoption(
        "--xfail",
        metavar="FILE",
        help="a YAML file of expected failures, each with its reason; one that passes is an error",
    )
    group.addoption(
        "--write-xfail",
        metavar="FILE",
        help="write what has failed in this run to such a file; reasons that are there are kept",
    )
    group.addoption(
        "--gradcheck",
        action="store_true",
        help="also check the reference itself: torch's numeric gradcheck, and that the "
        "contributions of every step add up (slow)",
    )
    parser.addini(
        "case_paths",
        "folders below which *.yaml files are cases",
        type="args",
        default=["cases"],
    )


@dataclass
class State:
    """What a session knows: where cases are, the engine, and which files are not cases."""

    config: pytest.Config
    roots: tuple[Path, ...]
    engine_name: str
    given: ObjectEngine | None = None
    tags: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    told_no_torch: bool = False
    expected: dict[str, str] = field(default_factory=dict)

    @cached_property
    def engine(self) -> ObjectEngine:
        """The engine; raises EngineError where ``--engine`` was not given and minigrad fails."""
        from harness.engines.loading import load

        return self.given or load(self.engine_name)

    @property
    def oracle(self) -> str:
        """Where the truth comes from: ``torch`` or ``recorded``."""
        return str(self.config.getoption("oracle"))

    @property
    def is_default(self) -> bool:
        """Whether snapshots are compared and recorded: never for anybody else's engine."""
        return self.engine_name == DEFAULT_ENGINE

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What the path of anything in a case folder starts with."""
        return tuple(f"{root}{os.sep}" for root in self.roots)

    def root_of(self, path: Path) -> Path | None:
        """The case folder that ``path`` lies in."""
        return next((root for root in self.roots if root in path.parents), None)


def pytest_configure(config: pytest.Config) -> None:
    roots = tuple(
        Path(os.path.abspath(config.rootpath / name)) for name in config.getini("case_paths")
    )
    name = config.getoption("engine")
    state = State(config, roots, name or DEFAULT_ENGINE)
    config.stash[STATE] = state
    regenerates = config.getoption("force_regen", False) or config.getoption("regen_all", False)
    if state.oracle == "recorded" and (regenerates or config.getoption("gradcheck")):
        raise pytest.UsageError(
            "--oracle=recorded takes snapshots for the truth: torch records them and is checked"
        )
    if config.getoption("xfail") is not None:
        from harness.judging.expected import ExpectedError, read

        try:
            state.expected = read(Path(config.getoption("xfail")), config.rootpath)
        except ExpectedError as error:
            raise pytest.UsageError(f"--xfail {error}") from None
    if name is None:
        return
    if not state.is_default and regenerates:
        raise pytest.UsageError(
            f"snapshots hold torch's numbers and are recorded with the default engine only: "
            f"leave out --engine {name}, or the regeneration flag"
        )
    from harness.engines.loading import EngineError, load
    from harness.judging.oracle import NO_TORCH, lacks_torch

    if lacks_torch(state.oracle):
        raise pytest.UsageError(NO_TORCH)
    try:
        state.given = load(name)
    except EngineError as error:
        raise pytest.UsageError(f"--engine {error}") from None


def pytest_report_header(config: pytest.Config) -> str | None:
    state = config.stash[STATE]
    if state.given is None and not any(root.is_dir() for root in state.roots):
        return None
    if state.oracle == "recorded":
        return f"engine: {state.engine_name}, held against torch's recorded numbers"
    known = f" {version('torch')}" if find_spec("torch") else ""
    return f"engine: {state.engine_name}, held against torch{known}"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A case's folder of snapshots is no folder of tests: to collect it takes long, and in vain.
    One that holds anything else, or whose case is gone, is collected, and its strays fail."""
    path = str(collection_path)
    if not path.startswith(config.stash[STATE].prefixes) or not os.path.isfile(f"{path}.yaml"):
        return None
    with os.scandir(path) as entries:
        known = all(entry.name in SNAPSHOT_FILES for entry in entries)
    return True if known else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    root = parent.config.stash[STATE].root_of(file_path)
    if root is None:
        return None
    if file_path.suffix == ".yaml":
        return CaseFile.from_parent(parent, path=file_path)
    if file_path.name.endswith(".obtained.yml"):
        return None
    if file_path.stem in SNAPSHOTS and file_path.parent.with_suffix(".yaml").is_file():
        return None
    return StrayFile.from_parent(parent, path=file_path)


# -- files -----------------------------------------------------------------------------------------


class CaseFile(pytest.File):
    """One case; a file that is none fails collection with all its problems."""

    case: Case

    def collect(self) -> Iterable[pytest.Item]:
        from harness.judging.oracle import NO_TORCH, lacks_torch
        from harness.language.case import CaseError, load
        from harness.language.program import directions

        state = self.config.stash[STATE]
        if lacks_torch(state.oracle):
            told, state.told_no_torch = state.told_no_torch, True
            if told:
                return
            raise self.CollectError(NO_TORCH)
        try:
            self.case = load(self.path, self.nodeid, state.root_of(self.path))
            self._check_expectations()
        except CaseError as error:
            state.broken.add(self.nodeid)
            raise self.CollectError(str(error)) from None
        for tag in self.case.tags:
            if tag not in state.tags:
                state.tags.add(tag)
                self.config.addinivalue_line("markers", f"{tag}: cases with this tag")
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
        for direction in SNAPSHOTS:
            name = f"{self.nodeid}::{direction}"
            if name in state.expected and direction not in passes:
                raise self.CollectError(f"--xfail: {name} matches nothing: there is no such pass")
        for direction in SNAPSHOTS:
            path = self.path.with_suffix("") / f"{direction}.yml"
            if direction not in passes and path.is_file():
                yield from StrayFile.from_parent(self, path=path).collect()

    def _check_expectations(self) -> None:
        if not self.case.expect:
            return
        from harness.engines.trace import Undefined
        from harness.judging.verdict import contradictions
        from harness.language.case import CaseError

        try:
            problems = contradictions(self.case, self.truth)
        except Undefined:
            return  # told by the items
        if problems:
            raise CaseError(self.nodeid, problems)

    @cached_property
    def truth(self) -> Trace:
        """Torch's numbers."""
        from harness.judging.oracle import Oracle

        return Oracle(self.config.stash[STATE].oracle).truth(self.case)

    @cached_property
    def verdict(self) -> Verdict:
        """The engine's answer, judged in both directions."""
        from harness.judging.examination import examine

        return examine(self.config.stash[STATE].engine, self.case, self.truth)


class StrayFile(pytest.File):
    """A snapshot whose case is gone, or a case that is called .yml: never skipped in silence."""

    def collect(self) -> Iterable[pytest.Item]:
        yield StrayItem.from_parent(self, name="stray")


class StrayItem(pytest.Item):
    """Always fails, and says why."""

    def runtest(self) -> None:
        case = self.path.parent.with_suffix(".yaml")
        if self.path.stem in SNAPSHOTS and case.is_file():
            message = f"an orphaned snapshot: {case.name} asks for no such pass; delete it"
        elif self.path.stem in SNAPSHOTS:
            message = f"an orphaned snapshot: there is no case {case.name}; delete {self.path.name}"
        else:
            message = f"a case is called *.yaml: rename it to {self.path.stem}.yaml"
        raise CaseFailure([[(f"✗ {self.nodeid.rpartition('::')[0]}: {message}", "wrong")]], message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return _represent(self, excinfo) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.nodeid


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
        """Engine against torch first; torch against the snapshot after that."""
        from harness.engines.loading import EngineError
        from harness.engines.trace import Undefined
        from harness.judging.symptoms import symptoms
        from harness.showing import terminal

        state = self.config.stash[STATE]
        try:
            verdict = self.file.verdict
        except (EngineError, Undefined) as error:
            text = f"✗ {self.nodeid}\n  {error}"
            raise CaseFailure(_lines(text), str(error).splitlines()[0]) from None
        judged = verdict.direction(self.name)
        if judged.note is not None:
            if not self.config.getini("strict"):
                pytest.skip(f"unsupported: {judged.note}")
            message = f"unsupported: {judged.note}"
            raise CaseFailure(_lines(f"✗ {self.nodeid}\n  {message} (--strict)"), message)
        if judged.status == "failed":
            lines = terminal.describe_failure(
                verdict, self.name, self.file.nodeid, state.engine_name, self._look()
            )
            found = symptoms(verdict, self.file.nodeid)
            own = [symptom for symptom in found if symptom.direction == self.name]
            raise CaseFailure(lines, terminal.one_line(verdict, self.name), own or found)
        if self.name == "backward" and self.config.getoption("gradcheck"):
            self._check_reference()
        if state.is_default and state.oracle == "torch":
            self._check_snapshot(request)

    def _look(self) -> tuple[list[str], str]:
        """The command that writes a report with this case, and its place there, both from here."""
        state = self.config.stash[STATE]
        root = state.root_of(self.path) or self.path
        cases, case = (Path(os.path.relpath(path)).as_posix() for path in (root, self.path))
        command = ["harness", "report", "--engine", state.engine_name]
        command += [] if cases == "cases" else ["--cases", cases]
        command += [] if state.oracle == "torch" else ["--oracle", state.oracle]
        return [*command, "-o", "report.html"], f"report.html#{case}"

    def _check_reference(self) -> None:
        from harness.engines import reference
        from harness.language.case import KINK

        case = self.file.case
        problem = reference.gradcheck(case.program, numeric=KINK not in case.tags)
        if problem is not None:
            raise CaseFailure(_lines(f"✗ {self.nodeid}\n  {problem} (--gradcheck)"), problem)

    def _check_snapshot(self, request: pytest.FixtureRequest) -> None:
        from harness.judging import oracle, snapshot
        from harness.judging.verdict import numbers as recorded_numbers
        from harness.judging.verdict import tolerances

        verdict = self.file.verdict
        truth = verdict.truth
        numbers = recorded_numbers(truth, self.name)
        text = snapshot.render(numbers, oracle.source(self.file.case))
        path = self.path.with_suffix("") / f"{self.name}.yml"
        try:
            if path.read_bytes() == text.encode():
                return
        except FileNotFoundError:
            pass
        # pytest-regressions does the rest. Its fixtures are asked for only here, because setting
        # them up costs as much as everything else an item does.
        rtol, atol = tolerances(self.file.case, truth, self.name)
        name = os.path.relpath(path, self.config.rootpath)

        def check(obtained: Path, expected: Path) -> None:
            obtained.unlink()
            recorded = snapshot.parse(expected.read_text(encoding="utf-8"), name)
            lines = snapshot.differences(recorded, numbers, rtol, atol)
            assert not lines, "\n".join(lines)

        folder = self.path.with_suffix("")
        pytest.register_fixture(name="original_datadir", func=lambda: folder, node=self.file)
        try:
            request.getfixturevalue("file_regression").check(
                text, basename=self.name, extension=".yml", check_fn=check
            )
        except pytest.fail.Exception as report:
            done = "regenerated" if "regenerating" in str(report.msg) else "recorded"
            raise CaseFailure(
                _lines(f"{done} {name} from torch's numbers: look at them, run again, commit"),
                f"snapshot {done}: look at it, run again, commit",
            ) from None
        except snapshot.SnapshotError as error:
            raise CaseFailure(_lines(f"✗ {self.nodeid}\n  {error}"), str(error)) from None
        except AssertionError as error:
            told = "\n  ".join(str(error).splitlines())
            raise CaseFailure(
                _lines(
                    f"✗ {self.nodeid}\n  torch no longer gives what {name} holds:\n  {told}\n"
                    "  if the case was changed on purpose, record it anew with --force-regen"
                ),
                "the snapshot differs from torch's numbers",
            ) from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return _represent(self, excinfo) or super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.nodeid


# -- failures --------------------------------------------------------------------------------------


class CaseFailure(Exception):
    """A pass that failed: lines for a person, one line for a summary, and for the engine's failures
    what is wrong first."""

    def __init__(self, lines: list[Line], summary: str, symptoms: Iterable[Symptom] = ()) -> None:
        super().__init__(summary)
        self.lines = lines
        self.summary = summary
        self.symptoms = tuple(symptoms)


def _lines(text: str) -> list[Line]:
    return [[(line, "wrong" if line.startswith("✗") else "")] for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class Crash:
    """Where and what, as pytest's short summary and JUnit files ask for it."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


STYLES: dict[str, dict[str, bool]] = {
    "bold": {"bold": True},
    "wrong": {"purple": True, "bold": True},
    "value": {"green": True},
    "gradient": {"red": True},
    "faint": {"light": True},
}


def print_lines(writer: Any, lines: Sequence[Line]) -> None:
    """Lines to pytest's terminal, in colour where it has any, in ASCII where it has no more."""
    from harness.showing.terminal import ascii_only

    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    unicode = encoding.lower().replace("-", "").startswith("utf")
    for line in lines:
        for text, style in line:
            writer.write(text if unicode else ascii_only(text), **STYLES.get(style, {}))
        writer.line()


class Representation:
    """A failure as pytest prints it: coloured on a terminal, plain text elsewhere."""

    def __init__(self, lines: Sequence[Line], crash: Crash) -> None:
        self.lines = lines
        self.reprcrash = crash

    def __str__(self) -> str:
        from harness.showing.terminal import plain

        return plain(self.lines)

    def toterminal(self, writer: Any) -> None:
        print_lines(writer, self.lines)


def restored(report: pytest.TestReport) -> Any:
    """A failure's representation where it has come as text, from another process."""
    if not isinstance(report.longrepr, str) or not hasattr(report, "harness_summary"):
        return report.longrepr
    crash = Crash(report.nodeid, 1, report.harness_summary)
    return Representation(_lines(report.longrepr), crash)


def _represent(
    item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]
) -> Representation | None:
    error = excinfo.value
    if not isinstance(error, CaseFailure):
        return None
    return Representation(error.lines, Crash(str(item.path), 1, error.summary))


# -- reports --------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed case's report carries its symptom, from xdist's workers too."""
    report = yield
    failure = call.excinfo.value if call.excinfo is not None else None
    if isinstance(failure, CaseFailure):
        vars(report)["harness_summary"] = failure.summary
    if isinstance(failure, CaseFailure) and failure.symptoms:
        vars(report)["harness_symptoms"] = [asdict(symptom) for symptom in failure.symptoms]
    return report


# -- the session -----------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cases run from easy to hard, so that ``-x`` stops at the first rung that does not hold."""
    places = [i for i, item in enumerate(items) if isinstance(item, CaseItem)]
    climb = [item for item in items if isinstance(item, CaseItem)]
    climb.sort(key=lambda item: (*item.file.case.rung, item.file.nodeid))
    for i, item in zip(places, climb, strict=True):
        items[i] = item


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Spares a process that is about to end from tidying up torch's objects one by one."""
    if STATE in config.stash and "torch" in sys.modules:
        gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Errors in case files alone do not keep the other cases from running."""
    broken = session.config.stash[STATE].broken
    if broken and session.testsfailed == len(broken):
        session.config.option.continue_on_collection_errors = True
