"""Mistakes of the engine in classes.py: in one Function, in the context, or in the tape."""

from zoo import Mistake

MISTAKES = [
    Mistake(
        "add_left_alone",
        "add",
        "backward",
        "missing-term",
        (("return g, g\n", "return g, 0 * g\n"),),
    ),
    Mistake(
        "sub_sign_lost", "sub", "backward", "wrong-sign", (("return g, -g\n", "return g, g\n"),)
    ),
    Mistake(
        "sub_exchanged",
        "sub",
        "backward",
        "swapped-operands",
        (("return g, -g\n", "return -g, g\n"),),
    ),
    Mistake(
        "mul_own",
        "mul",
        "backward",
        "swapped-operands",
        (("return g * y, g * x\n", "return g * x, g * y\n"),),
    ),
    Mistake(
        "mul_no_upstream",
        "mul",
        "backward",
        "missing-upstream",
        (("return g * y, g * x\n", "return y + 0 * g, x + 0 * g\n"),),
    ),
    Mistake(
        "mul_doubled",
        "mul",
        "backward",
        "wrong-scale",
        (("return g * y, g * x\n", "return 2 * g * y, 2 * g * x\n"),),
    ),
    Mistake(
        "mul_forward_adds", "mul", "forward", "wrong-value", (("return x * y\n", "return x + y\n"),)
    ),
    Mistake(
        "div_not_squared", "div", "backward", "wrong-rule", (("-g * x / (y * y)", "-g * x / y"),)
    ),
    Mistake(
        "div_multiplied",
        "div",
        "backward",
        "wrong-rule",
        (("return g / y, -g", "return g * y, -g"),),
    ),
    Mistake(
        "div_exchanged",
        "div",
        "forward",
        "swapped-operands",
        (("return x / y\n", "return y / x\n"),),
    ),
    Mistake("neg_sign_lost", "neg", "backward", "wrong-sign", (("return (-g,)", "return (g,)"),)),
    Mistake(
        "matmul_not_transposed",
        "matmul",
        "backward",
        "wrong-permutation",
        (("np.matmul(g, y.swapaxes(-1, -2))", "np.matmul(g, y)"),),
    ),
    Mistake(
        "matmul_right_lost",
        "matmul",
        "backward",
        "missing-term",
        (("np.matmul(x.swapaxes(-1, -2), g)\n", "None\n"),),
    ),
    Mistake(
        "exp_saves_the_input",
        "exp",
        "backward",
        "wrong-rule",
        (("out = np.exp(x)\n        ctx.save(out)", "out = np.exp(x)\n        ctx.save(x)"),),
    ),
    Mistake(
        "exp_no_upstream",
        "exp",
        "backward",
        "missing-upstream",
        (("return (g * out,)", "return (out,)"),),
    ),
    Mistake(
        "log_multiplies", "log", "backward", "wrong-rule", (("return (g / x,)", "return (g * x,)"),)
    ),
    Mistake(
        "log_base_ten",
        "log",
        "forward",
        "wrong-value",
        (("return np.log(x)\n", "return np.log10(x)\n"),),
    ),
    Mistake(
        "tanh_not_squared",
        "tanh",
        "backward",
        "wrong-rule",
        (("(1.0 - out * out)", "(1.0 - out)"),),
    ),
    Mistake(
        "tanh_half",
        "tanh",
        "backward",
        "wrong-scale",
        (("(g * (1.0 - out * out),)", "(0.5 * g * (1.0 - out * out),)"),),
    ),
    Mistake("relu_open", "relu", "backward", "wrong-rule", (("np.where(x > 0.0, g, 0.0)", "g"),)),
    Mistake(
        "relu_at_zero",
        "relu",
        "backward",
        "kink-convention",
        (("np.where(x > 0.0, g, 0.0)", "np.where(x >= 0.0, g, 0.0)"),),
    ),
    Mistake(
        "relu_overwrites",
        "relu",
        "forward",
        "mutates-input",
        (
            (
                "        ctx.save(x)\n        return np.maximum(x, 0.0)\n",
                "        ctx.save(x)\n        x[x < 0] = 0.0\n        return x + 0.0\n",
            ),
        ),
    ),
    Mistake(
        "softplus_naive",
        "softplus",
        "forward",
        "overflow",
        (("np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))", "np.log(1.0 + np.exp(x))"),),
    ),
    Mistake(
        "softplus_sign",
        "softplus",
        "backward",
        "wrong-rule",
        (("(1.0 + np.exp(-x))", "(1.0 + np.exp(x))"),),
    ),
    Mistake(
        "sum_mean",
        "sum",
        "backward",
        "wrong-scale",
        (
            (
                "np.broadcast_to(restore(g, x, axis, keepdims), x.shape)",
                "np.broadcast_to(restore(g, x, axis, keepdims), x.shape) * g.size / x.size",
            ),
        ),
    ),
    Mistake(
        "sum_first_axis",
        "sum",
        "forward",
        "wrong-axis",
        (
            (
                "np.sum(x, axis=axis, keepdims=keepdims)\n",
                "np.sum(x, axis=None if axis is None else 0, keepdims=keepdims)\n",
            ),
        ),
    ),
    Mistake(
        "mean_not_divided",
        "mean",
        "backward",
        "wrong-scale",
        (("count = x.size // g.size", "count = 1"),),
    ),
    Mistake(
        "mean_by_everything",
        "mean",
        "backward",
        "wrong-scale",
        (("count = x.size // g.size", "count = x.size"),),
    ),
    Mistake(
        "max_all_winners",
        "max",
        "backward",
        "wrong-rule",
        (("winners / np.sum(winners, axis=axis, keepdims=True)", "winners"),),
    ),
    Mistake(
        "max_is_min",
        "max",
        "forward",
        "swapped-branches",
        (
            (
                "np.max(x, axis=axis, keepdims=keepdims)\n        ctx.save(x, out",
                "np.min(x, axis=axis, keepdims=keepdims)\n        ctx.save(x, out",
            ),
        ),
    ),
    Mistake(
        "where_swapped",
        "where",
        "backward",
        "swapped-branches",
        (
            (
                "np.where(condition, g, 0.0), np.where(condition, 0.0, g)",
                "np.where(condition, 0.0, g), np.where(condition, g, 0.0)",
            ),
        ),
    ),
    Mistake(
        "where_otherwise",
        "where",
        "forward",
        "swapped-branches",
        (("np.where(condition, x, y)", "np.where(condition, y, x)"),),
    ),
    Mistake(
        "reshape_columns",
        "reshape",
        "backward",
        "wrong-permutation",
        (("np.reshape(g, ctx.saved[0])", 'np.reshape(g, ctx.saved[0], order="F")'),),
    ),
    Mistake(
        "reshape_forgets",
        "reshape",
        "backward",
        "wrong-shape",
        (("np.reshape(g, ctx.saved[0])", "g"),),
    ),
    Mistake(
        "permute_again",
        "permute",
        "backward",
        "wrong-permutation",
        (("np.argsort(ctx.saved[0])", "ctx.saved[0]"),),
    ),
    Mistake(
        "concat_reversed",
        "concat",
        "forward",
        "swapped-operands",
        (("np.concatenate(parts, axis=axis)", "np.concatenate(parts[::-1], axis=axis)"),),
    ),
    Mistake(
        "index_assigns",
        "index",
        "backward",
        "overwrite",
        (("np.add.at(dx, index, g)", "dx[index] = g"),),
    ),
    Mistake(
        "log_softmax_diagonal",
        "log_softmax",
        "backward",
        "wrong-rule",
        (("g - np.exp(out) * np.sum(g, axis=axis, keepdims=True)", "g * (1.0 - np.exp(out))"),),
    ),
    Mistake(
        "log_softmax_first_axis",
        "log_softmax",
        "backward",
        "wrong-axis",
        (
            (
                "np.exp(out) * np.sum(g, axis=axis, keepdims=True)",
                "np.exp(out) * np.sum(g, axis=0, keepdims=True)",
            ),
        ),
    ),
    Mistake(
        "mse_two_forgotten",
        "mse_loss",
        "backward",
        "wrong-scale",
        (("2.0 * (x - y) / x.size * g", "(x - y) / x.size * g"),),
    ),
    Mistake(
        "mse_not_averaged",
        "mse_loss",
        "backward",
        "wrong-scale",
        (("2.0 * (x - y) / x.size * g", "2.0 * (x - y) * g"),),
    ),
    Mistake(
        "mse_second_sign",
        "mse_loss",
        "backward",
        "wrong-sign",
        (("return dx, -dx", "return dx, dx"),),
    ),
    Mistake(
        "tape_forward", "engine", "backward", "lost-gradient", (("in reversed(TAPE)", "in TAPE"),)
    ),
    Mistake(
        "flow_replaces",
        "engine",
        "backward",
        "overwrite",
        (
            (
                "flow[id(operand)] = flow[id(operand)] + part if id(operand) in flow else part",
                "flow[id(operand)] = part",
            ),
            ("self.grad = part if self.grad is None else self.grad + part", "self.grad = part"),
        ),
    ),
    Mistake(
        "never_undone",
        "engine",
        "backward",
        "missing-unbroadcast",
        (("part = _undo(part, operand.data.shape)", "part = np.asarray(part)"),),
    ),
    Mistake(
        "leading_axes_left",
        "engine",
        "backward",
        "missing-unbroadcast",
        (
            (
                "    while part.ndim > len(shape):\n        part = part.sum(axis=0)\n    for axis, size in enumerate(shape):\n        if size == 1",
                "    for axis, size in enumerate(shape):\n        if part.ndim == len(shape) and size == 1",
            ),
        ),
    ),
    Mistake(
        "seed_of_ones",
        "engine",
        "backward",
        "seed-ignored",
        (
            (
                "np.ones_like(self.data) if gradient is None else np.asarray(gradient)",
                "np.ones_like(self.data)",
            ),
        ),
    ),
    Mistake(
        "old_flow",
        "engine",
        "backward",
        "stale-grad",
        (
            (
                "            g = flow.get(id(out))\n            if g is None:\n                continue\n",
                "            g = flow.get(id(out))\n            if g is None:\n                continue\n            g = out.grad\n",
            ),
        ),
    ),
    Mistake(
        "received_in_place",
        "engine",
        "backward",
        "aliasing",
        (
            (
                "        self.grad = part if self.grad is None else self.grad + part\n",
                "        if self.grad is None:\n            self.grad = part\n        else:\n            self.grad += part\n",
            ),
            ("in flow else part\n", "in flow else +part\n"),
        ),
    ),
    Mistake(
        "gradients_rounded",
        "engine",
        "backward",
        "precision",
        (("    part = np.asarray(part)\n", "    part = np.asarray(part, dtype=np.float32)\n"),),
    ),
]
