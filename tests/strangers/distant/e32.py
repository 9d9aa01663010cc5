# shape: s = Sheet(); s["A1"] = 3; s["B1"] = "=A1*A2+SIN(A1)"; s.value("B1"); s.sensitivity("B1") -> {cell: derivative} for the number cells
# mistake: changing an input and asking again | backward | - | the local slopes are cached at the first computation and never dropped (values are recalculated), so the gradient is the old point's
import math
import re

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|([A-Z]+\d+)|([A-Z]+)(?=\()|(.))")


class Sheet:
    FUN = {
        "SIN": (math.sin, lambda x, y: math.cos(x)),
        "COS": (math.cos, lambda x, y: -math.sin(x)),
        "EXP": (math.exp, lambda x, y: y),
        "LN": (math.log, lambda x, y: 1 / x),
        "SQRT": (math.sqrt, lambda x, y: 0.5 / y),
        "TANH": (math.tanh, lambda x, y: 1 - y * y),
    }

    def __init__(self):
        self.cells = {}
        self.known = {}
        self.slopes = {}

    def __setitem__(self, name, what):
        if isinstance(what, str):
            toks = [m.groups() for m in TOKEN.finditer(what.lstrip("="))]
            self.cells[name] = Parser(toks).expression()
            self.slopes.pop(name, None)
        else:
            self.cells[name] = float(what)
        self.known = {}

    def value(self, name):
        if name not in self.known:
            c = self.cells[name]
            self.known[name] = c if isinstance(c, float) else self.ev(c)
        return self.known[name]

    def ev(self, e):
        k = e[0]
        if k == "num":
            return e[1]
        if k == "ref":
            return self.value(e[1])
        if k == "fun":
            return self.FUN[e[1]][0](self.ev(e[2]))
        a, b = self.ev(e[1]), self.ev(e[2])
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[k]()

    def local(self, name):
        """d(cell)/d(cells in its formula)"""
        if name not in self.slopes:
            d = {}
            self.push(self.cells[name], 1.0, d)
            self.slopes[name] = d
        return self.slopes[name]

    def push(self, e, g, d):
        k = e[0]
        if k == "num":
            return
        if k == "ref":
            d[e[1]] = d.get(e[1], 0.0) + g
            return
        if k == "fun":
            self.push(e[2], g * self.FUN[e[1]][1](self.ev(e[2]), self.ev(e)), d)
            return
        a, b = self.ev(e[1]), self.ev(e[2])
        da, db = {"+": (1, 1), "-": (1, -1), "*": (b, a), "/": (1 / b if k == "/" else 0, -a / b ** 2 if k == "/" else 0)}[k]
        self.push(e[1], g * da, d)
        self.push(e[2], g * db, d)

    def sensitivity(self, name):
        order, seen = [], set()

        def visit(c):
            if c in seen:
                return
            seen.add(c)
            if not isinstance(self.cells[c], float):
                for p in self.local(c):
                    visit(p)
            order.append(c)
        visit(name)
        bar = dict.fromkeys(order, 0.0)
        bar[name] = 1.0
        for c in reversed(order):
            if not isinstance(self.cells[c], float):
                for p, s in self.local(c).items():
                    bar[p] += s * bar[c]
        return {c: bar[c] for c in order if isinstance(self.cells[c], float)}


class Parser:
    def __init__(self, toks):
        self.toks, self.i = toks, 0

    def peek(self):
        return self.toks[self.i][3] if self.i < len(self.toks) else None

    def expression(self):
        e = self.term()
        while self.peek() in ("+", "-"):
            op = self.peek()
            self.i += 1
            e = (op, e, self.term())
        return e

    def term(self):
        e = self.atom()
        while self.peek() in ("*", "/"):
            op = self.peek()
            self.i += 1
            e = (op, e, self.atom())
        return e

    def atom(self):
        num, ref, fun, ch = self.toks[self.i]
        self.i += 1
        if num:
            return ("num", float(num))
        if ref:
            return ("ref", ref)
        if fun:
            return ("fun", fun, self.atom())
        if ch == "-":
            return ("-", ("num", 0.0), self.atom())
        assert ch == "("
        e = self.expression()
        self.i += 1
        return e
