# shape: df = differentiate("lambda x, y: x*y + sin(x)") ; df(1.0, 2.0) -> (value, (dx, dy)); works on the ast of the expression, one statement for each sub-expression
# mistake: usub (unary minus) | backward | x | the sign is forgotten (g instead of -g)
import ast
import math


class Flatten(ast.NodeVisitor):
    """expression -> list of (name, kind, argument names)"""

    def __init__(self):
        self.lines = []
        self.n = 0

    def emit(self, kind, *args):
        self.n += 1
        name = "t%d" % self.n
        self.lines.append((name, kind, args))
        return name

    def visit_Name(self, e):
        return "v_" + e.id

    def visit_Constant(self, e):
        return repr(float(e.value))

    def visit_BinOp(self, e):
        a = self.visit(e.left)
        b = self.visit(e.right)
        return self.emit(type(e.op).__name__, a, b)

    def visit_UnaryOp(self, e):
        a = self.visit(e.operand)
        if isinstance(e.op, ast.USub):
            return self.emit("USub", a)
        return a

    def visit_Call(self, e):
        return self.emit(e.func.id, *[self.visit(a) for a in e.args])


FORWARD = {
    "Add": "{0} + {1}", "Sub": "{0} - {1}", "Mult": "{0} * {1}", "Div": "{0} / {1}",
    "Pow": "{0} ** {1}", "USub": "-{0}",
    "sin": "math.sin({0})", "cos": "math.cos({0})", "exp": "math.exp({0})",
    "log": "math.log({0})", "tanh": "math.tanh({0})", "sqrt": "math.sqrt({0})",
}
# g: gradient of the result, r: result
BACKWARD = {
    "Add": ["{g}", "{g}"],
    "Sub": ["{g}", "-{g}"],
    "Mult": ["{g} * {1}", "{g} * {0}"],
    "Div": ["{g} / {1}", "-{g} * {r} / {1}"],
    "Pow": ["{g} * {1} * {0} ** ({1} - 1)", "({g} * {r} * math.log({0}) if {0} > 0 else 0.0)"],
    "USub": ["{g}"],
    "sin": ["{g} * math.cos({0})"],
    "cos": ["-{g} * math.sin({0})"],
    "exp": ["{g} * {r}"],
    "log": ["{g} / {0}"],
    "tanh": ["{g} * (1 - {r} ** 2)"],
    "sqrt": ["{g} / (2 * {r})"],
}


def is_var(a):
    return a[0] in "vt"


def differentiate(source, show=False):
    lam = ast.parse(source.strip(), mode="eval").body
    names = [a.arg for a in lam.args.args]
    fl = Flatten()
    result = fl.visit(lam.body)
    code = ["def df(%s):" % ", ".join("v_" + n for n in names)]
    for name, kind, args in fl.lines:
        code.append("    %s = %s" % (name, FORWARD[kind].format(*args)))
    every = ["v_" + n for n in names] + [l[0] for l in fl.lines]
    code.append("    " + " = ".join("g_" + n for n in every) + " = 0.0")
    code.append("    g_%s = 1.0" % result)
    for name, kind, args in reversed(fl.lines):
        for a, rule in zip(args, BACKWARD[kind]):
            if is_var(a):
                code.append("    g_%s += %s" % (a, rule.format(*args, g="g_" + name, r=name)))
    code.append("    return %s, (%s,)" % (result, ", ".join("g_v_" + n for n in names)))
    text = "\n".join(code)
    if show:
        print(text)
    space = {"math": math}
    exec(text, space)
    space["df"].source = text
    return space["df"]
