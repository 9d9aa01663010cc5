"""Values that carry their history: arrays and numbers in place of numpy's and Python's own.

A :class:`Value` computes what numpy computes, and notes every operation on the tape. Arrays
are written to in place as numpy does it, views and all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import LEAF, OTHER, SAME, STORE, Array, Node
from harness.engines.staged.tape import TAPE, Refusal

UFUNCS: Final[Mapping[str, str]] = {
    **{"subtract": "sub", "multiply": "mul", "divide": "div", "power": "pow"},
    **{"float_power": "pow", "negative": "neg", "absolute": "abs", "fabs": "abs"},
    **{"greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le"},
    **{"equal": "eq", "not_equal": "ne"},
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "tan2")},
    **{
        name: name
        for name in (
            *("add", "matmul", "exp", "expm1", "log", "log1p", "sqrt", "square", "reciprocal"),
            *("sin", "cos", "tan", "sinh", "cosh", "tanh", "maximum", "minimum", "logaddexp"),
        )
    },
}
"""What numpy's universal functions are in the vocabulary."""


def _root(array: Array) -> int:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return id(array)


ACTS: Final[dict[str, Callable[..., Any]]] = {}
"""What numpy's functions, an index and a method do with a value: ``functions.py`` enters them."""


class Value:
    """An array with its history. A plain number is one without axes.

    ``whole``: it was written down as an integer, and may count something.
    """

    __slots__ = ("data", "node", "whole")
    __hash__ = object.__hash__
    beside: ClassVar[Callable[[str], Any] | None] = None
    """What finds a method of numpy's arrays that is not here."""

    def __init__(self, data: Any, node: Node, whole: bool = False) -> None:
        self.data: Array = np.asarray(data)
        self.node, self.whole = node, whole

    # -- what numpy asks ---------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Any:
        if any(isinstance(item, Blank) for item in inputs):
            return BLANK
        if method == "at":
            return self._at(ufunc, inputs)
        out = given.pop("out", (None,))[0]
        if method != "__call__":
            raise Refusal(
                languages.told("staged", "method-of-ufunc", name=ufunc.__name__, method=method)
            )
        value = ufunc(*map(_number, map(raw, inputs)), **given)
        op = UFUNCS.get(ufunc.__name__)
        if op is None and all(map(_counts, inputs)):
            return leaf(int(value))  # C // heads
        if op is None or given:
            made = note(OTHER, inputs, {}, value, told=f"np.{ufunc.__name__}")
        else:
            made = note(op, inputs, {}, value)
        counts = ufunc.nin == 2 and value.ndim == 0 and all(map(_counts, inputs))
        made.whole = counts and value.dtype.kind == "f" and value == np.round(value)
        return made if out is None else out.overwritten(made)

    def __array_function__(self, function: Any, _: Any, args: Any, given: Any) -> Any:
        return ACTS["called"](function, args, given)

    def __array__(self, *_: Any, **__: Any) -> Any:
        if self.whole:
            return np.asarray(int(self.data))  # a count, such as of examples
        if self.data.dtype.kind in "iub":
            return self.data  # places, or what is chosen
        raise Refusal(languages.told("staged", "leaves"))

    def _at(self, ufunc: Any, inputs: Sequence[Any]) -> None:
        """``np.add.at(target, index, values)``."""
        target, index, *more = inputs
        ufunc.at(target.data, plain(index), *map(raw, more))
        target.changed(OTHER, [target, *more], {}, told=f"np.{ufunc.__name__}.at")

    # -- writing in place --------------------------------------------------------------------------

    def changed(
        self, op: str, operands: Sequence[Any], parameters: Mapping[str, Any], told: str = ""
    ) -> None:
        """The data was written to: it is what the operation has made of its operands."""
        nodes = [self.node if item is self else operand(item) for item in operands]
        self.node = TAPE.add(op, nodes, parameters, self.data, told)
        TAPE.writers[_root(self.data)] = self.node

    def overwritten(self, made: Value) -> Value:
        """The value with all of its data replaced by that of another."""
        self.data[...] = made.data
        self.node = made.node
        TAPE.writers[_root(self.data)] = self.node
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        key = plain(index)
        if isinstance(value, Blank):
            raise Refusal(languages.told("staged", "blank-in-array"))
        was = np.array(self.node.value)
        if was.shape == self.data.shape and isinstance(value, Value):
            was[key] = value.data
        written = np.array_equal(was, self.data, equal_nan=was.dtype.kind == "f")
        before = self.node if written else current(self)  # d[i] += 1 has written to a view of it
        self.data[key] = raw(value)
        places = np.asarray(np.arange(self.data.size).reshape(self.data.shape)[key])
        given = operand(value)
        self.node = TAPE.add(STORE, [before, given], {"places": places}, self.data)
        TAPE.writers[_root(self.data)] = self.node

    # -- leaving the recording ---------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.data)

    def __index__(self) -> int:
        if self.whole or self.data.dtype.kind in "iub":
            return int(self.data)
        raise Refusal(languages.told("staged", "no-whole-number"))

    __int__ = __index__

    def __float__(self) -> float:
        raise Refusal(languages.told("staged", "leaves-by-float"))

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Any]:
        if not self.data.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self.data)))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self.data == plain(item)))

    def __str__(self) -> str:
        return str(self.data)

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return format(self.data.item() if self.data.size == 1 else self.data, spec)

    def __round__(self, digits: int = 0) -> Any:
        return note(OTHER, [self], {}, np.round(self.data, digits), told="round")

    # -- what arrays have --------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.data.shape
        return shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> Any:
        return self.data.size

    @property
    def dtype(self) -> Any:
        return self.data.dtype

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        return np.swapaxes(self, -1, -2)

    def __getitem__(self, index: Any) -> Any:
        return ACTS["indexed"](self, index)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return ACTS["method"](self, name)

    def astype(self, *_: Any, **__: Any) -> Any:
        return note(SAME, [self], {}, self.data.astype(float))

    def copy(self, **_: Any) -> Any:
        return note(SAME, [self], {}, self.data.copy())

    def item(self, *index: int) -> Any:
        found = self[index] if index else np.reshape(self, ())
        return found

    def tolist(self) -> Any:
        return [item.tolist() for item in self] if self.data.ndim else self


