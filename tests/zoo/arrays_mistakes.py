"""Mistakes of the engine in arrays.py: closures over numpy arrays, as students get them wrong."""

from zoo import Mistake

MISTAKES = [
    # -- arithmetic --
    Mistake(
        "add_right_operand_not_summed",
        "add",
        "backward",
        "missing-unbroadcast",
        (("other._receive(_unbroadcast(out.grad, other.shape))", "other._receive(out.grad)"),),
    ),
    Mistake(
        "add_left_operand_forgotten",
        "add",
        "backward",
        "missing-term",
        (
            (
                "            self._receive(_unbroadcast(out.grad, self.shape))\n"
                "            other._receive(_unbroadcast(out.grad, other.shape))",
                "            other._receive(_unbroadcast(out.grad, other.shape))",
            ),
        ),
    ),
    Mistake(
        "add_doubles_what_is_added_to_itself",
        "add",
        "backward",
        "double-count",
        (
            (
                "            other._receive(_unbroadcast(out.grad, other.shape))\n",
                "            other._receive(_unbroadcast(out.grad, other.shape))\n"
                "            if other is self:\n"
                "                self._receive(2.0 * out.grad)\n",
            ),
        ),
    ),
    Mistake(
        "sub_sign_of_the_subtrahend",
        "sub",
        "backward",
        "wrong-sign",
        (("_unbroadcast(-out.grad, other.shape)", "_unbroadcast(out.grad, other.shape)"),),
    ),
    Mistake(
        "sub_reflected_the_wrong_way",
        "sub",
        "forward",
        "swapped-operands",
        (("return self._lift(other) - self", "return self - other"),),
    ),
    Mistake(
        "mul_factors_exchanged",
        "mul",
        "backward",
        "swapped-operands",
        (
            (
                "_unbroadcast(out.grad * other.data, self.shape)",
                "_unbroadcast(out.grad * self.data, self.shape)",
            ),
            (
                "_unbroadcast(out.grad * self.data, other.shape)",
                "_unbroadcast(out.grad * other.data, other.shape)",
            ),
        ),
    ),
    Mistake(
        "mul_left_operand_not_summed",
        "mul",
        "backward",
        "missing-unbroadcast",
        (
            (
                "self._receive(_unbroadcast(out.grad * other.data, self.shape))",
                "self._receive(out.grad * other.data)",
            ),
        ),
    ),
    Mistake(
        "mul_assigns",
        "mul",
        "backward",
        "overwrite",
        (
            (
                "self._receive(_unbroadcast(out.grad * other.data, self.shape))",
                "self.grad = _unbroadcast(out.grad * other.data, self.shape)",
            ),
            (
                "other._receive(_unbroadcast(out.grad * self.data, other.shape))",
                "other.grad = _unbroadcast(out.grad * self.data, other.shape)",
            ),
        ),
    ),
    Mistake(
        "mul_upstream_forgotten",
        "mul",
        "backward",
        "missing-upstream",
        (
            (
                "_unbroadcast(out.grad * other.data, self.shape)",
                "_unbroadcast(np.ones(out.shape) * other.data, self.shape)",
            ),
            (
                "_unbroadcast(out.grad * self.data, other.shape)",
                "_unbroadcast(np.ones(out.shape) * self.data, other.shape)",
            ),
        ),
    ),
    Mistake(
        "mul_by_a_number_cuts_the_graph",
        "mul",
        "backward",
        "lost-gradient",
        (
            (
                "        other = self._lift(other)\n"
                "        out = Tensor(self.data * other.data, (self, other))",
                "        if not isinstance(other, Tensor):\n"
                "            return Tensor(self.data * other)\n"
                "        out = Tensor(self.data * other.data, (self, other))",
            ),
        ),
    ),
    Mistake(
        "div_divisor_not_squared",
        "div",
        "backward",
        "wrong-rule",
        (("-self.data / other.data**2", "-self.data / other.data"),),
    ),
    Mistake(
        "div_sign_of_the_divisor",
        "div",
        "backward",
        "wrong-sign",
        (("slope = -self.data / other.data**2", "slope = self.data / other.data**2"),),
    ),
    Mistake(
        "div_upstream_divided_in_place",
        "div",
        "backward",
        "aliasing",
        (
            (
                "            self._receive(_unbroadcast(out.grad / other.data, self.shape))\n"
                "            slope = -self.data / other.data**2\n"
                "            other._receive(_unbroadcast(out.grad * slope, other.shape))",
                "            out.grad /= other.data\n"
                "            self._receive(_unbroadcast(out.grad, self.shape))\n"
                "            other._receive(_unbroadcast(-out.grad * out.data, other.shape))",
            ),
        ),
    ),
    Mistake(
        "pow_factor_dropped",
        "pow",
        "backward",
        "wrong-rule",
        (("y * x ** (y - 1)", "x ** (y - 1)"),),
    ),
    Mistake(
        "pow_exponent_is_a_constant",
        "pow",
        "backward",
        "missing-term",
        (("            other._receive(_unbroadcast(out.grad * by_exponent, other.shape))\n", ""),),
    ),
    Mistake(
        "pow_base_exponent_exchanged_by_reflection",
        "pow",
        "forward",
        "swapped-operands",
        (("return self._lift(other) ** self", "return self ** other"),),
    ),
    Mistake(
        "pow_zero_times_infinity",
        "pow",
        "backward",
        "indeterminate",
        (("np.where(y == 0, 0.0, y * x ** (y - 1))", "y * x ** (y - 1)"),),
    ),
    Mistake(
        "neg_in_place",
        "neg",
        "forward",
        "mutates-input",
        (
            (
                "        out = Tensor(-self.data, (self,))",
                "        out = Tensor(np.negative(self.data, out=self.data), (self,))",
            ),
        ),
    ),
    Mistake(
        "matmul_not_transposed",
        "matmul",
        "backward",
        "wrong-permutation",
        (
            ("g @ np.swapaxes(b, -1, -2)", "g @ b"),
            ("np.swapaxes(a, -1, -2) @ g", "a @ g"),
        ),
    ),
    Mistake(
        "matmul_all_axes_transposed",
        "matmul",
        "backward",
        "wrong-permutation",
        (
            ("g @ np.swapaxes(b, -1, -2)", "g @ b.T"),
            ("np.swapaxes(a, -1, -2) @ g", "a.T @ g"),
        ),
    ),
    Mistake(
        "matmul_right_gradient_transposed",
        "matmul",
        "backward",
        "wrong-permutation",
        (("np.swapaxes(a, -1, -2) @ g", "np.swapaxes(g, -1, -2) @ a"),),
    ),
    Mistake(
        "matmul_right_operand_forgotten",
        "matmul",
        "backward",
        "missing-term",
        (("            other._receive(_unbroadcast(db, b.shape).reshape(other.shape))\n", ""),),
    ),
    Mistake(
        "matmul_upstream_of_ones",
        "matmul",
        "backward",
        "missing-upstream",
        (
            (
                "            g = out.grad\n            if other.ndim",
                "            g = np.ones_like(out.grad)\n            if other.ndim",
            ),
        ),
    ),
    Mistake(
        "matmul_vector_on_the_left",
        "matmul",
        "backward",
        "crash",
        (("            if self.ndim == 1:\n                g = np.expand_dims(g, -2)\n", ""),),
    ),
    Mistake(
        "matmul_batch_not_summed",
        "matmul",
        "backward",
        "missing-unbroadcast",
        (
            (
                "self._receive(_unbroadcast(da, a.shape).reshape(self.shape))",
                "self._receive(da if self.ndim > 1 else da.reshape(self.shape))",
            ),
            (
                "other._receive(_unbroadcast(db, b.shape).reshape(other.shape))",
                "other._receive(db if other.ndim > 1 else db[..., 0])",
            ),
        ),
    ),
    # -- elementwise --
    Mistake(
        "exp_upstream_scaled_in_place",
        "exp",
        "backward",
        "aliasing",
        (
            (
                "            self._receive(out.grad * out.data)\n",
                "            out.grad *= out.data\n            self._receive(out.grad)\n",
            ),
        ),
    ),
    Mistake(
        "exp_at_the_input",
        "exp",
        "backward",
        "wrong-rule",
        (("self._receive(out.grad * out.data)\n", "self._receive(out.grad * self.data)\n"),),
    ),
    Mistake(
        "expm1_by_exp",
        "expm1",
        "forward",
        "precision",
        (("np.expm1(self.data)", "np.exp(self.data) - 1.0"),),
    ),
    Mistake(
        "log_upstream_forgotten",
        "log",
        "backward",
        "missing-upstream",
        (("out.grad / self.data)", "1.0 / self.data)"),),
    ),
    Mistake(
        "log1p_by_log",
        "log1p",
        "forward",
        "precision",
        (("np.log1p(self.data)", "np.log(1.0 + self.data)"),),
    ),
    Mistake(
        "sqrt_without_the_half",
        "sqrt",
        "backward",
        "wrong-scale",
        (("out.grad / (2.0 * out.data)", "out.grad / out.data"),),
    ),
    Mistake(
        "square_without_the_two",
        "square",
        "backward",
        "wrong-scale",
        (("out.grad * 2.0 * self.data", "out.grad * self.data"),),
    ),
    Mistake(
        "square_doubles",
        "square",
        "forward",
        "wrong-value",
        (("np.square(self.data)", "2.0 * self.data"),),
    ),
    Mistake(
        "reciprocal_sign_lost",
        "reciprocal",
        "backward",
        "wrong-sign",
        (("-out.grad * out.data**2", "out.grad * out.data**2"),),
    ),
    Mistake(
        "sin_upstream_forgotten",
        "sin",
        "backward",
        "missing-upstream",
        (("out.grad * np.cos(self.data)", "np.cos(self.data)"),),
    ),
    Mistake(
        "cos_sign_lost",
        "cos",
        "backward",
        "wrong-sign",
        (("out.grad * -np.sin(self.data)", "out.grad * np.sin(self.data)"),),
    ),
    Mistake(
        "tanh_not_squared",
        "tanh",
        "backward",
        "wrong-rule",
        (("out.grad * (1.0 - out.data**2)", "out.grad * (1.0 - out.data)"),),
    ),
    Mistake(
        "tanh_difference_quotient",
        "tanh",
        "backward",
        "precision",
        (
            (
                "out.grad * (1.0 - out.data**2)",
                "out.grad * (np.tanh(self.data + 1e-7) - out.data) / 1e-7",
            ),
        ),
    ),
    Mistake(
        "sigmoid_of_a_ratio",
        "sigmoid",
        "forward",
        "overflow",
        (
            (
                "Tensor(_logistic(self.data), (self,))",
                "Tensor(np.exp(self.data) / (1.0 + np.exp(self.data)), (self,))",
            ),
        ),
    ),
    Mistake(
        "sigmoid_at_the_input",
        "sigmoid",
        "backward",
        "wrong-rule",
        (("out.grad * out.data * (1.0 - out.data)", "out.grad * self.data * (1.0 - self.data)"),),
    ),
    Mistake(
        "relu_one_at_zero",
        "relu",
        "backward",
        "kink-convention",
        (
            (
                "np.where(self.data <= 0.0, 0.0, out.grad)",
                "np.where(self.data < 0.0, 0.0, out.grad)",
            ),
        ),
    ),
    Mistake(
        "relu_upstream_cut_in_place",
        "relu",
        "backward",
        "aliasing",
        (
            (
                "            self._receive(np.where(self.data <= 0.0, 0.0, out.grad))",
                "            out.grad[self.data <= 0.0] = 0.0\n            self._receive(out.grad)",
            ),
        ),
    ),
    Mistake(
        "relu_mask_kept_by_shape",
        "relu",
        "backward",
        "state-leak",
        (
            (
                "            self._receive(np.where(self.data <= 0.0, 0.0, out.grad))",
                "            blocked = _BLOCKED.setdefault(self.shape, self.data <= 0.0)\n"
                "            self._receive(np.where(blocked, 0.0, out.grad))",
            ),
            ("class Tensor:\n", "_BLOCKED = {}\n\n\nclass Tensor:\n"),
        ),
    ),
    Mistake(
        "leaky_relu_upstream_forgotten",
        "leaky_relu",
        "backward",
        "missing-upstream",
        (
            (
                "self._receive(out.grad * slope)\n"
                "\n"
                "        out._backward = backward\n"
                "        return out\n"
                "\n"
                "    def abs",
                "self._receive(slope)\n"
                "\n"
                "        out._backward = backward\n"
                "        return out\n"
                "\n"
                "    def abs",
            ),
        ),
    ),
    Mistake(
        "leaky_relu_one_at_zero",
        "leaky_relu",
        "backward",
        "kink-convention",
        (
            (
                "np.where(self.data > 0.0, 1.0, negative_slope)",
                "np.where(self.data >= 0.0, 1.0, negative_slope)",
            ),
        ),
    ),
    Mistake(
        "abs_one_at_zero",
        "abs",
        "backward",
        "kink-convention",
        (
            (
                "np.nan_to_num(np.sign(self.data))",
                "np.nan_to_num(np.sign(self.data) + (self.data == 0.0))",
            ),
        ),
    ),
    Mistake(
        "softplus_by_the_book",
        "softplus",
        "forward",
        "overflow",
        (("np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))", "np.log(1.0 + np.exp(x))"),),
    ),
    Mistake(
        "silu_as_if_sigmoid",
        "silu",
        "backward",
        "wrong-rule",
        (("(gate + out.data * (1.0 - gate))", "gate * (1.0 - gate)"),),
    ),
    Mistake(
        "erf_closure_never_hung_in",
        "erf",
        "backward",
        "lost-gradient",
        (
            (
                "np.exp(-(self.data**2)))\n\n        out._backward = backward\n",
                "np.exp(-(self.data**2)))\n\n",
            ),
        ),
    ),
    Mistake(
        "clamp_zero_at_its_bounds",
        "clamp",
        "backward",
        "kink-convention",
        (
            ("inside &= self.data >= min", "inside &= self.data > min"),
            ("inside &= self.data <= max", "inside &= self.data < max"),
        ),
    ),
    Mistake(
        "clamp_lets_everything_pass",
        "clamp",
        "backward",
        "wrong-rule",
        (("self._receive(out.grad * inside)", "self._receive(out.grad)"),),
    ),
    Mistake(
        "clamp_in_place",
        "clamp",
        "forward",
        "mutates-input",
        (("np.clip(self.data, min, max)", "np.clip(self.data, min, max, out=self.data)"),),
    ),
    Mistake(
        "maximum_tie_to_the_left",
        "maximum",
        "backward",
        "tie-convention",
        (
            (
                "np.where(tie, 0.5, self.data > other.data)",
                "np.where(tie, 1.0, self.data > other.data)",
            ),
            (
                "np.where(tie, 0.5, self.data < other.data)",
                "np.where(tie, 0.0, self.data < other.data)",
            ),
        ),
    ),
    Mistake(
        "maximum_gives_to_the_smaller",
        "maximum",
        "backward",
        "swapped-branches",
        (
            (
                "mine = np.where(tie, 0.5, self.data > other.data)",
                "mine = np.where(tie, 0.5, self.data < other.data)",
            ),
            (
                "theirs = np.where(tie, 0.5, self.data < other.data)",
                "theirs = np.where(tie, 0.5, self.data > other.data)",
            ),
        ),
    ),
    Mistake(
        "minimum_tie_to_the_right",
        "minimum",
        "backward",
        "tie-convention",
        (
            (
                "(self.data < other.data) + 0.5 * (self.data == other.data)",
                "1.0 * (self.data < other.data)",
            ),
        ),
    ),
    Mistake(
        "minimum_right_operand_not_summed",
        "minimum",
        "backward",
        "missing-unbroadcast",
        (
            (
                "other._receive(_unbroadcast((1.0 - share) * out.grad, other.shape))",
                "other._receive((1.0 - share) * out.grad)",
            ),
        ),
    ),
    # -- reductions --
    Mistake(
        "sum_upstream_not_expanded",
        "sum",
        "backward",
        "wrong-axis",
        (
            (
                "np.ones_like(self.data) * _kept(out.grad, self.shape, axis))",
                "np.ones_like(self.data) * out.grad)",
            ),
        ),
    ),
    Mistake(
        "sum_upstream_forgotten",
        "sum",
        "backward",
        "missing-upstream",
        (
            (
                "np.ones_like(self.data) * _kept(out.grad, self.shape, axis))",
                "np.ones_like(self.data))",
            ),
        ),
    ),
    Mistake(
        "mean_divided_by_all",
        "mean",
        "backward",
        "wrong-scale",
        (
            (
                "            n = _reduced_size(self.shape, axis)\n            g",
                "            n = self.data.size\n            g",
            ),
        ),
    ),
    Mistake(
        "mean_not_divided", "mean", "backward", "wrong-scale", ((" * g / max(n, 1))", " * g)"),)
    ),
    Mistake(
        "mean_of_several_axes",
        "mean",
        "backward",
        "crash",
        (
            (
                "            n = _reduced_size(self.shape, axis)\n            g",
                "            n = self.data.size if axis is None else self.shape[axis]\n"
                "            g",
            ),
        ),
    ),
    Mistake(
        "mean_axes_not_kept",
        "mean",
        "forward",
        "wrong-shape",
        (("np.mean(self.data, axis=axis, keepdims=keepdims)", "np.mean(self.data, axis=axis)"),),
    ),
    Mistake(
        "max_ties_to_the_last",
        "max",
        "backward",
        "tie-convention",
        (
            (
                "            among = largest.sum(axis=axis, keepdims=True)\n",
                "            places = np.arange(self.data.size).reshape(self.shape) * largest\n"
                "            largest &= places == places.max(axis=axis, keepdims=True)\n"
                "            among = largest.sum(axis=axis, keepdims=True)\n",
            ),
        ),
    ),
    Mistake(
        "max_of_everything",
        "max",
        "backward",
        "wrong-axis",
        (
            (
                "self.data == _kept(out.data, self.shape, axis)\n            among",
                "self.data == np.max(self.data)\n            among",
            ),
            (" * largest / among", " * largest / np.maximum(among, 1)"),
        ),
    ),
    Mistake(
        "min_ties_in_full",
        "min",
        "backward",
        "wrong-rule",
        (("smallest / smallest.sum(axis=axis, keepdims=True)", "smallest"),),
    ),
    Mistake(
        "min_upstream_forgotten",
        "min",
        "backward",
        "missing-upstream",
        (("self._receive(_kept(out.grad, self.shape, axis) * share)", "self._receive(share)"),),
    ),
    Mistake(
        "prod_by_division",
        "prod",
        "backward",
        "overflow",
        (
            (
                "            others = others.reshape(self.shape)\n",
                "            others = _kept(out.data, self.shape, axis) / self.data\n",
            ),
        ),
    ),
    Mistake(
        "prod_at_the_output",
        "prod",
        "backward",
        "wrong-rule",
        (
            (
                "            others = others.reshape(self.shape)\n",
                "            others = _kept(out.data, self.shape, axis) * np.ones(self.shape)\n",
            ),
        ),
    ),
    Mistake(
        "var_correction_forgotten_backward",
        "var",
        "backward",
        "wrong-scale",
        (("* 2.0 * centred / n)", "* 2.0 * centred / (n + correction))"),),
    ),
    Mistake(
        "var_about_the_mean_of_all",
        "var",
        "forward",
        "wrong-axis",
        (
            (
                "centred = self.data - np.mean(self.data, axis=axis, keepdims=True)",
                "centred = self.data - np.mean(self.data)",
            ),
        ),
    ),
    Mistake(
        "std_not_divided_by_itself",
        "std",
        "backward",
        "wrong-rule",
        (
            (
                "np.where(root == 0.0, 0.0, deviation / (freedom * root))",
                "deviation / freedom * np.ones_like(root)",
            ),
        ),
    ),
    Mistake(
        "std_zero_over_zero",
        "std",
        "backward",
        "overflow",
        (
            (
                "np.where(root == 0.0, 0.0, deviation / (freedom * root))",
                "deviation / (freedom * root)",
            ),
        ),
    ),
    Mistake(
        "norm_zero_over_zero",
        "norm",
        "backward",
        "overflow",
        (("np.where(kept == 0.0, 0.0, self.data / kept)", "self.data / kept"),),
    ),
    Mistake(
        "norm_sum_of_magnitudes",
        "norm",
        "forward",
        "wrong-value",
        (
            (
                "length = np.sqrt(np.sum(self.data**2, axis=axis, keepdims=keepdims))",
                "length = np.sum(np.abs(self.data), axis=axis, keepdims=keepdims)",
            ),
        ),
    ),
    Mistake(
        "norm_not_divided",
        "norm",
        "backward",
        "wrong-rule",
        (
            (
                "np.where(kept == 0.0, 0.0, self.data / kept)",
                "np.where(kept == 0.0, 0.0, self.data)",
            ),
        ),
    ),
    Mistake(
        "logsumexp_by_the_book",
        "logsumexp",
        "forward",
        "overflow",
        (("np.where(np.isfinite(top), top, 0.0)", "np.zeros_like(top)"),),
    ),
    Mistake(
        "logsumexp_axes_always_kept",
        "logsumexp",
        "forward",
        "wrong-shape",
        (
            (
                "Tensor(whole if keepdims else np.squeeze(whole, axis=axis), (self,))",
                "Tensor(whole, (self,))",
            ),
        ),
    ),
    Mistake(
        "logsumexp_not_normalized",
        "logsumexp",
        "backward",
        "wrong-rule",
        (("weights = np.exp(self.data - whole)", "weights = np.exp(self.data - top)"),),
    ),
    Mistake(
        "cumsum_once_flipped",
        "cumsum",
        "backward",
        "wrong-permutation",
        (
            (
                "np.flip(np.cumsum(np.flip(out.grad, axis), axis), axis)",
                "np.cumsum(np.flip(out.grad, axis), axis)",
            ),
        ),
    ),
    Mistake(
        "cumsum_from_the_wrong_end",
        "cumsum",
        "backward",
        "wrong-rule",
        (("np.flip(np.cumsum(np.flip(out.grad, axis), axis), axis)", "np.cumsum(out.grad, axis)"),),
    ),
    Mistake(
        "cumsum_of_columns_always",
        "cumsum",
        "forward",
        "wrong-axis",
        (("np.cumsum(self.data, axis=axis)", "np.cumsum(self.data, axis=0)"),),
    ),
    # -- shapes --
    Mistake(
        "reshape_column_by_column",
        "reshape",
        "backward",
        "wrong-permutation",
        (("out.grad.reshape(self.shape)", 'out.grad.reshape(self.shape, order="F")'),),
    ),
    Mistake(
        "reshape_not_undone",
        "reshape",
        "backward",
        "wrong-shape",
        (("self._receive(out.grad.reshape(self.shape))", "self._receive(out.grad)"),),
    ),
    Mistake(
        "transpose_not_undone",
        "transpose",
        "backward",
        "wrong-permutation",
        (("np.swapaxes(out.grad, axis0, axis1)", "out.grad"),),
    ),
    Mistake(
        "permute_by_the_same_axes",
        "permute",
        "backward",
        "wrong-permutation",
        (("np.transpose(out.grad, np.argsort(axes))", "np.transpose(out.grad, axes)"),),
    ),
    Mistake(
        "permute_by_the_inverse",
        "permute",
        "forward",
        "wrong-permutation",
        (
            ("np.transpose(self.data, axes)", "np.transpose(self.data, np.argsort(axes))"),
            ("np.transpose(out.grad, np.argsort(axes))", "np.transpose(out.grad, axes)"),
        ),
    ),
    Mistake(
        "broadcast_to_not_summed",
        "broadcast_to",
        "backward",
        "missing-unbroadcast",
        (("back = _unbroadcast(out.grad, self.shape)", "back = out.grad"),),
    ),
    Mistake(
        "unsqueeze_not_undone",
        "unsqueeze",
        "backward",
        "wrong-shape",
        (("np.squeeze(out.grad, axis)", "out.grad"),),
    ),
    Mistake(
        "squeeze_put_back_in_front",
        "squeeze",
        "backward",
        "wrong-axis",
        (("np.expand_dims(out.grad, axis)", "np.expand_dims(out.grad, 0)"),),
    ),
    Mistake(
        "flip_not_undone",
        "flip",
        "backward",
        "wrong-permutation",
        (("self._receive(np.flip(out.grad, axis))", "self._receive(out.grad)"),),
    ),
    Mistake(
        "flip_every_axis",
        "flip",
        "forward",
        "wrong-axis",
        (("Tensor(np.flip(self.data, axis), (self,))", "Tensor(np.flip(self.data), (self,))"),),
    ),
    Mistake(
        "index_repeats_lost",
        "index",
        "backward",
        "overwrite",
        (("np.add.at(scattered, index, out.grad)", "scattered[index] += out.grad"),),
    ),
    Mistake(
        "index_scatters_ones",
        "index",
        "backward",
        "missing-upstream",
        (("np.add.at(scattered, index, out.grad)", "np.add.at(scattered, index, 1.0)"),),
    ),
    Mistake(
        "index_buffer_used_again",
        "index",
        "backward",
        "state-leak",
        (
            (
                "scattered = np.zeros_like(self.data)",
                "scattered = _BUFFERS.setdefault(self.shape, np.zeros_like(self.data))",
            ),
            ("class Tensor:\n", "_BUFFERS = {}\n\n\nclass Tensor:\n"),
        ),
    ),
    Mistake(
        "concat_cut_along_the_first_axis",
        "concat",
        "backward",
        "wrong-axis",
        (("part[axis] = slice(start, stop)", "part[0] = slice(start, stop)"),),
    ),
    Mistake(
        "concat_only_the_first",
        "concat",
        "backward",
        "missing-term",
        (
            (
                "        for tensor in tensors:\n            stop",
                "        for tensor in tensors[:1]:\n            stop",
            ),
        ),
    ),
    Mistake(
        "concat_parts_from_the_end",
        "concat",
        "backward",
        "swapped-operands",
        (
            (
                "        for tensor in tensors:\n            stop",
                "        for tensor in reversed(tensors):\n            stop",
            ),
        ),
    ),
    Mistake(
        "stack_cut_along_the_first_axis",
        "stack",
        "backward",
        "wrong-axis",
        (("np.take(out.grad, k, axis)", "np.take(out.grad, k, 0)"),),
    ),
    Mistake(
        "stack_without_parents",
        "stack",
        "backward",
        "lost-gradient",
        (
            (
                "Tensor(np.stack([tensor.data for tensor in tensors], axis), tuple(tensors))",
                "Tensor(np.stack([tensor.data for tensor in tensors], axis))",
            ),
        ),
    ),
    Mistake(
        "outer_factors_exchanged",
        "outer",
        "backward",
        "swapped-operands",
        (
            ("x._receive(out.grad @ y.data)", "x._receive(x.data @ out.grad)"),
            ("y._receive(x.data @ out.grad)", "y._receive(out.grad @ y.data)"),
        ),
    ),
    Mistake(
        "outer_factor_dropped",
        "outer",
        "backward",
        "wrong-rule",
        (("x._receive(out.grad @ y.data)", "x._receive(out.grad.sum(axis=1))"),),
    ),
    # -- networks --
    Mistake(
        "softmax_by_the_book",
        "softmax",
        "forward",
        "overflow",
        (
            (
                "weights = np.exp(self.data - np.max(self.data, axis=axis, keepdims=True))",
                "weights = np.exp(self.data)",
            ),
        ),
    ),
    Mistake(
        "softmax_shifted_in_place",
        "softmax",
        "forward",
        "mutates-input",
        (
            (
                "        weights = np.exp(self.data - np.max(self.data, axis=axis, keepdims=True))",
                "        self.data -= np.max(self.data, axis=axis, keepdims=True)\n"
                "        weights = np.exp(self.data)",
            ),
        ),
    ),
    Mistake(
        "softmax_diagonal_alone",
        "softmax",
        "backward",
        "wrong-rule",
        (("out.data * (out.grad - inner)", "out.data * (1.0 - out.data) * out.grad"),),
    ),
    Mistake(
        "softmax_over_everything",
        "softmax",
        "forward",
        "wrong-axis",
        (("weights / np.sum(weights, axis=axis, keepdims=True)", "weights / np.sum(weights)"),),
    ),
    Mistake(
        "softmax_inner_sum_of_rows",
        "softmax",
        "backward",
        "wrong-axis",
        (
            (
                "np.sum(out.grad * out.data, axis=axis, keepdims=True)",
                "np.sum(out.grad * out.data, axis=-1, keepdims=True)",
            ),
        ),
    ),
    Mistake(
        "log_softmax_total_dropped",
        "log_softmax",
        "backward",
        "wrong-rule",
        (("np.exp(out.data) * total", "np.exp(out.data)"),),
    ),
    Mistake(
        "log_softmax_not_shifted",
        "log_softmax",
        "forward",
        "overflow",
        (
            (
                "shifted = self.data - np.max(self.data, axis=axis, keepdims=True)",
                "shifted = self.data",
            ),
        ),
    ),
    Mistake(
        "mse_loss_without_the_two",
        "mse_loss",
        "backward",
        "wrong-scale",
        (("2.0 * error / error.size", "error / error.size"),),
    ),
    Mistake(
        "mse_loss_target_is_a_constant",
        "mse_loss",
        "backward",
        "missing-term",
        (("            target._receive(-out.grad * slope)\n", ""),),
    ),
    Mistake(
        "mse_loss_sign_of_the_target",
        "mse_loss",
        "backward",
        "wrong-sign",
        (("target._receive(-out.grad * slope)", "target._receive(out.grad * slope)"),),
    ),
    Mistake(
        "cross_entropy_not_divided",
        "cross_entropy",
        "backward",
        "wrong-scale",
        (("            slope /= len(rows)\n", ""),),
    ),
    Mistake(
        "cross_entropy_labels_forgotten",
        "cross_entropy",
        "backward",
        "wrong-rule",
        (("            slope[rows, labels] -= 1.0\n", ""),),
    ),
    Mistake(
        "cross_entropy_sign_lost",
        "cross_entropy",
        "forward",
        "wrong-value",
        (("-np.mean(odds[rows, labels])", "np.mean(odds[rows, labels])"),),
    ),
    Mistake(
        "where_gives_to_the_other",
        "where",
        "backward",
        "swapped-branches",
        (
            (
                "x._receive(_unbroadcast(np.where(condition, out.grad, 0.0)",
                "x._receive(_unbroadcast(np.where(condition, 0.0, out.grad)",
            ),
            (
                "y._receive(_unbroadcast(np.where(condition, 0.0, out.grad)",
                "y._receive(_unbroadcast(np.where(condition, out.grad, 0.0)",
            ),
        ),
    ),
    Mistake(
        "where_not_summed",
        "where",
        "backward",
        "missing-unbroadcast",
        (
            (
                "y._receive(_unbroadcast(np.where(condition, 0.0, out.grad), y.shape))",
                "y._receive(np.where(condition, 0.0, out.grad))",
            ),
        ),
    ),
    Mistake(
        "where_second_forgotten",
        "where",
        "backward",
        "missing-term",
        (("        y._receive(_unbroadcast(np.where(condition, 0.0, out.grad), y.shape))\n", ""),),
    ),
    # -- the machinery --
    Mistake(
        "unbroadcast_does_nothing",
        "engine",
        "backward",
        "missing-unbroadcast",
        (
            (
                "    extra = grad.ndim - len(shape)\n",
                "    return grad\n    extra = grad.ndim - len(shape)\n",
            ),
        ),
    ),
    Mistake(
        "unbroadcast_new_axes_alone",
        "engine",
        "backward",
        "missing-unbroadcast",
        (("    if stretched:\n        grad = grad.sum(axis=stretched, keepdims=True)\n", ""),),
    ),
    Mistake(
        "unbroadcast_trailing_axes",
        "engine",
        "backward",
        "wrong-axis",
        (("grad.sum(axis=tuple(range(extra)))", "grad.sum(axis=tuple(range(-extra, 0)))"),),
    ),
    Mistake(
        "unbroadcast_means",
        "engine",
        "backward",
        "wrong-scale",
        (
            ("grad.sum(axis=tuple(range(extra)))", "grad.mean(axis=tuple(range(extra)))"),
            ("grad.sum(axis=stretched, keepdims=True)", "grad.mean(axis=stretched, keepdims=True)"),
        ),
    ),
    Mistake(
        "unbroadcast_axes_not_kept",
        "engine",
        "backward",
        "wrong-shape",
        (("grad.sum(axis=stretched, keepdims=True)", "grad.sum(axis=stretched)"),),
    ),
    Mistake(
        "receive_assigns",
        "engine",
        "backward",
        "overwrite",
        (("self.grad = grad if self.grad is None else self.grad + grad", "self.grad = grad"),),
    ),
    Mistake(
        "receive_adds_in_place",
        "engine",
        "backward",
        "aliasing",
        (
            (
                "        self.grad = grad if self.grad is None else self.grad + grad",
                "        if self.grad is None:\n"
                "            self.grad = grad\n"
                "        else:\n"
                "            self.grad += grad",
            ),
        ),
    ),
    Mistake(
        "receive_in_single_precision",
        "engine",
        "backward",
        "precision",
        (
            (
                "grad = np.asarray(grad, dtype=self.data.dtype)",
                "grad = np.asarray(grad, dtype=np.float32).astype(self.data.dtype)",
            ),
        ),
    ),
    Mistake(
        "data_in_single_precision",
        "engine",
        "forward",
        "precision",
        (
            (
                'self.data = data if data.dtype.kind == "f" else data.astype(np.float64)',
                "self.data = data.astype(np.float32)",
            ),
        ),
    ),
    Mistake(
        "seed_of_ones_always",
        "engine",
        "backward",
        "seed-ignored",
        (
            (
                "        if seed is None:\n            seed",
                "        if seed is not self:\n            seed",
            ),
        ),
    ),
    Mistake(
        "nothing_reset",
        "engine",
        "backward",
        "stale-grad",
        (("        for tensor in order:\n            tensor.grad = None\n", ""),),
    ),
    Mistake(
        "only_leaves_reset",
        "engine",
        "backward",
        "stale-grad",
        (
            (
                "            tensor.grad = None\n",
                "            if not tensor._parents:\n"
                "                tensor.grad = None\n"
                "        self.grad = None\n",
            ),
        ),
    ),
    Mistake(
        "output_passes_on_twice",
        "engine",
        "backward",
        "double-count",
        (("for tensor in reversed(order):", "for tensor in [self, *reversed(order)]:"),),
    ),
    Mistake(
        "breadth_first",
        "engine",
        "backward",
        "missing-term",
        (
            (
                "        stack = [(self, iter(self._parents))]\n"
                "        while stack:\n"
                "            tensor, parents = stack[-1]\n"
                "            for parent in parents:",
                "        queue = [self]\n"
                "        for tensor in queue:\n"
                "            for parent in tensor._parents:",
            ),
            (
                "                    stack.append((parent, iter(parent._parents)))\n"
                "                    break\n"
                "            else:\n"
                "                order.append(tensor)\n"
                "                stack.pop()\n"
                "        return order",
                "                    queue.append(parent)\n"
                "            order.insert(0, tensor)\n"
                "        return order",
            ),
        ),
    ),
    Mistake(
        "recursive_sort",
        "engine",
        "backward",
        "recursion",
        (
            (
                "        stack = [(self, iter(self._parents))]\n"
                "        while stack:\n"
                "            tensor, parents = stack[-1]\n"
                "            for parent in parents:",
                "\n        def visit(tensor):\n            for parent in tensor._parents:",
            ),
            (
                "                    stack.append((parent, iter(parent._parents)))\n"
                "                    break\n"
                "            else:\n"
                "                order.append(tensor)\n"
                "                stack.pop()\n"
                "        return order",
                "                    visit(parent)\n"
                "            order.append(tensor)\n"
                "\n"
                "        visit(self)\n"
                "        return order",
            ),
        ),
    ),
    Mistake(
        "seen_for_ever",
        "engine",
        "backward",
        "state-leak",
        (
            ("def _topological(self):", "def _topological(self, seen=set()):"),
            ("        seen = {id(self)}\n", "        seen.add(id(self))\n"),
        ),
    ),
]
