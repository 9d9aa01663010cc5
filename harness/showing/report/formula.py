"""The chain rule of each input as a formula: lines of staged code as LaTeX, and that as MathML."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from latex2mathml.converter import convert

from harness.showing.listing import Line, Listing
from harness.vocabulary.notation import FENCES, LATEX, NAMES, UNSEEN

MOST: Final = 6
"""A sum of more terms is cut."""

LONGEST: Final = 400
"""LaTeX that is longer is no formula to look at."""

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly an expression holds together."""

OPERATORS: Final[Mapping[type[ast.operator], tuple[int, str, int, int]]] = {
    ast.Add: (SUM, "{} + {}", SUM, SUM),
    ast.Sub: (SUM, "{} - {}", SUM, PRODUCT),
    ast.Mult: (PRODUCT, r"{} \cdot {}", PRODUCT, PRODUCT),
    ast.Div: (PRODUCT, r"\frac{{{}}}{{{}}}", SUM, SUM),
    ast.Pow: (POWER, "{}^{{{}}}", ATOM, SUM),
    ast.MatMult: (PRODUCT, r"{} \, {}", PRODUCT, PRODUCT),
    ast.BitAnd: (PRODUCT, r"{} \, {}", ATOM, ATOM),
}
"""How tightly an operator holds, how it is written, and how tightly its two sides must hold."""

COMPARED: Final = {
    ast.Gt: ">",
    ast.GtE: r"\ge",
    ast.Lt: "<",
    ast.LtE: r"\le",
    ast.Eq: "=",
    ast.NotEq: r"\ne",
}


def derivatives(listing: Listing, output: str, shown: Sequence[Line]) -> list[str]:
    """For each input that has a gradient, the chain rule as MathML: one formula a term, so that a
    narrow page breaks the line between them."""
    latex = _Writer(listing, output)
    formulas = []
    for name in [line.name for line in shown if line.kind == "input"]:
        terms = [line for line in shown if line.name == name and line.kind == "backward"]
        if not terms or terms[0].step is None:
            continue
        texts = [latex.term(line) for line in terms[:MOST]]
        more = [r"\cdots"] if len(terms) > MOST else []
        first, *others = texts + more
        parts = [f"{latex.gradient(name)} = {first}", *others]
        if sum(map(len, parts)) <= LONGEST:
            formulas.append(" + ".join(map(mathml, parts)))
    return formulas


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
        numbered = re.fullmatch(r"([A-Za-z]+?)_?(\d+)_*", self.listing.names[name])
        if numbered is None:
            return _word(self.listing.names[name])
        return f"{_word(numbered[1])}_{{{numbered[2]}}}"

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
                level = SIGN if isinstance(operand, ast.Constant) else SUM
                return level, f"-{self._within(operand, PRODUCT)}"
            case ast.BinOp(left=ast.Constant(value=1), op=ast.Mult(), right=right):
                return self._written(right)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                level, form, before, after = OPERATORS[type(op)]
                return level, form.format(self._within(left, before), self._within(right, after))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sides = self._within(left, SUM), self._within(right, SUM)
                return ATOM, _fenced("[", f"{sides[0]} {COMPARED[type(op)]} {sides[1]}", "]")
            case ast.Attribute(value=value, attr="T" | "mT"):
                return POWER, rf"{self._within(value, ATOM)}^{{\top}}"
            case ast.Attribute(value=ast.Name(id="np" | "math"), attr=attribute):
                return ATOM, {"pi": r"\pi", "inf": r"\infty"}.get(attribute, _word(attribute))
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._function("where", [test, body, other])
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._function(name, args)
            case ast.Call(func=ast.Attribute(ast.Name(id="np" | "math"), name), args=args):
                return self._function(name, args)
            case ast.Call(func=ast.Attribute(value, name)) if name in UNSEEN:
                return self._written(value)
            case ast.Call(func=ast.Attribute(value), keywords=[ast.keyword(value=axis), *_]):
                along = rf"_{{\text{{axis {_text(ast.unparse(axis))}}}}}"
                return PRODUCT, rf"\sum{along} {self._within(value, PRODUCT)}"
        return ATOM, rf"\text{{{_text(ast.unparse(node))}}}"

    def _function(self, name: str, args: Sequence[ast.expr]) -> tuple[int, str]:
        if name in UNSEEN:
            return self._written(args[0])
        inner = [self._within(argument, SUM) for argument in args]
        if name in LATEX:
            return POWER, LATEX[name].format(*inner)
        left, right = FENCES.get(name, ("(", ")"))
        return ATOM, NAMES.get(name, _word(name)) + _fenced(left, ", ".join(inner), right)


def _fenced(left: str, text: str, right: str) -> str:
    """The text in fences, which are higher than a letter only where it is, too."""
    high = r"\frac" in text or r"\begin" in text
    return rf"\left{left}{text}\right{right}" if high else f"{left}{text}{right}"


def _word(text: str) -> str:
    return text if len(text) == 1 else rf"\text{{{_text(text)}}}"


def _text(text: str) -> str:
    """What stands in ``\\text``: the converter takes it as it is, and the page as HTML."""
    return escape(text, quote=False)
