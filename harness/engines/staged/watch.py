"""What a run of staged code writes, noted; and the numbers that are written made values."""

from __future__ import annotations

import builtins
import re
import sys
from contextlib import suppress
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged import rewriting, shapes
from harness.engines.staged.branching import Branches
from harness.engines.staged.helping import whole
from harness.engines.staged.modules import BUILTINS
from harness.engines.staged.nodes import SAME, STORE, Node, Recording, Write
from harness.engines.staged.objects import Objects, is_own
from harness.engines.staged.supplied import MODULES
from harness.engines.staged.tape import TAPE, Refusal
from harness.engines.staged.training import Turns
from harness.engines.staged.values import BLANK, Blank, Value, current, leaf, note

MOST_WRITES: Final = 20_000
DEEPEST: Final = 4
"""Lists of lists are followed so deep."""

_GRADIENT: Final = r"\b(?:\w*d_?|grad_|nabla_|g_?){0}\b|\b{0}_grad\b"
"""How it shows that a text has the gradient of a name."""
_ALIKE: Final = re.compile(r"(?:d|grad|nabla|g_|g(?=[A-Z]))_?\w+|\w+_grad")
"""What the name of a gradient looks like."""


def _is_new(item: Value) -> bool:
    """Whether a value has no name yet."""
    return not isinstance(item, Blank) and item.node.op != SAME


def _called_at(line: int) -> int:
    """The line that has called the function whose parameters are noted; else its own."""
    frame = sys._getframe(2).f_back
    own = frame is not None and frame.f_code.co_filename == TAPE.file
    return frame.f_lineno if frame is not None and own else line


