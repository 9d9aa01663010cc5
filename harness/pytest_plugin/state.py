"""What a session knows: where cases are, the engine, the truth, and what is expected to fail.

This is made in every run of pytest. What needs more than pytest is imported when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness import configuration, languages
from harness.bundled import bundled
from harness.configuration import ConfigurationError, Setting
from harness.pytest_plugin import options
from harness.pytest_plugin.words import said

if TYPE_CHECKING:
    from harness.engines.engine import Engine
    from harness.judging.oracle import Oracle

DEFAULT_ENGINE: Final = "minigrad"
FOLDER: Final = "cases"
"""What the ids of built-in cases begin with."""


class State:
    """Of one session. ``named`` are the places on its command line; ``tags`` are those that pytest
    knows as markers, ``broken`` the files that are no cases; ``collected`` tells whether there is
    any case."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        try:
            self.set: dict[str, Setting] = configuration.settings()
        except ConfigurationError as error:
            raise pytest.UsageError(str(error)) from None
        language = self.set.get("language")
        self.spoke = languages.spoken()
        languages.speak(language.value if language else languages.of_system())
        self.roots = tuple(Path(os.path.abspath(path)) for path in self._places())
        self.suite = bundled(FOLDER)
        self.named: tuple[Path, ...] = ()
        self.engine_name: str = self.option("engine") or DEFAULT_ENGINE
        self.tags: set[str] = set()
        self.broken: set[str] = set()
        self.collected = False

    def mark(self, tags: Iterable[str]) -> None:
        """Makes markers of tags."""
        for tag in {*tags} - self.tags:
            self.config.addinivalue_line("markers", said("tag-marker", tag=tag))
        self.tags.update(tags)

    def option(self, name: str) -> Any:
        """The value of ``--harness-NAME``; of ``engine``, where it is not given, what is set."""
        value = options.value(self.config, name)
        if value is None and name in self.set:
            return self.set[name].value
        return value

    def given(self, name: str) -> Any:
        """The same, of the command line alone."""
        return options.value(self.config, name)

    def _places(self) -> Iterator[Path]:
        """The folders of cases, by pytest's own settings and by ours."""
        yield from self.config.getini("case_paths")
        own = self.set.get("cases")
        yield from (Path(text) for text in (own.value if own else ()) if Path(text).is_dir())

    @property
    def runs_cases(self) -> bool:
        """Whether the run may come upon cases."""
        return any(root.is_dir() for root in self.roots) or any(
            place == self.suite or self.is_builtin(place) or place.suffix == ".yaml"
            for place in self.named
        )

    @property
    def used(self) -> dict[str, Setting]:
        """The settings that no option has overruled."""
        ladder = self.given("level") or self.given("upto")
        overruled = {"engine": self.given("engine"), "levels": ladder}
        known = ("engine", "levels", "cases")
        return {key: self.set[key] for key in known if key in self.set and not overruled.get(key)}

    @property
    def strict(self) -> bool:
        """Whether a case that the engine cannot run fails. pytest's own setting of that name does
        not mean it; the word on the command line does."""
        asked = "--strict" in map(str, self.config.invocation_params.args)
        return asked or bool(self.option("strict"))

    @property
    def regenerates(self) -> bool:
        """Whether pytest-regressions is asked to record anew."""
        return any(self.config.getoption(name, False) for name in ("force_regen", "regen_all"))

    @cached_property
    def width(self) -> int:
        """How wide the lines of a failure may be."""
        from harness.showing.lines import room

        return room(self.config.get_terminal_writer().fullwidth)

    # -- what is judged, and by what ---------------------------------------------------------------

    @cached_property
    def engine(self) -> Engine:
        """The engine; raises EngineError."""
        from harness.engines.loading import PEER, load
        from harness.grading.fence import TIMEOUT, fenced

        name = self.option("engine") or f"{PEER}{DEFAULT_ENGINE}"
        debugged = any(self.config.getoption(option, False) for option in ("usepdb", "trace"))
        engine: Engine
        if debugged or self.option("in-process"):
            engine = load(name)
            engine.keeps_error = debugged
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
        from harness.judging.oracle import Oracle, asked_for

        return Oracle(asked_for(self.option("oracle"), self.engine_name))

    @cached_property
    def expected(self) -> dict[str, str]:
        """The reason of each expected failure, by its id; raises ExpectedError."""
        from harness.judging.expected import read

        file = self.option("xfail")
        return {} if file is None else read(file, self.config.rootpath)

    @cached_property
    def levels(self) -> Collection[str]:
        """The levels of the ladder that are run; raises ValueError."""
        from harness.language.levels import chosen, level_named

        upto = self.option("upto")
        own = self.used.get("levels")
        texts = self.option("level") or (own.value if own else ())
        named = [level_named(text) for text in texts]
        return chosen(named, None if upto is None else level_named(upto))

    # -- places ------------------------------------------------------------------------------------

    def find_places(self) -> None:
        """Lets pytest collect what is asked for: built-in cases, and renamed ones, where they lie.
        ``named`` is all of that, unless it is asked for by a configuration file."""
        config, suite = self.config, str(self.suite)
        here = config.invocation_params.dir
        on_command_line = config.args_source is pytest.Config.ArgsSource.ARGS
        arguments = list(config.args)
        if self.option("builtin"):
            own = arguments if on_command_line else []
            arguments = [*own, *([] if suite in own else [suite])]
        config.args[:] = map(self._found, arguments)
        if on_command_line or self.option("builtin"):
            paths = (argument.partition("::")[0] for argument in config.args)
            self.named = tuple(Path(os.path.abspath(here / path)) for path in paths)

    def _found(self, argument: str) -> str:
        """An argument with the path of a built-in case where it names one that is not here."""
        path, separator, rest = argument.partition("::")
        if not (self.config.invocation_params.dir / path).exists():
            path = str(self._inside(Path(path).parts) or path)
        return f"{path}{separator}{rest}"

    def _inside(self, parts: Sequence[str]) -> Path | None:
        """The place in the built-in suite that a path ``cases/…`` names, from wherever it is told;
        None if there is none."""
        names = [part for part in parts if part != ".."]
        if names[:1] != [FOLDER]:
            return None
        from harness.language.suite import current

        inner = self.suite.joinpath(*current("/".join(names)).split("/")[1:])
        return inner if inner.exists() else None

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
        outside = self.suite != self.config.rootpath / FOLDER
        return self._builtin_id(path) if self.is_builtin(path) and outside else None

    def keep_ids(self) -> None:
        """Lets pytest tell the ids of built-in cases as they are: they lie in no folder, and least
        of all in one from which the current one is far."""
        relative = self.config.cwd_relative_nodeid

        def told(id: Any) -> Any:  # a text, or what newer versions have for that
            place = str(id).partition("::")[0]
            own = (self.config.rootpath / place).exists()
            return id if place.startswith(f"{FOLDER}/") and not own else relative(id)

        setattr(self.config, relative.__name__, told)

    def pasted(self, path: Path) -> str:
        """A path as it can be given to a command in the current folder."""
        if self.is_builtin(path):
            id = self._builtin_id(path)
            if not Path(id).exists() or Path(id).resolve() == path:
                return id
        return Path(os.path.relpath(path)).as_posix()

    def _builtin_id(self, path: Path) -> str:
        return f"{FOLDER}/{path.relative_to(self.suite).as_posix()}"


STATE: Final = pytest.StashKey[State]()


def state_of(config: pytest.Config) -> State:
    """That of the session with this configuration."""
    return config.stash[STATE]
