"""Runs staged code, each statement followed by a note of what it has written."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness.engines.clock import OutOfTime
from harness.engines.failures import describe
from harness.engines.staged import functions
from harness.engines.staged.helping import FOLLOWED, whole
from harness.engines.staged.jax_ import JAX
from harness.engines.staged.modules import BUILTINS, MATH, NUMPY
from harness.engines.staged.nodes import SAME, STORE, Node, Recording, Write
from harness.engines.staged.torch_ import FUNCTIONAL, TORCH
from harness.engines.staged.values import (
    BLANK,
    TAPE,
    Blank,
    Refusal,
    Value,
    column,
    current,
    leaf,
    note,
)

MODULES: Final = {"numpy": NUMPY, "math": MATH, "torch": TORCH, "jax": JAX}
UNSAID: Final = {"math": MATH, "np": NUMPY, "jnp": NUMPY, "torch": TORCH, "F": FUNCTIONAL}
"""What notes leave out to import."""
MOST_WRITES: Final = 20_000
_NAMED, _WRITTEN, _BLANK, _WHOLE = "__named__", "__written__", "__blank__", "__whole__"
_ENTERED, _SCOPE, _APPENDED = "__entered__", "__scope__", "__appended__"
_SHOWN = "__shown__"
_WRITERS: Final = frozenset({"at", "index_add_", "scatter_add_", "scatter_", "add_", "sub_"})
"""Calls that add to an array: to their first operand, or to what they are a method of."""
DEEPEST: Final = 4
"""Lists of lists are followed so deep."""

_GRADIENT: Final = r"\b(?:\w*d_?|grad_|nabla_|g_?){0}\b|\b{0}_grad\b"
"""How it shows that a text has the gradient of a name."""
_ALIKE: Final = re.compile(r"(?:d|grad|nabla|g_|g(?=[A-Z]))_?\w+|\w+_grad")
"""What the name of a gradient looks like."""


def run(
    text: str,
    file: str,
    inputs: Mapping[str, Any],
    helpers: Mapping[str, str] = MappingProxyType({}),
) -> Recording:
    """What the code does, statement by statement. ``inputs`` take the place of what it assigns to
    names of its own first. ``helpers`` are functions of its own of which it is known what they are:
    an operation of the vocabulary, or something that need not be followed."""
    TAPE.__init__()  # type: ignore[misc]
    TAPE.file = file
    recording = Recording(nodes=TAPE.nodes)
    watch = _Watch(recording, dict(inputs), text)
    try:
        tree = ast.parse(text, file)
        code = compile(_Watched(tree, helpers).tree, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 0
        recording.column = getattr(error, "offset", None) or 0
        recording.stopped = line, f"this is not Python: {getattr(error, 'msg', error)}"
        recording.refused = True
        return recording
    scope = {"__name__": "__main__", "__file__": file, "__builtins__": watch.builtins()}
    scope |= UNSAID
    for name, item in inputs.items():
        scope[name] = value = leaf(item)
        recording.writes.append(Write(name, 0, value.node))
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, scope)
    except (Exception, SystemExit, KeyboardInterrupt, OutOfTime) as error:
        if not (isinstance(error, SystemExit) and not error.code):
            line, recording.column = _place(error, file)
            recording.stopped = line, describe(error)
            recording.refused = isinstance(error, Refusal)
            if recording.refused:
                recording.stopped = recording.stopped[0], str(error)
    return recording


def _place(error: BaseException, file: str) -> tuple[int, int]:
    """The last line of the code that an exception has passed, and the column."""
    found, frame = (0, 0), error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if code.co_filename == file:
            found = frame.tb_lineno, column(code, frame.tb_lasti)
        frame = frame.tb_next
    return found


def _is_new(item: Value) -> bool:
    """Whether a value has no name yet."""
    return not isinstance(item, Blank) and item.node.op != SAME


def _called_at(line: int) -> int:
    """The line that has called the function whose parameters are noted; else its own."""
    frame = sys._getframe(2).f_back
    own = frame is not None and frame.f_code.co_filename == TAPE.file
    return frame.f_lineno if frame is not None and own else line


class _Watch:
    """Notes what is written, and makes values of the numbers that are."""

    def __init__(self, recording: Recording, given: dict[str, Any], text: str) -> None:
        self.recording, self.given, self.text = recording, given, text
        self.scopes = 0
        self.lists: set[str] = set()

    def builtins(self) -> dict[str, Any]:
        own = {_NAMED: self.named, _WRITTEN: self.written, _BLANK: BLANK, _WHOLE: whole}
        own |= {_ENTERED: self.entered, _APPENDED: self.appended, _SHOWN: remainder}
        return {**vars(builtins), **BUILTINS, **own, "__import__": self.imported}

    def entered(self) -> int:
        """The number of a call that begins."""
        self.scopes += 1
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
        if name in self.given and not literal and how == "=":
            raise Refusal(f"{name!r} is computed here, and cannot be given as well")
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
                made = functions.array(held)
                node = made.node if isinstance(made, Value) else leaf(np.array(made, float)).node
                self._write(name, line, node, "=", scope)
            return held
        numbers = re.search(_GRADIENT.format(re.escape(name)), self.text) is not None
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
            return held if hasattr(held, "_fields") else tuple(items.values())
        for key, item in items.items():
            held[key] = item
        return held

    def written(self, name: str, line: int, whole: Any, part: Any, key: Any, scope: int) -> None:
        """A part of something was written to: of an array, or of a list or the like."""
        if TAPE.paused:
            return
        place = None
        if isinstance(key, str) and "[" not in name:
            name = f"{name}[{key!r}]"
        elif isinstance(whole, (list, dict)) and isinstance(key, (int, Value)):
            place = int(key) if isinstance(whole, dict) else range(len(whole))[int(key)]
        item = whole if isinstance(whole, Value) and "." not in name else part
        if isinstance(item, Blank) or item is Ellipsis:
            self._write(name, line, None, "[]", scope, place)
        elif isinstance(item, Value):
            node = current(item)
            own = _put(node, key) if item is whole and self._is_beside_a_list(name) else None
            if own is not None:
                node, place = own, range(len(whole))[int(key)]
            self._write(name, line, node, "[]", scope, place)

    def _is_beside_a_list(self, name: str) -> bool:
        """Whether it is named as the gradient of a list, whose items are steps of their own."""
        return any(re.fullmatch(_GRADIENT.format(re.escape(own)), name) for own in self.lists)

    def appended(self, name: str, line: int, whole: Any, scope: int) -> None:
        """Something was appended to a list."""
        if isinstance(whole, list) and whole:
            self.written(name, line, whole, whole[-1], len(whole) - 1, scope)

    def _write(
        self, name: str, line: int, node: Any, how: str, scope: int, place: int | None = None
    ) -> None:
        if len(self.recording.writes) >= MOST_WRITES:
            raise Refusal(f"more than {MOST_WRITES:,} names are written: use fewer turns")
        self.recording.writes.append(Write(name, line, node, how, scope, place))


class _Watched(ast.NodeTransformer):
    """The code with a note after each statement that writes a name."""

    def __init__(self, tree: ast.Module, helpers: Mapping[str, str]) -> None:
        self.helpers, self.depth = helpers, 0
        self.tree = ast.fix_missing_locations(self.visit(tree))

    def visit_Constant(self, node: ast.Constant) -> Any:
        """A blank is written ``...``."""
        if node.value is not Ellipsis:
            return node
        return ast.copy_location(ast.Name(_BLANK, ast.Load()), node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """``"%.4f" % loss`` shows a value, and computes nothing."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Mod):
            return node
        call = ast.Call(ast.Name(_SHOWN, ast.Load()), [node.left, node.right], [])
        return ast.copy_location(ast.fix_missing_locations(ast.copy_location(call, node)), node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        node.value = self.visit(node.value)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not any(isinstance(item, ast.Constant) and item.value is Ellipsis for item in items):
            node.slice = self.visit(node.slice)
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        literal = not any(
            isinstance(part, (ast.Name, ast.Subscript)) and not _is_module(part)
            for part in ast.walk(node.value)
        ) or any(isinstance(part, (ast.IfExp, ast.Compare)) for part in ast.walk(node.value))
        self.generic_visit(node)
        notes = [one for target in node.targets for one in self._notes(target, node, literal)]
        return [node, *notes]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        self.generic_visit(node)
        if node.value is None:
            return node
        return [node, *self._notes(node.target, node, True)]

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        return [node, *self._notes(node.target, node, False, "+=")]

    def visit_Expr(self, node: ast.Expr) -> Any:
        """``hs.append(h)`` writes to the list, ``np.add.at(dE, …)`` to the array."""
        self.generic_visit(node)
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            return node
        into = call.args[:1] if call.func.attr == "at" else [call.func.value]
        if call.func.attr in _WRITERS and into and isinstance(into[0], ast.Name):
            return [node, *self._notes(into[0], node, False, "+=")]
        whole = call.func.value
        if call.func.attr != "append" or not isinstance(whole, ast.Name):
            return node
        noted = _call(_APPENDED, whole.id, node, _load(whole))
        noted.args.append(self._scope())
        return [node, _placed(ast.Expr(noted), node)]

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.body = [*self._notes(node.target, node, False, "for"), *node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        kind = self.helpers.get(node.name)
        if kind is None:
            return self._noted(node)
        call = ast.Call(
            ast.Name(_WHOLE, ast.Load()),
            [ast.Name(node.name, ast.Load()), ast.Constant(kind)],
            [],
        )
        target = ast.Name(node.name, ast.Store())
        wrapped = _placed(ast.Assign([target], call), node)
        return [self._noted(node) if kind == FOLLOWED else node, wrapped]

    def _noted(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function, with a note of what its parameters are."""
        self.depth += 1
        self.generic_visit(node)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [ast.copy_location(ast.Name(one.arg, ast.Load()), one) for one in arguments]
        notes = [one for name in names for one in self._notes(name, node, False, "parameter")]
        first = bool(node.body) and isinstance(node.body[0], ast.Expr) and isinstance(
            node.body[0].value, ast.Constant
        )  # fmt: skip
        call = ast.Call(ast.Name(_ENTERED, ast.Load()), [], [])
        entered = _placed(ast.Assign([ast.Name(_SCOPE, ast.Store())], call), node)
        node.body = [*node.body[:first], entered, *notes, *node.body[first:]]
        self.depth -= 1
        return node

    def _notes(
        self, target: ast.expr, where: ast.stmt, literal: bool, how: str = "="
    ) -> Iterator[ast.stmt]:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                yield from self._notes(part, where, literal, how)
        elif isinstance(target, ast.Starred):
            return
        elif isinstance(target, ast.Name):
            call = _call(_NAMED, target.id, where, _load(target), literal, how)
            call.args.append(self._scope())
            yield _placed(ast.Assign([ast.Name(target.id, ast.Store())], call), where)
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            name = _called(target)
            if name:
                call = _call(_WRITTEN, name, where, _load(target.value))
                key: ast.expr = ast.Constant(None)
                several = ast.Slice | ast.Tuple
                if isinstance(target, ast.Subscript) and not isinstance(target.slice, several):
                    key = _load(target.slice)
                call.args += [_load(target), key, self._scope()]
                yield _placed(ast.Expr(call), where)

    def _scope(self) -> ast.expr:
        return ast.Name(_SCOPE, ast.Load()) if self.depth else ast.Constant(0)


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


def _is_module(part: ast.expr) -> bool:
    return isinstance(part, ast.Name) and part.id in (*UNSAID, *MODULES, "random")


def _called(target: ast.Subscript | ast.Attribute) -> str:
    """What a part that is written is called: ``x.grad``, ``grads['W1']``, and of ``hs[t]`` or
    ``dx[:, t]`` the whole; nothing where it has no name."""
    base = target.value
    if isinstance(target, ast.Attribute):
        return f"{base.id}.{target.attr}" if isinstance(base, ast.Name) else ""
    if isinstance(base, ast.Name):
        key = target.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return f"{base.id}[{key.value!r}]"
        return base.id
    return _called(base) if isinstance(base, (ast.Subscript, ast.Attribute)) else ""


def _load(target: ast.expr) -> ast.expr:
    copy = ast.parse(ast.unparse(target), mode="eval").body
    return copy


def _call(function: str, name: str, where: ast.stmt, value: ast.expr, *more: Any) -> ast.Call:
    given = [ast.Constant(name), ast.Constant(where.lineno), value, *map(ast.Constant, more)]
    return ast.Call(ast.Name(function, ast.Load()), given, [])


def _placed(statement: ast.stmt, where: ast.stmt) -> ast.stmt:
    for node in ast.walk(statement):
        ast.copy_location(node, where)
    return statement
