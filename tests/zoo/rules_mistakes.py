"""Mistakes of the engine in rules.py: one entry of the table each, or one line of the machinery."""

from zoo import Mistake


def _rule(name: str, op: str, code: str, old: str, new: str) -> Mistake:
    return Mistake(name, op, "backward", code, ((old, new),))


def _formula(name: str, op: str, code: str, old: str, new: str) -> Mistake:
    return Mistake(name, op, "forward", code, ((old, new),))


MISTAKES = [
    _rule(
        "sub_sign_lost",
        "sub",
        "wrong-sign",
        "lambda x, y: x - y, lambda g, out, x, y: g, lambda g, out, x, y: -g",
        "lambda x, y: x - y, lambda g, out, x, y: g, lambda g, out, x, y: g",
    ),
    _rule(
        "sub_signs_exchanged",
        "sub",
        "wrong-sign",
        "lambda x, y: x - y, lambda g, out, x, y: g, lambda g, out, x, y: -g",
        "lambda x, y: x - y, lambda g, out, x, y: -g, lambda g, out, x, y: -g",
    ),
    _rule(
        "mul_each_its_own",
        "mul",
        "swapped-operands",
        "lambda g, out, x, y: g * y, lambda g, out, x, y: g * x",
        "lambda g, out, x, y: g * x, lambda g, out, x, y: g * y",
    ),
    _rule(
        "mul_right_gets_nothing",
        "mul",
        "missing-term",
        "lambda g, out, x, y: g * y, lambda g, out, x, y: g * x",
        "lambda g, out, x, y: g * y, lambda g, out, x, y: 0 * g",
    ),
    _rule(
        "mul_upstream_forgotten",
        "mul",
        "missing-upstream",
        "lambda g, out, x, y: g * y, lambda g, out, x, y: g * x",
        "lambda g, out, x, y: y + 0 * g, lambda g, out, x, y: x + 0 * g",
    ),
    _rule(
        "div_not_squared",
        "div",
        "wrong-rule",
        "lambda g, out, x, y: -g * x / y**2",
        "lambda g, out, x, y: -g * x / y",
    ),
    _rule(
        "div_sign_lost",
        "div",
        "wrong-sign",
        "lambda g, out, x, y: -g * x / y**2",
        "lambda g, out, x, y: g * x / y**2",
    ),
    _rule(
        "pow_exponent_not_lowered",
        "pow",
        "wrong-rule",
        "y * x ** np.where(y == 0, 1.0, y - 1)",
        "y * x ** np.where(y == 0, 1.0, y)",
    ),
    _rule(
        "pow_without_logarithm",
        "pow",
        "wrong-rule",
        "np.where((x == 0) & (y >= 0), 0.0, out * np.log(x))",
        "np.where((x == 0) & (y >= 0), 0.0, out)",
    ),
    _rule(
        "neg_sign_lost",
        "neg",
        "wrong-sign",
        '"neg": (lambda x: -x, lambda g, out, x: -g)',
        '"neg": (lambda x: -x, lambda g, out, x: g)',
    ),
    _rule(
        "exp_of_input",
        "exp",
        "wrong-rule",
        "(np.exp, lambda g, out, x: g * out)",
        "(np.exp, lambda g, out, x: g * x)",
    ),
    _rule(
        "exp_upstream_forgotten",
        "exp",
        "missing-upstream",
        "(np.exp, lambda g, out, x: g * out)",
        "(np.exp, lambda g, out, x: out)",
    ),
    _rule(
        "log_over_output",
        "log",
        "wrong-rule",
        "(np.log, lambda g, out, x: g / x)",
        "(np.log, lambda g, out, x: g / out)",
    ),
    _rule("sqrt_half_forgotten", "sqrt", "wrong-scale", "g * 0.5 / out", "g / out"),
    _rule("sin_of_cosine_sign", "sin", "wrong-sign", "g * np.cos(x)", "g * -np.cos(x)"),
    _rule("cos_sign_lost", "cos", "wrong-sign", "-g * np.sin(x)", "g * np.sin(x)"),
    _rule("tanh_at_the_input", "tanh", "wrong-rule", "g * (1 - out**2)", "g * (1 - x**2)"),
    _rule(
        "sigmoid_at_the_input", "sigmoid", "wrong-rule", "g * out * (1 - out)", "g * x * (1 - x)"
    ),
    _rule(
        "sigmoid_twice", "sigmoid", "wrong-scale", "g * out * (1 - out)", "g * 2 * out * (1 - out)"
    ),
    _rule("relu_slope_one_at_zero", "relu", "kink-convention", "g * (x > 0)", "g * (x >= 0)"),
    _rule("relu_passes_all", "relu", "wrong-rule", "g * (x > 0)", "g * 1"),
    _rule(
        "abs_slope_one_at_zero",
        "abs",
        "kink-convention",
        "np.where(x != x, 0, np.sign(x))",
        "np.where(x != x, 0, np.where(x >= 0, 1, -1))",
    ),
    _rule("square_two_forgotten", "square", "wrong-scale", "g * 2 * x", "g * x"),
    _rule("atan_minus", "atan", "wrong-rule", "g / (1 + x**2)", "g / (1 - x**2)"),
    _rule(
        "log1p_one_forgotten",
        "log1p",
        "wrong-rule",
        "lambda g, out, x: g / (1 + x)",
        "lambda g, out, x: g / x",
    ),
    _rule(
        "clamp_bounds_excluded",
        "clamp",
        "kink-convention",
        "* ((x >= (-np.inf if min is None else min)) & (x <= (np.inf if max is None else max)))",
        "* ((x > (-np.inf if min is None else min)) & (x < (np.inf if max is None else max)))",
    ),
    _rule(
        "maximum_branches_swapped",
        "maximum",
        "swapped-branches",
        "lambda g, out, x, y: g * np.where(x == y, 0.5, x > y),\n"
        "        lambda g, out, x, y: g * np.where(x == y, 0.5, y > x),",
        "lambda g, out, x, y: g * np.where(x == y, 0.5, y > x),\n"
        "        lambda g, out, x, y: g * np.where(x == y, 0.5, x > y),",
    ),
    _rule(
        "maximum_tie_to_the_left",
        "maximum",
        "tie-convention",
        "lambda g, out, x, y: g * np.where(x == y, 0.5, x > y),\n"
        "        lambda g, out, x, y: g * np.where(x == y, 0.5, y > x),",
        "lambda g, out, x, y: g * (x >= y),\n        lambda g, out, x, y: g * (y > x),",
    ),
    _rule(
        "max_ties_unshared",
        "max",
        "wrong-rule",
        "* hits / hits.sum(axis=axis, keepdims=True)",
        "* hits",
    ),
    _rule(
        "mean_not_divided",
        "mean",
        "wrong-scale",
        "spread(g, x, axis, keepdims) / count(x, axis)",
        "spread(g, x, axis, keepdims)",
    ),
    _rule(
        "mean_divided_by_everything",
        "mean",
        "wrong-scale",
        "spread(g, x, axis, keepdims) / count(x, axis)",
        "spread(g, x, axis, keepdims) / x.size",
    ),
    _rule(
        "sum_divided",
        "sum",
        "wrong-scale",
        "lambda g, out, x, axis=None, keepdims=False: spread(g, x, axis, keepdims),",
        "lambda g, out, x, axis=None, keepdims=False: spread(g, x, axis, keepdims)"
        " / count(x, axis),",
    ),
    _rule(
        "logsumexp_not_divided",
        "logsumexp",
        "wrong-rule",
        "* np.exp(x - kept(out, x.ndim, axis, keepdims))",
        "* np.exp(x)",
    ),
    _rule(
        "cumsum_forward_again",
        "cumsum",
        "wrong-rule",
        "np.flip(np.flip(g, axis).cumsum(axis=axis), axis)",
        "g.cumsum(axis=axis)",
    ),
    _rule(
        "softmax_diagonal_alone",
        "softmax",
        "wrong-rule",
        "(g - (g * out).sum(axis=axis, keepdims=True)) * out",
        "g * out * (1 - out)",
    ),
    _rule(
        "softmax_along_the_first",
        "softmax",
        "wrong-axis",
        "(g * out).sum(axis=axis, keepdims=True)",
        "(g * out).sum(axis=0, keepdims=True)",
    ),
    _rule(
        "reshape_by_columns",
        "reshape",
        "wrong-permutation",
        "g.reshape(x.shape)",
        'g.reshape(x.shape, order="F")',
    ),
    _rule(
        "permute_not_inverted",
        "permute",
        "wrong-permutation",
        "g.transpose(np.argsort([i % x.ndim for i in axes]))",
        "g.transpose(axes)",
    ),
    _rule(
        "flip_not_undone",
        "flip",
        "wrong-permutation",
        "lambda g, out, x, axis: np.flip(g, axis)",
        "lambda g, out, x, axis: g",
    ),
    _rule(
        "index_assigns", "index", "overwrite", "np.add.at(result, index, g)", "result[index] = g"
    ),
    _rule(
        "matmul_factors_of_the_left",
        "matmul",
        "wrong-permutation",
        "result = g @ np.swapaxes(y, -1, -2)",
        "result = g @ y",
    ),
    _rule(
        "pow_base_lost",
        "pow",
        "missing-term",
        "return g * np.where(y == 0, 0.0, y * x",
        "return 0 * g * np.where(y == 0, 0.0, y * x",
    ),
    _formula("add_multiplies", "add", "wrong-value", "lambda x, y: x + y,", "lambda x, y: x * y,"),
    _formula(
        "sub_turned_about", "sub", "swapped-operands", "lambda x, y: x - y,", "lambda x, y: y - x,"
    ),
    _formula(
        "div_turned_about", "div", "swapped-operands", "lambda x, y: x / y,", "lambda x, y: y / x,"
    ),
    _formula("log_to_base_two", "log", "wrong-value", "(np.log, lambda", "(np.log2, lambda"),
    _formula(
        "sigmoid_overflows",
        "sigmoid",
        "overflow",
        "lambda x: np.where(x >= 0, 1 / (1 + np.exp(-abs(x))), 1 - 1 / (1 + np.exp(-abs(x))))",
        "lambda x: np.exp(x) / (1 + np.exp(x))",
    ),
    _formula(
        "softmax_overflows",
        "softmax",
        "overflow",
        "e = np.exp(x - x.max(axis=axis, keepdims=True))",
        "e = np.exp(x)",
    ),
    _formula(
        "logsumexp_overflows",
        "logsumexp",
        "overflow",
        "top = np.where(np.isfinite(top), top, 0.0)",
        "top = np.zeros_like(top)",
    ),
    _formula(
        "maximum_is_minimum",
        "maximum",
        "swapped-branches",
        "        np.maximum,\n",
        "        np.minimum,\n",
    ),
    _formula(
        "mean_of_the_other_axis",
        "mean",
        "wrong-axis",
        "x.mean(axis=axis, keepdims=keepdims)",
        "x.mean(axis=None if axis is None else 0, keepdims=keepdims)",
    ),
    _formula(
        "sum_keeps_its_axes",
        "sum",
        "wrong-shape",
        "x.sum(axis=axis, keepdims=keepdims)",
        "x.sum(axis=axis, keepdims=True)",
    ),
    _formula(
        "relu_in_place",
        "relu",
        "mutates-input",
        "lambda x: np.maximum(x, 0),",
        "lambda x: np.maximum(x, 0, out=x),",
    ),
    _formula(
        "exp_in_single_precision",
        "exp",
        "precision",
        "(np.exp, lambda",
        "(lambda x: np.exp(x.astype(np.float32)).astype(x.dtype), lambda",
    ),
    _formula(
        "flip_of_all_axes",
        "flip",
        "wrong-axis",
        "lambda x, axis: np.flip(x, axis),",
        "lambda x, axis: np.flip(x),",
    ),
    _rule(
        "nothing_is_summed_back",
        "engine",
        "missing-unbroadcast",
        "part = unbroadcast(np.asarray(part), operand.data.shape)",
        "part = np.asarray(part)",
    ),
    _rule(
        "contributions_replace",
        "engine",
        "overwrite",
        "part = pending[operand.number][1] + part",
        "pass",
    ),
    _rule(
        "contributions_in_place",
        "engine",
        "aliasing",
        "part = pending[operand.number][1] + part",
        "held = pending[operand.number][1]\n                    held += part\n"
        "                    part = held",
    ),
    _rule(
        "seed_of_ones",
        "engine",
        "seed-ignored",
        "np.ones_like(self.data) if seed is None else seed",
        "np.ones_like(self.data)",
    ),
    _rule(
        "old_gradients_passed_on",
        "engine",
        "stale-grad",
        "            if node.rule is None:",
        "            g = node.grad\n            if node.rule is None:",
    ),
]
