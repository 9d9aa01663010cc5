"""The plugin's options: each ``--harness-NAME``, and ``--NAME`` where nobody else has that."""

from __future__ import annotations

import argparse
from typing import Any, Final

import pytest

from harness.pytest_plugin.words import said


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(said("no-seconds", text=text))
    return seconds


OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "engine": {
        "metavar": "ENGINE",
        "help": "the engine to test: a file (my_engine.py), a module (my.engine), either with the "
        "class's name after a colon (my_engine.py:Tensor), or an engine that is installed "
        "(peer:micrograd). Default: minigrad, the model engine",
    },
    "oracle": {
        "choices": ("torch", "recorded"),
        "help": "where the truth comes from: torch itself, or its numbers as recorded in the "
        "snapshots. Default: torch for minigrad; for any other engine what is recorded, and torch "
        "where nothing is",
    },
    "dtype": {
        "choices": ("float64", "float32"),
        "help": "judge in this precision. Default: float64, and float32 where the engine is found "
        "to compute in that",
    },
    "builtin": {
        "action": "store_true",
        "help": "run the cases that come with the harness, whatever the current folder holds; a "
        "case of yours takes the place of the built-in one with the same id",
    },
    "level": {
        "action": "append",
        "metavar": "LEVEL",
        "help": "run only the cases of this level of the ladder, by its number or name (3, 'reuse "
        "and order', or a beginning: reuse); may be repeated",
    },
    "upto": {
        "metavar": "LEVEL",
        "help": "run only the cases up to this level of the ladder",
    },
    "xfail": {
        "metavar": "FILE",
        "help": "a YAML file of expected failures, each with its reason (peer:micrograd: those of "
        "a peer); one that passes is an error",
    },
    "write-xfail": {
        "metavar": "FILE",
        "help": "write what has failed in this run to such a file; reasons that are there are kept",
    },
    "timeout": {
        "type": _seconds,
        "metavar": "SECONDS",
        "help": "how long an engine may compute on one case (default: 2)",
    },
    "in-process": {
        "action": "store_true",
        "help": "run the engine in pytest's own process, without any limit, for a debugger (--pdb "
        "does so, too)",
    },
    "gradcheck": {
        "action": "store_true",
        "help": "also check the reference itself: torch's numeric gradcheck, and that the "
        "contributions of every step add up (slow)",
    },
}
STRICT: Final[dict[str, Any]] = {
    "action": "store_true",
    "help": "a case whose operations the engine lacks fails, and is not skipped; --strict on the "
    "command line means that, too, beside what it means to pytest",
}
"""``--strict`` itself is pytest's."""


def value(config: pytest.Config, name: str) -> Any:
    """What ``--harness-NAME`` was given."""
    return config.getoption(_dest(name))


def add_long(parser: pytest.Parser) -> None:
    """Adds the options, and the setting of the configuration file."""
    group = parser.getgroup("harness", "autograd harness")
    for name, settings in {**OPTIONS, "strict": STRICT}.items():
        group.addoption(f"--harness-{name}", dest=_dest(name), **settings)
    parser.addini(
        "case_paths",
        "folders below which every *.yaml file is a case. Elsewhere a file is one that looks like "
        "it, in a folder that is named on the command line",
        type="paths",
        default=[],
    )


def add_short(parser: pytest.Parser) -> None:
    """Adds the short names that are left, when all who may want them have had their turn."""
    group = parser.getgroup("harness")
    for name, settings in OPTIONS.items():
        hidden = {**settings, "help": argparse.SUPPRESS}
        try:
            group.addoption(f"--{name}", dest=_dest(name), **hidden)
        except (ValueError, argparse.ArgumentError):
            continue  # somebody else's


def _dest(name: str) -> str:
    return f"harness_{name.replace('-', '_')}"
