"""Mistakes of the engine in scalars.py: closures over plain numbers, as students get them wrong."""

import re
from pathlib import Path

from zoo import Mistake

ENGINE = Path(__file__).with_name("scalars.py").read_text(encoding="utf-8")
ASSIGNED = re.sub(r"\.grad -= (.+)", r".grad = -(\1)", ENGINE).replace(".grad += ", ".grad = ")

RECURSIVE = """\
        order, visited = [], set()

        def visit(node):
            if node not in visited:
                visited.add(node)
                for parent in node._parents:
                    visit(parent)
                order.append(node)

        visit(self)
        return order
"""
ITERATIVE = ENGINE[
    ENGINE.index("        order, visited, pending") : ENGINE.index("    def backward(")
]

MISTAKES = [
    # -- arithmetic --
    Mistake(
        "add_right_operand_forgotten",
        "add",
        "backward",
        "missing-term",
        (
            (
                "            self.grad += out.grad\n            other.grad += out.grad\n",
                "            self.grad += out.grad\n",
            ),
        ),
    ),
    Mistake(
        "add_assigns",
        "add",
        "backward",
        "overwrite",
        (
            (
                "            self.grad += out.grad\n            other.grad += out.grad\n",
                "            self.grad = out.grad\n            other.grad = out.grad\n",
            ),
        ),
    ),
    Mistake(
        "add_passes_on_ones",
        "add",
        "backward",
        "missing-upstream",
        (
            (
                "            self.grad += out.grad\n            other.grad += out.grad\n",
                "            self.grad += 1.0\n            other.grad += 1.0\n",
            ),
        ),
    ),
    Mistake(
        "sub_sign_of_the_subtrahend",
        "sub",
        "backward",
        "wrong-sign",
        (("other.grad -= out.grad\n", "other.grad += out.grad\n"),),
    ),
    Mistake(
        "sub_reflected_the_wrong_way",
        "sub",
        "forward",
        "swapped-operands",
        (("return _lift(other) - self", "return self - _lift(other)"),),
    ),
    Mistake(
        "sub_number_not_lifted",
        "sub",
        "forward",
        "crash",
        (
            (
                "        other = _lift(other)\n        out = Value(self.data - other.data",
                "        out = Value(self.data - other.data",
            ),
        ),
    ),
    Mistake(
        "mul_factors_exchanged",
        "mul",
        "backward",
        "swapped-operands",
        (
            ("self.grad += other.data * out.grad", "self.grad += self.data * out.grad"),
            ("other.grad += self.data * out.grad", "other.grad += other.data * out.grad"),
        ),
    ),
    Mistake(
        "mul_upstream_forgotten",
        "mul",
        "backward",
        "missing-upstream",
        (
            ("self.grad += other.data * out.grad", "self.grad += other.data"),
            ("other.grad += self.data * out.grad", "other.grad += self.data"),
        ),
    ),
    Mistake(
        "mul_assigns_to_the_left",
        "mul",
        "backward",
        "overwrite",
        (("self.grad += other.data * out.grad", "self.grad = other.data * out.grad"),),
    ),
    Mistake(
        "mul_square_counted_thrice",
        "mul",
        "backward",
        "double-count",
        (
            (
                "            other.grad += self.data * out.grad\n",
                "            other.grad += self.data * out.grad\n"
                "            if other is self:\n"
                "                self.grad += self.data * out.grad\n",
            ),
        ),
    ),
    Mistake(
        "mul_number_on_the_left_cuts_the_graph",
        "mul",
        "backward",
        "lost-gradient",
        (("return _lift(other) * self", "return Value(other * self.data)"),),
    ),
    Mistake(
        "div_divisor_not_squared",
        "div",
        "backward",
        "wrong-rule",
        (("self.data / other.data**2 * out.grad", "self.data / other.data * out.grad"),),
    ),
    Mistake(
        "div_sign_of_the_divisor",
        "div",
        "backward",
        "wrong-sign",
        (("other.grad -= self.data / other.data**2", "other.grad += self.data / other.data**2"),),
    ),
    Mistake(
        "div_divisor_is_a_constant",
        "div",
        "backward",
        "missing-term",
        (("            other.grad -= self.data / other.data**2 * out.grad\n", ""),),
    ),
    Mistake(
        "div_reflected_the_wrong_way",
        "div",
        "forward",
        "swapped-operands",
        (("return _lift(other) / self", "return self / _lift(other)"),),
    ),
    Mistake(
        "div_floor",
        "div",
        "forward",
        "wrong-value",
        (("Value(self.data / other.data,", "Value(self.data // other.data,"),),
    ),
    Mistake(
        "pow_exponent_not_lowered",
        "pow",
        "backward",
        "wrong-rule",
        (
            (
                "_power(self.data, other.data - 1.0) * out.grad",
                "_power(self.data, other.data) * out.grad",
            ),
        ),
    ),
    Mistake(
        "pow_upstream_forgotten",
        "pow",
        "backward",
        "missing-upstream",
        (
            (
                "_power(self.data, other.data - 1.0) * out.grad",
                "_power(self.data, other.data - 1.0)",
            ),
        ),
    ),
    Mistake(
        "pow_exponent_is_a_constant",
        "pow",
        "backward",
        "missing-term",
        (("other.grad += out.data * math.log(self.data) * out.grad", "pass"),),
    ),
    Mistake(
        "pow_logarithm_of_a_negative_base",
        "pow",
        "backward",
        "crash",
        (
            (
                "            if self.data > 0.0:\n                other.grad += out.data",
                "            if self.data != 0.0:\n                other.grad += out.data",
            ),
        ),
    ),
    Mistake(
        "pow_reflected_the_wrong_way",
        "pow",
        "forward",
        "swapped-operands",
        (("return _lift(other) ** self", "return self ** _lift(other)"),),
    ),
    Mistake(
        "neg_sign_lost",
        "neg",
        "backward",
        "wrong-sign",
        (
            (
                "            self.grad -= out.grad\n\n        out._backward = _backward\n"
                "        return out\n\n    # -- powers",
                "            self.grad += out.grad\n\n        out._backward = _backward\n"
                "        return out\n\n    # -- powers",
            ),
        ),
    ),
    Mistake(
        "neg_in_place",
        "neg",
        "forward",
        "mutates-input",
        (
            (
                "        out = Value(-self.data, (self,))",
                "        self.data = -self.data\n        out = Value(self.data, (self,))",
            ),
        ),
    ),
    # -- powers and logarithms --
    Mistake(
        "exp_at_the_input",
        "exp",
        "backward",
        "wrong-rule",
        (("self.grad += out.data * out.grad", "self.grad += self.data * out.grad"),),
    ),
    Mistake(
        "exp_remembers_its_results",
        "exp",
        "backward",
        "state-leak",
        (
            (
                "        out = Value(math.exp(self.data), (self,))\n",
                "        if self.data in _EXPONENTIALS:\n"
                "            return _EXPONENTIALS[self.data]\n"
                "        out = Value(math.exp(self.data), (self,))\n"
                "        _EXPONENTIALS[self.data] = out\n",
            ),
            ("def _lift(x):", "_EXPONENTIALS = {}\n\n\ndef _lift(x):"),
        ),
    ),
    Mistake(
        "expm1_one_forgotten",
        "expm1",
        "backward",
        "wrong-rule",
        (("self.grad += (out.data + 1.0) * out.grad", "self.grad += out.data * 1.0 * out.grad"),),
    ),
    Mistake(
        "log_upstream_forgotten",
        "log",
        "backward",
        "missing-upstream",
        (("self.grad += 1.0 / self.data * out.grad", "self.grad += 1.0 / self.data"),),
    ),
    Mistake(
        "log_assigns",
        "log",
        "backward",
        "overwrite",
        (("self.grad += 1.0 / self.data * out.grad", "self.grad = 1.0 / self.data * out.grad"),),
    ),
    Mistake(
        "log_to_base_ten",
        "log",
        "forward",
        "wrong-value",
        (("Value(math.log(self.data), (self,))", "Value(math.log10(self.data), (self,))"),),
    ),
    Mistake(
        "log_difference_quotient",
        "log",
        "backward",
        "precision",
        (
            (
                "self.grad += 1.0 / self.data * out.grad",
                "self.grad += (math.log(self.data + 1e-6) - out.data) / 1e-6 * out.grad",
            ),
        ),
    ),
    Mistake(
        "log1p_one_forgotten",
        "log1p",
        "backward",
        "wrong-rule",
        (("out.grad / (1.0 + self.data)\n", "out.grad / self.data\n"),),
    ),
    Mistake(
        "sqrt_without_the_half",
        "sqrt",
        "backward",
        "wrong-scale",
        (("0.5 / out.data * out.grad", "1.0 / out.data * out.grad"),),
    ),
    Mistake(
        "square_without_the_two",
        "square",
        "backward",
        "wrong-scale",
        (("self.grad += 2.0 * self.data * out.grad", "self.grad += 1.0 * self.data * out.grad"),),
    ),
    Mistake(
        "reciprocal_sign_lost",
        "reciprocal",
        "backward",
        "wrong-sign",
        (("self.grad -= out.data**2 * out.grad", "self.grad += out.data**2 * out.grad"),),
    ),
    # -- angles --
    Mistake(
        "sin_at_the_output",
        "sin",
        "backward",
        "wrong-rule",
        (("math.cos(self.data) * out.grad", "math.cos(out.data) * out.grad"),),
    ),
    Mistake(
        "cos_sign_lost",
        "cos",
        "backward",
        "wrong-sign",
        (("-math.sin(self.data) * out.grad", "math.sin(self.data) * out.grad"),),
    ),
    Mistake(
        "tan_as_if_hyperbolic",
        "tan",
        "backward",
        "wrong-rule",
        (("(1.0 + out.data**2) * out.grad", "(1.0 - out.data**2) * out.grad"),),
    ),
    Mistake(
        "asin_root_forgotten",
        "asin",
        "backward",
        "wrong-rule",
        (
            (
                "self.grad += out.grad / math.sqrt(1.0 - self.data**2)",
                "self.grad += out.grad / (1.0 - self.data**2)",
            ),
        ),
    ),
    Mistake(
        "acos_closure_never_hung_in",
        "acos",
        "backward",
        "lost-gradient",
        (
            (
                "            self.grad -= out.grad / math.sqrt(1.0 - self.data**2)\n\n"
                "        out._backward = _backward\n",
                "            self.grad -= out.grad / math.sqrt(1.0 - self.data**2)\n\n",
            ),
        ),
    ),
    Mistake(
        "atan_upstream_forgotten",
        "atan",
        "backward",
        "missing-upstream",
        (("out.grad / (1.0 + self.data**2)", "1.0 / (1.0 + self.data**2)"),),
    ),
    Mistake(
        "sinh_computes_cosh",
        "sinh",
        "forward",
        "wrong-value",
        (
            (
                "Value(math.sinh(self.data), (self,))",
                "Value((math.exp(self.data) + math.exp(-self.data)) / 2, (self,))",
            ),
        ),
    ),
    Mistake(
        "cosh_sign_of_the_cosine",
        "cosh",
        "backward",
        "wrong-sign",
        (
            (
                "self.grad += math.sinh(self.data) * out.grad",
                "self.grad -= math.sinh(self.data) * out.grad",
            ),
        ),
    ),
    # -- activations --
    Mistake(
        "tanh_at_the_input",
        "tanh",
        "backward",
        "wrong-rule",
        (("(1.0 - out.data**2) * out.grad", "(1.0 - self.data**2) * out.grad"),),
    ),
    Mistake(
        "tanh_without_parents",
        "tanh",
        "backward",
        "lost-gradient",
        (("Value(math.tanh(self.data), (self,))", "Value(math.tanh(self.data))"),),
    ),
    Mistake(
        "tanh_by_exponentials",
        "tanh",
        "forward",
        "overflow",
        (
            (
                "        out = Value(math.tanh(self.data), (self,))",
                "        e = math.exp(2.0 * self.data)\n"
                "        out = Value((e - 1.0) / (e + 1.0), (self,))",
            ),
        ),
    ),
    Mistake(
        "sigmoid_by_the_book",
        "sigmoid",
        "forward",
        "overflow",
        (
            (
                "Value(_logistic(self.data), (self,))",
                "Value(1.0 / (1.0 + math.exp(-self.data)), (self,))",
            ),
        ),
    ),
    Mistake(
        "sigmoid_at_the_input",
        "sigmoid",
        "backward",
        "wrong-rule",
        (("out.data * (1.0 - out.data) * out.grad", "self.data * (1.0 - self.data) * out.grad"),),
    ),
    Mistake(
        "relu_one_at_zero",
        "relu",
        "backward",
        "kink-convention",
        (("if not self.data <= 0.0:", "if self.data >= 0.0:"),),
    ),
    Mistake(
        "relu_lets_everything_pass",
        "relu",
        "backward",
        "wrong-rule",
        (
            (
                "            if not self.data <= 0.0:\n                self.grad += out.grad",
                "            self.grad += out.grad",
            ),
        ),
    ),
    Mistake(
        "relu_assigns",
        "relu",
        "backward",
        "overwrite",
        (
            (
                "            if not self.data <= 0.0:\n                self.grad += out.grad",
                "            self.grad = out.grad if self.data > 0.0 else 0.0",
            ),
        ),
    ),
    Mistake(
        "relu_in_place",
        "relu",
        "forward",
        "mutates-input",
        (
            (
                "        out = Value(0.0 if self.data <= 0.0 else self.data, (self,))",
                "        if self.data < 0.0:\n            self.data = 0.0\n"
                "        out = Value(self.data, (self,))",
            ),
        ),
    ),
    Mistake(
        "leaky_relu_slope_ignored",
        "leaky_relu",
        "forward",
        "wrong-value",
        (("1.0 if self.data > 0.0 else negative_slope", "1.0 if self.data > 0.0 else 0.01"),),
    ),
    Mistake(
        "elu_alpha_forgotten",
        "elu",
        "backward",
        "wrong-rule",
        (("1.0 if above else out.data + alpha", "1.0 if above else out.data + 1.0"),),
    ),
    Mistake(
        "gelu_half_forgotten",
        "gelu",
        "forward",
        "wrong-value",
        (("share = 0.5 * (1.0 + math.erf", "share = 1.0 * (1.0 + math.erf"),),
    ),
    Mistake(
        "gelu_factor_dropped",
        "gelu",
        "backward",
        "wrong-rule",
        (("(share + self.data * density)", "(share + density)"),),
    ),
    Mistake(
        "silu_gate_is_a_constant",
        "silu",
        "backward",
        "wrong-rule",
        (("gate * (1.0 + self.data * (1.0 - gate)) * out.grad", "gate * out.grad"),),
    ),
    Mistake(
        "softplus_upstream_forgotten",
        "softplus",
        "backward",
        "missing-upstream",
        (("self.grad += _logistic(self.data) * out.grad", "self.grad += _logistic(self.data)"),),
    ),
    Mistake(
        "softplus_larger_part_forgotten",
        "softplus",
        "forward",
        "wrong-value",
        (("max(self.data, 0.0) + math.log1p", "math.log1p"),),
    ),
    Mistake(
        "erf_without_the_two",
        "erf",
        "backward",
        "wrong-scale",
        (("2.0 / math.sqrt(math.pi)", "1.0 / math.sqrt(math.pi)"),),
    ),
    Mistake(
        "erf_from_a_handbook",
        "erf",
        "forward",
        "precision",
        (
            (
                "        out = Value(math.erf(self.data), (self,))",
                "        t = 1.0 / (1.0 + 0.47047 * abs(self.data))\n"
                "        tail = ((0.7478556 * t - 0.0958798) * t + 0.3480242) * t\n"
                "        tail *= math.exp(-(self.data**2))\n"
                "        out = Value(math.copysign(1.0 - tail, self.data), (self,))",
            ),
        ),
    ),
    # -- corners --
    Mistake(
        "abs_upstream_forgotten",
        "abs",
        "backward",
        "missing-upstream",
        (
            (
                "                self.grad += out.grad\n            elif self.data < 0.0:\n"
                "                self.grad -= out.grad",
                "                self.grad += 1.0\n            elif self.data < 0.0:\n"
                "                self.grad -= 1.0",
            ),
        ),
    ),
    Mistake(
        "maximum_tie_to_the_left",
        "maximum",
        "backward",
        "tie-convention",
        (
            (
                "            if self.data == other.data:\n"
                "                self.grad += out.grad / 2\n"
                "                other.grad += out.grad / 2\n"
                "            elif self.data > other.data:",
                "            if self.data >= other.data:",
            ),
        ),
    ),
    Mistake(
        "maximum_gives_to_the_smaller",
        "maximum",
        "backward",
        "swapped-branches",
        (("elif self.data > other.data:", "elif self.data < other.data:"),),
    ),
    Mistake(
        "minimum_tie_to_the_right",
        "minimum",
        "backward",
        "tie-convention",
        (
            (
                "            if self.data == other.data:\n"
                "                self.grad += 0.5 * out.grad\n"
                "                other.grad += 0.5 * out.grad\n            else:\n"
                "                smaller = self if self.data < other.data else other\n"
                "                smaller.grad += out.grad",
                "            smaller = self if self.data < other.data else other\n"
                "            smaller.grad += out.grad",
            ),
        ),
    ),
    Mistake(
        "minimum_right_operand_forgotten",
        "minimum",
        "backward",
        "missing-term",
        (
            (
                "                smaller = self if self.data < other.data else other\n"
                "                smaller.grad += out.grad",
                "                self.grad += out.grad if self.data < other.data else 0.0",
            ),
        ),
    ),
    Mistake(
        "clamp_builtins_hidden",
        "clamp",
        "forward",
        "crash",
        (
            (
                "Value(self.data if inside else low if self.data < low else high, (self,))",
                "Value(min(max(self.data, low), high), (self,))",
            ),
        ),
    ),
    Mistake(
        "where_gives_to_the_other",
        "where",
        "backward",
        "swapped-branches",
        (("        if condition:\n", "        if not condition:\n"),),
    ),
    # -- the machinery --
    Mistake("everything_assigns", "engine", "backward", "overwrite", ((ENGINE, ASSIGNED),)),
    Mistake(
        "seed_left_at_one",
        "engine",
        "backward",
        "seed-ignored",
        (("self.grad = float(seed)", "self.grad = 1.0"),),
    ),
    Mistake(
        "nothing_set_to_zero",
        "engine",
        "backward",
        "stale-grad",
        (("        for node in order:\n            node.grad = 0.0\n", ""),),
    ),
    Mistake(
        "only_leaves_set_to_zero",
        "engine",
        "backward",
        "stale-grad",
        (
            (
                "        for node in order:\n            node.grad = 0.0\n",
                "        for node in order:\n            if not node._parents:\n"
                "                node.grad = 0.0\n",
            ),
        ),
    ),
    Mistake(
        "seed_added_to_the_old_gradient",
        "engine",
        "backward",
        "stale-grad",
        (
            ("        for node in order:\n            node.grad = 0.0\n", ""),
            ("self.grad = float(seed)", "self.grad += float(seed)"),
        ),
    ),
    Mistake(
        "output_passes_on_twice",
        "engine",
        "backward",
        "double-count",
        (
            (
                "        self.grad = float(seed)\n",
                "        self.grad = float(seed)\n        self._backward()\n",
            ),
        ),
    ),
    Mistake("recursive_sort", "engine", "backward", "recursion", ((ITERATIVE, RECURSIVE + "\n"),)),
    Mistake(
        "sorted_before_the_operands",
        "engine",
        "backward",
        "missing-term",
        (
            (
                "                visited.add(node)\n                pending.append((node, True))\n",
                "                visited.add(node)\n                order.insert(0, node)\n",
            ),
        ),
    ),
    Mistake(
        "visited_by_value",
        "engine",
        "backward",
        "lost-gradient",
        (
            (
                "            elif node not in visited:\n                visited.add(node)\n",
                "            elif node.data not in visited:\n"
                "                visited.add(node.data)\n",
            ),
        ),
    ),
    Mistake(
        "visited_for_ever",
        "engine",
        "backward",
        "state-leak",
        (
            ("def _sorted(self):", "def _sorted(self, visited=set()):"),
            (
                "order, visited, pending = [], set(), [(self, False)]",
                "order, pending = [], [(self, False)]",
            ),
            (
                "            elif node not in visited:\n                visited.add(node)\n",
                "            elif id(node) not in visited:\n"
                "                visited.add(id(node))\n",
            ),
        ),
    ),
]
