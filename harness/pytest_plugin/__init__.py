"""pytest: a YAML file that is a case becomes two items, ``::forward`` and ``::backward``.

Installed beside other projects' tests, this module is imported by all their runs: it only decides
whether a file is a case. Everything else is imported when one is.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from harness import languages
from harness.pytest_plugin import files, options
from harness.pytest_plugin.state import FOLDER, STATE, State, state_of


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_long(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, object, object]:
    result = yield
    options.add_short(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    state = config.stash[STATE] = State(config)
    state.find_places()
    state.keep_ids()
    if config.option.markers and (state.roots or state.suite in state.named):
        from harness.pytest_plugin.session import list_tags

        list_tags(state)
    asked = any(state.given(name) for name in ("engine", "oracle", "xfail", "level", "upto"))
    if asked or (state.used and state.runs_cases):
        from harness.pytest_plugin.session import check_options

        check_options(state)


def pytest_unconfigure(config: pytest.Config) -> None:
    if STATE in config.stash:
        languages.speak(state_of(config).spoke)


def pytest_report_header(config: pytest.Config) -> list[str]:
    state = state_of(config)
    builtin = any(place == state.suite or state.is_builtin(place) for place in state.named)
    if not (state.given("engine") or builtin or any(root.is_dir() for root in state.roots)):
        return []
    from harness.pytest_plugin.session import header

    return header(state, builtin)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A case's folder of snapshots is no folder of tests: to collect it takes long, and in vain.
    One that holds anything else, or whose case is gone, is collected, and its strays fail."""
    return files.is_folder_of_snapshots(str(collection_path), state_of(config)) or None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not files.is_ours(file_path, state_of(parent.config)):
        return None
    from harness.pytest_plugin import items, session

    session.begin(parent.config)
    gc.disable()  # until all is collected: nothing of it is garbage
    return items.collector_of(file_path, parent)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """With xdist, it is other processes that collect, and this one that sums up."""
    if any(".yaml::" in id for id in ids):
        from harness.pytest_plugin.session import begin

        begin(node.config)


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int
) -> Generator[None, object, object]:
    """Says why where cases were asked for and none was collected."""
    result = yield
    state = state_of(terminalreporter.config)
    asked = state.given("engine") or any(
        place.suffix in (".yaml", ".yml") or place.name == FOLDER for place in state.named
    )
    nothing = (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR)
    if exitstatus in nothing and asked and not state.collected:
        from harness.pytest_plugin.session import nothing_collected

        for line in nothing_collected(state):
            terminalreporter.write_line(line)
    return result
