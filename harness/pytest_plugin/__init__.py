"""pytest: a YAML file that is a case becomes two items, ``::forward`` and ``::backward``.

Installed beside other projects' tests, this module is imported by all their runs: it only decides
whether a file is a case. Everything else is imported when one is.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Generator, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness.bundled import bundled

if TYPE_CHECKING:
    from harness.engines.engine import Engine
    from harness.judging.oracle import Oracle

DEFAULT_ENGINE: Final = "minigrad"
FOLDER: Final = "cases"
"""What the ids of built-in cases begin with."""

OLDEST: Final = (9, 1)
"""The oldest pytest that has what cases need (``pytest.register_fixture``)."""

KEYS: Final = re.compile(rb"^(about|inputs|constants|expr|steps|expect)[ \t]*:", re.MULTILINE)
SNAPSHOT: Final = re.compile(rb"# (torch \S+|provisional), program [0-9a-f]{16}\n")
LOOKED_AT: Final = 4096
"""How many bytes of a YAML file tell whether it is a case."""


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above zero")
    return seconds


OPTIONS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        "engine",
        {
            "metavar": "ENGINE",
            "help": "the engine to test: a file (my_engine.py), a module (my.engine), either with "
            "the class's name after a colon (my_engine.py:Tensor), or an engine that is installed "
            "(peer:micrograd). Default: minigrad, the model engine",
        },
    ),
    (
        "oracle",
        {
            "choices": ("torch", "recorded"),
            "help": "where the truth comes from: torch itself, or its numbers as recorded in the "
            "snapshots. Default: torch for minigrad; for any other engine what is recorded, and "
            "torch where nothing is",
        },
    ),
    (
        "dtype",
        {
            "choices": ("float64", "float32"),
            "help": "judge in this precision. Default: float64, and float32 where the engine is "
            "found to compute in that",
        },
    ),
    (
        "builtin",
        {
            "action": "store_true",
            "help": "run the cases that come with the harness, whatever the current folder holds; "
            "a case of yours takes the place of the built-in one with the same id",
        },
    ),
    (
        "xfail",
        {
            "metavar": "FILE",
            "help": "a YAML file of expected failures, each with its reason (peer:micrograd: those "
            "of a peer); one that passes is an error",
        },
    ),
    (
        "write-xfail",
        {
            "metavar": "FILE",
            "help": "write what has failed in this run to such a file; reasons that are there are "
            "kept",
        },
    ),
    (
        "timeout",
        {
            "type": _seconds,
            "metavar": "SECONDS",
            "help": "how long an engine may compute on one case (default: 2)",
        },
    ),
    (
        "in-process",
        {
            "action": "store_true",
            "help": "run the engine in pytest's own process, without any limit, for a debugger "
            "(--pdb does so, too)",
        },
    ),
    (
        "gradcheck",
        {
            "action": "store_true",
            "help": "also check the reference itself: torch's numeric gradcheck, and that the "
            "contributions of every step add up (slow)",
        },
    ),
)
"""Each is called ``--harness-NAME``, and ``--NAME`` where nobody else has such an option."""

STATE = pytest.StashKey["State"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "autograd harness")
    for name, settings in OPTIONS:
        group.addoption(f"--harness-{name}", dest=_dest(name), **settings)
    group.addoption(
        "--harness-strict",
        action="store_true",
        help="a case whose operations the engine lacks fails, and is not skipped; --strict on the "
        "command line means that, too, beside what it means to pytest",
    )
    parser.addini(
        "case_paths",
        "folders below which every *.yaml file is a case. Elsewhere a file is one that looks like "
        "it, in a folder that is named on the command line",
        type="paths",
        default=[],
    )


def _dest(name: str) -> str:
    return f"harness_{name.replace('-', '_')}"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, object, object]:
    """Short names, when all who may want them have had their turn."""
    result = yield
    group = parser.getgroup("harness")
    for name, settings in OPTIONS:
        try:
            group.addoption(
                f"--{name}", dest=_dest(name), **{**settings, "help": argparse.SUPPRESS}
            )
        except (ValueError, argparse.ArgumentError):
            continue  # somebody else's
    return result


class State:
    """What a session knows: where cases are, the engine, and which files are not cases."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.roots = tuple(Path(os.path.abspath(path)) for path in config.getini("case_paths"))
        self.suite = bundled(FOLDER)
        self.named: tuple[Path, ...] = ()
        self.engine_name: str = self.option("engine") or DEFAULT_ENGINE
        self.tags: set[str] = set()
        self.broken: set[str] = set()
        self.expected: dict[str, str] = {}
        self.collected = False

    def option(self, name: str) -> Any:
        """The value of ``--harness-NAME``."""
        return self.config.getoption(_dest(name))

    @property
    def strict(self) -> bool:
        """Whether a case that the engine cannot run fails. pytest's own setting of that name does
        not mean it; the word on the command line does."""
        asked = "--strict" in map(str, self.config.invocation_params.args)
        return asked or bool(self.option("strict"))

    @cached_property
    def engine(self) -> Engine:
        """The engine; raises EngineError."""
        from harness.engines.loading import PEER, load
        from harness.grading.fence import TIMEOUT, fenced

        name = self.option("engine") or f"{PEER}{DEFAULT_ENGINE}"
        debugged = any(self.config.getoption(option, False) for option in ("usepdb", "trace"))
        if debugged or self.option("in_process"):
            engine: Engine = load(name)
        else:
            shows = self.config.getoption("capture") == "no"
            engine = fenced(name, self.option("timeout") or TIMEOUT, shows)
        engine.dtype = self.option("dtype")
        return engine

    @cached_property
    def is_default(self) -> bool:
        """Whether snapshots are compared and recorded: never for anybody else's engine."""
        from harness.engines.loading import is_model

        return is_model(self.engine_name)

    @cached_property
    def oracle(self) -> Oracle:
        """Where the truth comes from."""
        from harness.judging.oracle import Oracle, has_torch

        wish = self.option("oracle")
        return Oracle(wish or ("torch" if self.is_default and has_torch() else None))

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """What the path of anything in a folder of cases starts with."""
        return tuple(f"{root}{os.sep}" for root in (*self.roots, self.suite))

    def root_of(self, path: Path) -> Path | None:
        """The folder of cases that ``path`` lies in."""
        return next((root for root in (*self.roots, self.suite) if root in path.parents), None)

    def is_builtin(self, path: Path) -> bool:
        """Whether it is a file of the built-in suite."""
        return self.suite in path.parents

    def is_named(self, path: Path) -> bool:
        """Whether the command line names it, or a folder above it."""
        return any(place == path or place in path.parents for place in self.named)

    def id_of(self, path: Path) -> str | None:
        """The id of a file of the built-in suite that lies outside the root of this run."""
        natural = self.config.rootpath / FOLDER
        if not self.is_builtin(path) or self.suite == natural:
            return None
        return f"{FOLDER}/{path.relative_to(self.suite).as_posix()}"

    def inside(self, parts: Sequence[str]) -> Path | None:
        """The place in the built-in suite that a path ``cases/…`` names, from wherever it is told;
        None if there is none."""
        names = [part for part in parts if part != ".."]
        if names[:1] != [FOLDER]:
            return None
        from harness.language.suite import current

        inner = self.suite.joinpath(*current("/".join(names)).split("/")[1:])
        return inner if inner.exists() else None

    def path_of(self, id: str) -> Path:
        """The file of a case in this run, by its id."""
        own = self.config.rootpath / id
        inner = None if own.exists() else self.inside(Path(id).parts)
        return inner or own

    def pasted(self, path: Path) -> str:
        """A path as it can be given to a command in the current folder."""
        if self.is_builtin(path):
            id = f"{FOLDER}/{path.relative_to(self.suite).as_posix()}"
            if not Path(id).exists() or Path(id).resolve() == path:
                return id
        return Path(os.path.relpath(path)).as_posix()


