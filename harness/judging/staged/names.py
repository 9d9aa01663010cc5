"""Names that people give to gradients: ``dx``, ``dL_dx``, ``grad_x``, ``x.grad``, ``delta2`` …"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Final

LOSSES: Final = frozenset({"l", "j", "e", "c", "loss", "cost", "err", "error", "out", "output"})
"""What the output is called in ``dL_dx`` where no step has that name."""

SHORTENED: Final = 3
"""So many letters of a name stand for the whole of it: ``dinn`` is the gradient of ``innov``."""

_PARTS: Final = re.compile(r"d_?(?P<of>\w+?)_?_d_?(?P<by>\w+)|d(?P<of2>\w+?)d(?P<by2>\w+)")
_WHOLE: Final = (
    re.compile(r"(?:grad|g|d|delta|bar|adj|gradient|nabla)_(?P<by>\w+)"),
    re.compile(r"(?P<by>\w+?)_(?:grad|bar|delta|gradient|adj|error)"),
    re.compile(r"(?P<by>\w+)\.(?:grad|g|dx)"),
    re.compile(r"(?:grad|d|D|g)(?P<by>\w+)"),
    re.compile(r"(?P<by>\w+?)grad"),
)
_DELTA: Final = re.compile(r"(?:delta|d)_?(?P<number>\d+)")
_ERROR: Final = re.compile(r"delta_?\w*|\w+_delta|d_?\d+")
_ALIKE: Final = re.compile(
    r"(d|D|grad|delta|nabla|g_|g(?=[A-Z]))\w.*|\w+(_grad|_bar|_error|_delta|\.grad|\.g)"
    r"|g|grad|delta|gradient|upstream"
)
_HELD: Final = re.compile(r"(?:[\w.]+\.)?(?P<holder>\w+)(?:\['(?P<key>\w+)'\]|\.(?P<part>\w+))")
"""An item of a dictionary, or an attribute of an object."""
_HOLDERS: Final = re.compile(r"(\w*_)?(d|g|grad|grads|gradient|gradients|dparams)(_\w*)?")
_GRADIENT: Final = frozenset({"grad", "g", "dx", "gradient"})
"""Attributes that hold the gradient of what they are an attribute of."""
OWN: Final = "self.dx"
"""What a layer keeps of the gradient of its x."""


def is_alike(name: str) -> bool:
    """Whether a name looks like that of a gradient, whatever it is the gradient of."""
    held = _held(name)
    if held is not None:
        return is_item_of_gradients(name) or is_alike(held[1])
    if name == "self.g":
        return False  # a gain as well, unless it stands beside what it is the gradient of
    return bool(_ALIKE.fullmatch(name))


def _held(name: str) -> tuple[str, str] | None:
    """Of an item or an attribute that is called itself: what it is of, and its own name there."""
    found = _HELD.fullmatch(name)
    if found is None or (found["part"] in _GRADIENT and name != OWN):
        return None
    return found["holder"], found["key"] or found["part"]


def is_item_of_gradients(name: str) -> bool:
    """Whether a name is that of an item of what is called gradients: ``grads['W1']``."""
    held = _held(name)
    return held is not None and _HOLDERS.fullmatch(held[0]) is not None


def is_gradient_of_its_object(name: str) -> bool:
    """Whether a name is that of an attribute such as ``w.grad``."""
    found = _HELD.fullmatch(name)
    return found is not None and found["part"] in _GRADIENT and name != OWN


def meant(
    name: str, known: Collection[str], outputs: Collection[str] = (), loosely: bool = True
) -> str | None:
    """The step, of those that are ``known``, whose gradient a name holds by the usual conventions;
    None where it is no such name. ``dq_dx`` is one where q is among the ``outputs``, or is
    no step but a usual name of a loss. Letters may differ a little, where that is asked
    ``loosely``."""
    for base in _meant(name, known, outputs):
        found = _known(base, known, loosely)
        if found is not None:
            return found
    return None


def is_error(name: str) -> bool:
    """Whether a name is that of an error signal, which may be meant before the activation."""
    return bool(_ERROR.fullmatch(_key(name)))


def activation(name: str, known: Collection[str]) -> str | None:
    """The step of the layer that an error signal is numbered after: ``a2`` of ``delta2``."""
    found = _DELTA.fullmatch(_key(name))
    own = {f"{letter}{found['number']}" for letter in "aAhHlL"} & set(known) if found else set()
    return own.pop() if len(own) == 1 else None


def is_of_another_turn(name: str, base: str) -> bool:
    """Whether a name is that of the gradient of a step in the next or the last turn of a loop:
    ``dc_next`` of c."""
    stem = re.sub(r"_?(?:next|prev|previous|last|cur|acc|later)_?", "", name)
    return bool(base) and stem != name and meant(stem, {base}) is not None


def is_partial(name: str, known: Collection[str], outputs: Collection[str]) -> bool:
    """Whether a name is that of a local derivative, of one step by another."""
    for found in _PARTS.finditer(name):
        if found.end() != len(name):
            continue
        of, by = found["of"] or found["of2"], found["by"] or found["by2"]
        if _known(by, known) and _known(of, known) and _known(of, known) not in outputs:
            return True
    return any(
        _known(of, known) not in (None, *outputs) and _known(by, known) is not None
        for of, by in _parted(name)
    )


def parts(name: str, known: Collection[str]) -> tuple[str, str] | None:
    """The two steps of a local derivative's name; None where it is none."""
    for of, by in _parted(name):
        whole, part = _known(of, known), _known(by, known)
        if whole is not None and part is not None:
            return whole, part
    return None


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """``dqdx`` and ``dq_dx`` in two, wherever a d may stand."""
    if not name.startswith("d"):
        return
    for place in range(2, len(name) - 1):
        if name[place] == "d":
            yield name[1:place].strip("_"), name[place + 1 :].strip("_")