def _operator(ufunc: Any, sign: str) -> None:
    """Gives values an operator, from both sides and in place."""

    def forward(self: Value, other: Any) -> Any:
        if isinstance(other, (list, tuple, str)) and self.whole:
            return NotImplemented
        return self.__array_ufunc__(ufunc, "__call__", self, other)

    def backward(self: Value, other: Any) -> Any:
        if isinstance(other, (list, tuple, str)) and self.whole:
            return NotImplemented
        if ufunc is np.add and type(other) is int and other == 0:
            return self  # Python's sum begins with it
        return self.__array_ufunc__(ufunc, "__call__", other, self)

    def in_place(self: Value, other: Any) -> Any:
        made = forward(self, other)
        if not self.data.ndim or isinstance(made, Blank) or made is NotImplemented:
            return made
        if made.shape != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape} doesn't match the "
                f"broadcast shape {made.shape}"
            )
        if not np.can_cast(made.dtype, self.dtype, "same_kind"):
            raise TypeError(
                languages.told("staged", "cannot-hold", dtype=self.dtype, other=made.dtype)
            )
        return self.overwritten(made)

    setattr(Value, f"__{sign}__", forward)
    setattr(Value, f"__r{sign}__", backward)
    setattr(Value, f"__i{sign}__", in_place)


_ufunc: Any
for _ufunc, _sign in (
    *((np.add, "add"), (np.subtract, "sub"), (np.multiply, "mul"), (np.divide, "truediv")),
    *((np.power, "pow"), (np.matmul, "matmul"), (np.floor_divide, "floordiv")),
    *((np.remainder, "mod"), (np.bitwise_and, "and"), (np.bitwise_or, "or")),
):
    _operator(_ufunc, _sign)


def _unary(ufunc: Any) -> Any:
    return lambda self: self.__array_ufunc__(ufunc, "__call__", self)


def _compared(ufunc: Any) -> Any:
    return lambda self, other: self.__array_ufunc__(ufunc, "__call__", self, other)


