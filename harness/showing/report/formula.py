"""The chain rule of each input as a formula: lines of staged code as LaTeX, and that as MathML."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from html import escape
from typing import Final

from latex2mathml.converter import convert

from harness.showing.listing import Line, Listing

MOST: Final = 6
"""A sum of more terms is cut."""

LONGEST: Final = 400
"""LaTeX that is longer is no formula to look at."""

FUNCTIONS: Final = {"log": "ln", "arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan"}
KNOWN: Final = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"})
COMPARED: Final = {
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly an expression holds together."""


def derivatives(listing: Listing, output: str, shown: Sequence[Line]) -> list[str]:
    """For each input that has a gradient, the chain rule as MathML."""
    inputs = [line.name for line in shown if line.kind == "input"]
    found = []
    for name in inputs:
        terms = [line for line in shown if line.name == name and line.kind == "backward"]
        if not terms or terms[0].step is None:
            continue
        latex = _Writer(listing, output)
        texts = [latex.term(line) for line in terms[:MOST]]
        if len(terms) > MOST:
            texts.append(r"\cdots")
        text = f"{latex.gradient(name)} = {' + '.join(texts)}"
        if len(text) <= LONGEST:
            found.append(mathml(text))
    return found


def mathml(latex: str) -> str:
    """LaTeX as MathML for a page: neither a namespace nor anything that a browser adds itself."""
    text = convert(latex).replace(' display="inline"', ' displaystyle="true"', 1)
    text = text.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    text = re.sub(r' (stretchy="true"|fence="\w+"|form="\w+")', "", text)
    return re.sub(r"&#x0*([0-9A-F]+);", lambda code: _sign(int(code[1], 16)), text)


def _sign(code: int) -> str:
    return f"&#{code};" if chr(code) in "<>&\"'" else chr(code)


class _Writer:
    """LaTeX of the Python of one listing."""

    def __init__(self, listing: Listing, output: str) -> None:
        self.names = {identifier: name for name, identifier in listing.names.items()}
        self.listing, self.output = listing, output
        self.gradients = {listing.gradient(name): name for name in listing.names}

    def term(self, line: Line) -> str:
        """What a backward line writes or adds."""
        code = line.code.split(" += " if line.adds else " = ", 1)[1]
        return self._within(ast.parse(code, mode="eval").body, PRODUCT)

    def gradient(self, name: str) -> str:
        return rf"\frac{{\partial {self._name(self.output)}}}{{\partial {self._name(name)}}}"

    def _name(self, name: str) -> str:
        found = re.fullmatch(r"([A-Za-z]+?)_?(\d+)_*", self.listing.names[name])
        if found is None:
            return _word(self.listing.names[name])
        return f"{_word(found[1])}_{{{found[2]}}}"

    def _within(self, node: ast.expr, level: int) -> str:
        """The expression, in parentheses where it holds less tightly than ``level``."""
        own, text = self._written(node)
        return text if own >= level else _fenced("(", text, ")")

    def _written(self, node: ast.expr) -> tuple[int, str]:
        match node:
            case ast.Name(id=name):
                if name in self.gradients:
                    return PRODUCT, self.gradient(self.gradients[name])
                return ATOM, self._name(self.names[name]) if name in self.names else _word(name)
            case ast.Constant(value=value):
                return ATOM, _word(value) if isinstance(value, str) else str(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return SIGN if isinstance(operand, ast.Constant) else SUM, (
                    f"-{self._within(operand, PRODUCT)}"
                )
            case ast.BinOp():
                return self._operator(node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sides = self._within(left, SUM), self._within(right, SUM)
                return ATOM, _fenced("[", f"{sides[0]} {COMPARED[type(op)]} {sides[1]}", "]")
            case ast.Attribute(value=value, attr="T" | "mT"):
                return POWER, rf"{self._within(value, ATOM)}^{{\top}}"
            case ast.Attribute(value=ast.Name(id="np" | "math"), attr=attribute):
                return ATOM, {"pi": r"\pi", "inf": r"\infty"}.get(attribute, _word(attribute))
            case ast.Call():
                return self._call(node)
            case ast.IfExp(test=test, body=body, orelse=other):
                parts = (self._within(part, SUM) for part in (test, body, other))
                return ATOM, self._choice(*parts)
        return ATOM, rf"\text{{{_text(ast.unparse(node))}}}"

    def _operator(self, node: ast.BinOp) -> tuple[int, str]:
        left, right = node.left, node.right
        match node.op:
            case ast.Add():
                return SUM, f"{self._within(left, SUM)} + {self._within(right, SUM)}"
            case ast.Sub():
                return SUM, f"{self._within(left, SUM)} - {self._within(right, PRODUCT)}"
            case ast.Div():
                return PRODUCT, (
                    rf"\frac{{{self._within(left, SUM)}}}{{{self._within(right, SUM)}}}"
                )
            case ast.Pow():
                return POWER, f"{self._within(left, ATOM)}^{{{self._within(right, SUM)}}}"
            case ast.Mult():
                if isinstance(left, ast.Constant) and left.value == 1:
                    return self._written(right)
                return PRODUCT, (
                    rf"{self._within(left, PRODUCT)} \cdot {self._within(right, PRODUCT)}"
                )
            case ast.MatMult():
                return PRODUCT, rf"{self._within(left, PRODUCT)} \, {self._within(right, PRODUCT)}"
            case ast.BitAnd():
                return PRODUCT, rf"{self._within(left, ATOM)} \, {self._within(right, ATOM)}"
        return ATOM, rf"\text{{{_text(ast.unparse(node))}}}"

    def _call(self, node: ast.Call) -> tuple[int, str]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        method = isinstance(node.func, ast.Attribute) and not (
            isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "math")
        )
        inner = [self._within(argument, SUM) for argument in node.args]
        if method:
            assert isinstance(node.func, ast.Attribute)
            if name == "copy":
                return self._written(node.func.value)
            axes = [ast.unparse(key.value) for key in node.keywords if key.arg == "axis"]
            along = rf"_{{\text{{axis {_text(axes[0])}}}}}" if axes else ""
            return PRODUCT, rf"\sum{along} {self._within(node.func.value, PRODUCT)}"
        match name, inner:
            case "exp", [x]:
                return POWER, f"e^{{{x}}}"
            case "sqrt", [x]:
                return ATOM, rf"\sqrt{{{x}}}"
            case "abs", [x]:
                return ATOM, _fenced("|", x, "|")
            case "broadcast_to", [_, *_]:
                return self._written(node.args[0])
            case "where", [condition, x, y]:
                return ATOM, self._choice(condition, x, y)
        told = rf"\{name}" if name in KNOWN else _word(FUNCTIONS.get(name, name))
        return ATOM, told + _fenced("(", ", ".join(inner), ")")

    def _choice(self, condition: str, x: str, y: str) -> str:
        return (
            rf"\begin{{cases}} {x} & \text{{if }} {condition} \\ {y} & \text{{otherwise}} "
            r"\end{cases}"
        )


def _fenced(left: str, text: str, right: str) -> str:
    """The text in fences, which are higher than a letter only where it is, too."""
    high = r"\frac" in text or r"\begin" in text
    return rf"\left{left}{text}\right{right}" if high else f"{left}{text}{right}"


def _word(text: str) -> str:
    return text if len(text) == 1 else rf"\text{{{_text(text)}}}"


def _text(text: str) -> str:
    """What stands in ``\\text``: the converter takes it as it is, and the page as HTML."""
    return escape(text, quote=False)