def pytest_configure(config: pytest.Config) -> None:
    state = config.stash[STATE] = State(config)
    config.args[:] = _places(config, state)
    if config.args_source is pytest.Config.ArgsSource.ARGS or state.option("builtin"):
        here = config.invocation_params.dir
        state.named = tuple(
            Path(os.path.abspath(here / argument.partition("::")[0])) for argument in config.args
        )
    if config.option.markers and (state.roots or state.suite in state.named):
        from harness.pytest_plugin.items import list_tags

        list_tags(state)
    if any(state.option(name) for name in ("engine", "oracle", "xfail")):
        from harness.pytest_plugin.items import check_options

        check_options(state)


def _places(config: pytest.Config, state: State) -> Iterator[str]:
    """What is to be collected, with the paths of built-in cases, and of renamed ones, found."""
    arguments = list(config.args)
    by_default = config.args_source is not pytest.Config.ArgsSource.ARGS
    if state.option("builtin"):
        arguments = [] if by_default else arguments
        arguments += [] if str(state.suite) in arguments else [str(state.suite)]
    for argument in arguments:
        path, separator, rest = argument.partition("::")
        inner = state.inside(Path(path).parts)
        if inner is not None and not (config.invocation_params.dir / path).exists():
            path = str(inner)
        yield f"{path}{separator}{rest}"