for _ufunc, _sign in ((np.negative, "neg"), (np.absolute, "abs"), (np.invert, "invert")):
    setattr(Value, f"__{_sign}__", _unary(_ufunc))
setattr(Value, "__pos__", lambda self: self)  # noqa: B010
for _ufunc, _sign in (
    *((np.greater, "gt"), (np.greater_equal, "ge"), (np.less, "lt"), (np.less_equal, "le")),
    *((np.equal, "eq"), (np.not_equal, "ne")),
):
    setattr(Value, f"__{_sign}__", _compared(_ufunc))


def _number(item: Any) -> Any:
    """Python's True is a number, numpy's is none."""
    if isinstance(item, np.ndarray) and not item.ndim and item.dtype.kind == "b":
        return item.astype(int)
    return item


def _counts(item: Any) -> bool:
    """Whether something is a whole number, and may count."""
    return item.whole if isinstance(item, Value) else type(item) is int


class Blank(Value):
    """What stands where something is to be filled in: whatever is made of it is one, too."""

    def __init__(self) -> None:
        super().__init__(np.asarray(np.nan), Node(-1, LEAF, (), {}, np.asarray(np.nan), 0))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Any:
        return self

    def __array_function__(self, function: Any, _: Any, args: Any, given: Any) -> Any:
        return self

    def __getitem__(self, index: Any) -> Any:
        return self

    def __setitem__(self, index: Any, value: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __len__(self) -> int:
        return 0

    T = mT = property(lambda self: self)
    astype = copy = item = tolist = __call__


BLANK: Final = Blank()


def plain(item: Any) -> Any:
    """What numpy is given for a value, or for those in a list, a tuple or a slice."""
    if isinstance(item, Value):
        return int(item.data) if item.whole else item.data
    if isinstance(item, (list, tuple)) and not hasattr(item, "_fields"):
        return type(item)(map(plain, item))
    if isinstance(item, range):
        return list(item)
    if isinstance(item, slice):
        return slice(plain_int(item.start), plain_int(item.stop), plain_int(item.step))
    return item


def raw(item: Any) -> Any:
    """The array of a value; anything else as it is."""
    return item.data if isinstance(item, Value) else item


def plain_int(item: Any) -> Any:
    return item.__index__() if isinstance(item, Value) else item


def current(value: Value) -> Node:
    """The node of what a value holds now, which may have been written to by another name."""
    node = value.node
    if node.value.shape != value.data.shape or not np.array_equal(
        node.value, value.data, equal_nan=node.value.dtype.kind == "f"
    ):
        writer = TAPE.writers.get(_root(value.data))
        parents = [node] if writer is None else [node, writer]
        value.node = TAPE.add(OTHER, parents, {"aliased": True}, value.data)
    return value.node


def operand(item: Any) -> Node | int | float:
    """What an operation is noted to work on."""
    if isinstance(item, Value):
        return current(item)
    if isinstance(item, (bool, np.bool_)):
        return int(item)
    if isinstance(item, (int, float)):
        return item if type(item) is int else float(item)
    array = np.asarray(item)
    if array.dtype.kind not in "fiub":
        raise Refusal(languages.told("staged", "kind-in-computation", kind=type(item).__name__))
    if not array.ndim:
        number: int | float = array.item()
        return number
    return TAPE.add(LEAF, (), {}, array)


def note(
    op: str, operands: Sequence[Any], parameters: Mapping[str, Any], value: Any, told: str = ""
) -> Any:
    """The value that an operation has given, noted; of the operands' kind."""
    kinds = [type(item) for item in operands if isinstance(item, Value)]
    kind = next((kind for kind in kinds if kind is not Value), Value)
    value = np.asarray(value)
    if value.dtype == np.float32:
        value = value.astype(np.float64)
    return kind(value, TAPE.add(op, [operand(item) for item in operands], parameters, value, told))


def leaf(item: Any, kind: type[Value] = Value) -> Value:
    """A number, or an array of them, that somebody has written down."""
    array = np.array(item)
    whole = array.dtype.kind in "iu" and not array.ndim
    if whole or array.dtype.kind == "f":
        array = array.astype(np.float64)
    return kind(array, TAPE.add(LEAF, (), {}, array), whole)
