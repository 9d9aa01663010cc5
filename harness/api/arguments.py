"""Arguments of a wrong kind are told before anything is done with them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from os import PathLike, fspath
from typing import Any

from harness.api.words import said


def need_seconds(timeout: Any) -> None:
    """Raises TypeError where it is no number, and ValueError where it is no time."""
    if not isinstance(timeout, Real):
        raise TypeError(said("timeout-number", timeout=timeout))
    if not 0 < float(timeout) < math.inf:
        raise ValueError(said("timeout-some", timeout=timeout))


def need_mapping(name: str, given: Any) -> None:
    """Raises TypeError where it gives no numbers names."""
    if not isinstance(given, Mapping):
        raise TypeError(said("dict-of-numbers", name=name, given=given))


def need_function(name: str, given: Any) -> None:
    """Raises TypeError for what cannot be called."""
    if not callable(given):
        raise TypeError(said("no-function", name=name, given=given))


def detached(given: Any) -> Any:
    """The numbers of a tensor that is part of a graph; anything else as it is."""
    return given.detach() if hasattr(given, "detach") else given


def path(name: str, given: Any) -> str:
    """A path. Raises TypeError for what is none."""
    if not isinstance(given, str | PathLike):
        raise TypeError(said("no-path", name=name, given=given))
    return fspath(given)


def paths(name: str, given: Any) -> list[str]:
    """One path, or several. Raises TypeError for what is none."""
    several = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return [path(name, one) for one in several]