def _meant(name: str, known: Collection[str], outputs: Collection[str]) -> Iterator[str]:
    held = _held(name)
    if held is not None:
        holder, key = held
        if _HOLDERS.fullmatch(holder):
            yield key
        yield from _meant(key, known, outputs)
        return
    if name.startswith("d") and name[1:] in known:
        yield name[1:]
        return
    for of, by in _parted(name):
        whole = _known(of, known)
        if whole in outputs or (whole is None and of.lower() in LOSSES):
            yield by
    if not is_partial(name, known, outputs):
        for pattern in _WHOLE:
            if found := pattern.fullmatch(name):
                yield found["by"]
    if found := _DELTA.fullmatch(name):
        yield f"z{found['number']}"
        yield f"Z{found['number']}"


def _known(base: str, known: Collection[str], loosely: bool = True) -> str | None:
    """The step that is called so; or else, but for the case of letters, underscores and a plural s,
    the only one."""
    if not base:
        return None
    if base in known:
        return base
    for loosened in (_key, _loose, _singular, _turn) if loosely else (_key,):
        own = loosened(base)
        alike = {name for name in known if own and loosened(name) == own}
        if len(alike) == 1:
            return alike.pop()
    if not loosely or len(base) < SHORTENED:
        return None
    begun = {name for name in known if _key(name).startswith(base) and not is_alike(name)}
    return begun.pop() if len(begun) == 1 else None


def distinct(known: Mapping[str, Hashable]) -> set[str]:
    """The names, each with what it stands for, but for those of items that are the same in another
    dictionary: ``p['W']`` is ``self.params['W']``."""
    first: dict[tuple[str, Hashable], str] = {}
    for name, what in known.items():
        first.setdefault((_key(name), what), name)
    return {name for name, what in known.items() if first[_key(name), what] == name}


def _key(name: str) -> str:
    """What an item of a dictionary, or an attribute, is called there."""
    held = _held(name)
    return name if held is None else held[1]


def _loose(name: str) -> str:
    return _key(name).replace("_", "").lower()


def _turn(name: str) -> str:
    """The name without what says that it is only that of one turn: ``db_i``, ``dx_t``."""
    return _loose(re.sub(r"_(?:[ijknt]|step|temp|tmp)$", "", _key(name)))


def _singular(name: str) -> str:
    return _loose(name).removesuffix("s")