class Watch:
    """Notes what is written, and makes values of the numbers that are."""

    def __init__(self, recording: Recording, given: dict[str, Any], text: str) -> None:
        self.recording, self.given, self.text = recording, given, text
        self.scopes = 0
        self.lists: set[str] = set()
        self.objects = Objects()

    def builtins(self) -> dict[str, Any]:
        own = {
            rewriting.NAMED: self.named,
            rewriting.WRITTEN: self.written,
            rewriting.HELD: self.held,
            rewriting.BLANKED: BLANK,
            rewriting.WHOLE: whole,
            rewriting.ENTERED: self.entered,
            rewriting.TURNED: Turns(self.recording).turned,
            rewriting.APPENDED: self.appended,
            rewriting.SHOWN: remainder,
            rewriting.TESTED: (branches := Branches()).tested,
            rewriting.FLAGGED: branches.flagged,
            rewriting.BRANCHED: branches.branched,
        }
        return {**vars(builtins), **BUILTINS, **own, "__import__": self.imported}

    def entered(self, method_of: Any = None) -> int:
        """The number of a call that begins."""
        self.scopes += 1
        if method_of is not None:
            self.objects.owners[self.scopes] = self.objects.number(method_of)
        return self.scopes

    def imported(self, name: str, *args: Any) -> Any:
        top, _, inner = name.partition(".")
        if top not in MODULES:
            return __import__(name, *args)
        module: Any = MODULES[top]
        wanted = args[2] if len(args) > 2 else None
        if inner and wanted:
            for part in inner.split("."):
                module = getattr(module, part)
        return module

    def named(
        self, name: str, line: int, item: Any, literal: bool, how: str = "=", scope: int = 0
    ) -> Any:
        """What a name holds after a statement has assigned ``item`` to it."""
        if TAPE.paused:
            return item
        if how == "parameter":
            how, line = "for", _called_at(line)
        if item is Ellipsis or isinstance(item, Blank):
            self._write(name, line, None, how, scope)
            return BLANK
        if isinstance(item, (list, tuple, dict)) and how == "=":
            return self._held(name, line, item, scope)
        if is_own(item):
            self._object(name, line, item)
        if name in self.given and not literal and how == "=":
            raise Refusal(languages.told("staged", "given-and-computed", name=name))
        if isinstance(item, Value):
            node = current(item)
            if how == "=":
                item = type(item)(item.data, note(SAME, [item], {}, item.data).node, item.whole)
                node = item.node
            self._write(name, line, node, how, scope)
            return item
        if self.given and name in self.given and literal:
            item = self.given.pop(name)
        kinds = (np.ndarray, np.floating, float)
        if isinstance(item, bool) or not isinstance(item, (*kinds, int) if literal else kinds):
            return item
        if isinstance(item, np.ndarray) and item.dtype.kind not in "fiub":
            return item
        value = leaf(item)
        if isinstance(item, np.ndarray):
            value.data = item if item.dtype == value.data.dtype else value.data
        self._write(name, line, value.node, how, scope)
        return value

    def _held(self, name: str, line: int, held: Any, scope: int) -> Any:
        """A list or the like: its items are followed; a gradient of an array is one array."""
        if _ALIKE.fullmatch(name) and not isinstance(held, dict):
            if self._is_beside_a_list(name):
                return self._items(name, line, held, scope, True)
            with suppress(Exception):  # what is no array is no gradient
                made = shapes.array(held)
                node = made.node if isinstance(made, Value) else leaf(np.array(made, float)).node
                self._write(name, line, node, "=", scope)
            return held
        numbers = re.search(_GRADIENT.format(re.escape(name)), self.text) is not None
        if isinstance(held, dict) and any(isinstance(item, float) for item in held.values()):
            return self._items(name, line, held, scope, True)
        if numbers:
            self.lists.add(name)
        return self._items(name, line, held, scope, numbers)

    def _items(
        self, name: str, line: int, held: Any, scope: int, numbers: bool, depth: int = 0
    ) -> Any:
        """A list, a tuple or a dictionary with the arrays in it followed, each of which the name
        then stands for; plain ``numbers`` too, where there are gradients of them."""
        keys = list(held) if isinstance(held, dict) else range(len(held))
        items = {key: held[key] for key in keys}
        kinds = (np.ndarray, float, int) if numbers else np.ndarray
        for place, (key, item) in enumerate(items.items()):
            if isinstance(item, (list, tuple, dict)) and depth < DEEPEST:
                items[key] = self._items(name, line, item, scope, numbers, depth + 1)
            elif isinstance(item, kinds) and not isinstance(item, bool):
                if not isinstance(item, np.ndarray) or item.dtype.kind == "f":
                    items[key] = leaf(item)
                    own = f"{name}[{key!r}]" if isinstance(key, str) else name
                    self._write(own, line, items[key].node, "[]", scope, place)
            elif isinstance(item, Value) and (numbers if isinstance(key, int) else _is_new(item)):
                own = f"{name}[{key!r}]" if isinstance(key, str) else name
                self._write(own, line, current(item), "[]", scope, place)
        if isinstance(held, tuple):
            made = tuple(items.values())
            return type(held)(*made) if hasattr(held, "_fields") else made
        for key, item in items.items():
            held[key] = item
        return held

    def held(
        self, name: str, line: int, whole: Any, key: str, literal: bool, how: str, scope: int
    ) -> None:
        """An attribute of an object was written, such as ``self.dW`` or ``x.grad``."""
        item = getattr(whole, key)
        if isinstance(whole, Value):
            if not TAPE.paused and isinstance(item, Value):
                node = None if isinstance(item, Blank) else current(item)
                self._write(name, line, node, "[]", scope)
            return
        name, scope = self.objects.named(whole, key, name)
        found = self.named(name, line, item, literal, how, scope)
        if found is not item:
            with suppress(AttributeError, TypeError):  # it may not be written like that again
                setattr(whole, key, found)

    def _object(self, name: str, line: int, whole: Any) -> None:
        """An object: the arrays in it that no statement has written are followed, too."""
        for key, item in list(vars(whole).items()):
            fresh = isinstance(item, Value) and not self.objects.has(whole, key) and _is_new(item)
            if isinstance(item, np.ndarray) or fresh:
                own, scope = self.objects.named(whole, key, f"{name}.{key}")
                vars(whole)[key] = self.named(own, line, item, False, "=", scope)

    def written(
        self,
        name: str,
        line: int,
        whole: Any,
        part: Any,
        key: Any,
        scope: int,
        holder: Any = None,
        attribute: str = "",
    ) -> None:
        """A part of something was written to: of an array, or of a list or the like. ``holder`` is
        the object that has it, as its ``attribute``."""
        if TAPE.paused:
            return
        if attribute and not isinstance(holder, Value):
            first, *rest = name.partition("[")
            first, scope = self.objects.named(holder, attribute, first)
            name = "".join((first, *rest))
        place = None
        if isinstance(key, str) and "[" not in name:
            name = f"{name}[{key!r}]"
        elif isinstance(whole, (list, dict)) and isinstance(key, (int, Value)):
            place = int(key) if isinstance(whole, dict) else range(len(whole))[int(key)]
        held_so = isinstance(whole, (list, dict)) and key is not None
        if held_so and isinstance(part, np.ndarray) and part.dtype.kind == "f":
            whole[key] = part = leaf(part)
        item = whole if isinstance(whole, Value) else part
        if isinstance(item, Blank) or item is Ellipsis:
            self._write(name, line, None, "[]", scope, place)
        elif isinstance(item, Value):
            node = current(item)
            put = _put(node, key) if item is whole and self._is_beside_a_list(name) else None
            if put is not None:
                node, place = put, range(len(whole))[int(key)]
            self._write(name, line, node, "[]", scope, place)

    def _is_beside_a_list(self, name: str) -> bool:
        """Whether it is named as the gradient of a list, whose items are steps of their own."""
        return any(re.fullmatch(_GRADIENT.format(re.escape(own)), name) for own in self.lists)

    def appended(self, name: str, line: int, whole: Any, scope: int, *held: Any) -> None:
        """Something was appended to a list."""
        if isinstance(whole, list) and whole:
            self.written(name, line, whole, whole[-1], len(whole) - 1, scope, *held)

    def _write(
        self, name: str, line: int, node: Any, how: str, scope: int, place: int | None = None
    ) -> None:
        if len(self.recording.writes) >= MOST_WRITES:
            raise Refusal(languages.told("staged", "too-many-names", count=MOST_WRITES))
        owner = -scope if scope < 0 else self.objects.owners.get(scope, 0)
        self.recording.writes.append(Write(name, line, node, how, scope, place, owner))


def _put(node: Node, key: Any) -> Node | None:
    """What was written into an array in one place; None where it is not one thing for it all."""
    if node.op != STORE or not isinstance(key, (int, Value)):
        return None
    given = node.operands[1]
    whole = isinstance(given, Node) and given.value.size == np.size(node.parameters["places"])
    return given if whole and isinstance(given, Node) else None


def remainder(one: Any, other: Any) -> Any:
    """``one % other``, which of a text is the text with the numbers filled in."""
    return one % _shown(other) if isinstance(one, str) else one % other


def _shown(item: Any) -> Any:
    """The numbers of values that are to be shown."""
    if isinstance(item, Value):
        return item.data.item() if item.data.size == 1 else item.data
    if isinstance(item, tuple):
        return tuple(map(_shown, item))
    return {key: _shown(one) for key, one in item.items()} if isinstance(item, dict) else item