def pytest_report_header(config: pytest.Config) -> list[str]:
    state = config.stash[STATE]
    builtin = any(place == state.suite or state.is_builtin(place) for place in state.named)
    if not (state.option("engine") or builtin or any(root.is_dir() for root in state.roots)):
        return []
    from harness.pytest_plugin.items import header

    return header(state, builtin)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A case's folder of snapshots is no folder of tests: to collect it takes long, and in vain.
    One that holds anything else, or whose case is gone, is collected, and its strays fail."""
    path = str(collection_path)
    if not path.startswith(config.stash[STATE].prefixes) or not os.path.isfile(f"{path}.yaml"):
        return None
    if not os.path.isdir(path):
        return None
    with os.scandir(path) as entries:
        known = all(entry.name in SNAPSHOT_FILES for entry in entries)
    return True if known else None


SNAPSHOT_FILES: Final = frozenset({"forward.yml", "backward.yml", "second.yml"})


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml") or file_path.name.endswith(".obtained.yml"):
        return None
    state = parent.config.stash[STATE]
    if state.root_of(file_path) is None and not (
        state.is_named(file_path)
        and (_looks_like_a_case(file_path) or _is_to_be_written(file_path, state))
    ):
        return None
    if state.is_builtin(file_path) and _is_replaced(state, file_path):
        return None
    from harness.pytest_plugin.items import collector_of

    return collector_of(file_path, parent, state)


def _is_replaced(state: State, path: Path) -> bool:
    """Whether a case of one's own has a built-in one's id, and is collected itself."""
    own = state.config.rootpath / FOLDER / path.relative_to(state.suite)
    return own != path and own.is_file() and (state.is_named(own) or bool(state.root_of(own)))


def _looks_like_a_case(path: Path) -> bool:
    """Whether a YAML file has two of a case's own keys, or is a snapshot."""
    try:
        with open(path, "rb") as file:
            text = file.read(LOOKED_AT)
    except OSError:
        return False
    return len(set(KEYS.findall(text))) >= 2 or SNAPSHOT.match(text) is not None


def _is_to_be_written(path: Path, state: State) -> bool:
    """Whether a YAML file with nothing but comments is named itself, or lies beside a case."""
    try:
        with open(path, "rb") as file:
            empty = all(line.strip()[:1] in (b"", b"#") for line in file)
    except OSError:
        return False
    beside = path.parent.glob("*.yaml")
    return empty and (path in state.named or any(map(_looks_like_a_case, beside)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """With xdist, it is other processes that collect, and this one that sums up."""
    if any(".yaml::" in id for id in ids):
        from harness.pytest_plugin.items import begin

        begin(node.config)


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int
) -> Generator[None, object, object]:
    """Says why where cases were asked for and none was collected."""
    result = yield
    state = terminalreporter.config.stash[STATE]
    asked = state.option("engine") or any(
        place.suffix in (".yaml", ".yml") or place.name == FOLDER for place in state.named
    )
    nothing = (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
    if exitstatus in nothing and asked and not state.collected:
        from harness.pytest_plugin.items import nothing_collected

        for line in nothing_collected(state):
            terminalreporter.write_line(line)
    return result
