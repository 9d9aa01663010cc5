"""Layers that have weights of their own are judged as products by these, and sums with the bias."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import accused, judged, written

from harness.engines.forms import PartsEngine
from harness.engines.loading import load

MADE_OF_SIZES = """
import numpy as np

class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.ones((n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T
"""

MADE_OF_ARRAYS = MADE_OF_SIZES.replace("n_in, n_out):", "W, b):")
MADE_OF_ARRAYS = MADE_OF_ARRAYS.replace("np.ones((n_in, n_out))", "W")
MADE_OF_ARRAYS = MADE_OF_ARRAYS.replace("np.zeros(n_out)", "b")

TURNED_IN_DICTIONARIES = """
import numpy as np

class Dense:
    def __init__(self, outputs, inputs):
        self.params = {"w": np.ones((outputs, inputs)), "b": np.zeros((1, outputs))}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["w"].T + self.params["b"]

    def backward(self, dout):
        self.grads["w"] = dout.T @ self.x
        self.grads["b"] = dout.sum(axis=0)[None]
        return dout @ self.params["w"]
"""

COLUMNS_THAT_LEARN = """
import numpy as np

class Dense:
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)

    def forward(self, input):
        self.input = input
        return self.weights @ self.input + self.bias

    def backward(self, output_gradient, learning_rate):
        slope = output_gradient @ self.input.T
        below = self.weights.T @ output_gradient
        self.weights = self.weights - learning_rate * slope
        self.bias = self.bias - learning_rate * output_gradient.sum(axis=1, keepdims=True)
        return below
"""

FUNCTIONS = """
def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
"""

MATRICES = "inputs: {x: [[1.0, 2.0]], w: [[0.5, -1.0], [3.0, 0.25]]}\nexpr: x @ w\n"
WITH_BIAS = (
    "inputs: {x: [[1.0, 2.0], [0.5, 4.0]], w: [[0.5, 1.0, 2.0], [3.0, 0.25, 1.0]], "
    "b: [1.0, 2.0, 3.0]}\nexpr: x @ w + b\n"
)

LAYERS = {
    "by sizes": (MADE_OF_SIZES, "self.x.T @ dout"),
    "by arrays": (MADE_OF_ARRAYS, "self.x.T @ dout"),
    "turned, in dictionaries": (TURNED_IN_DICTIONARIES, "dout.T @ self.x"),
    "of columns, and learning on its way back": (
        COLUMNS_THAT_LEARN,
        "output_gradient @ self.input.T",
    ),
    "as functions": (FUNCTIONS, "x.T @ dout"),
}
"""Texts, and of each what is right in the gradient of its weights."""


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_a_product_by_its_weights(name: str, tmp_path: Path) -> None:
    text, slope = LAYERS[name]
    engine = load(written(tmp_path, text))
    assert isinstance(engine, PartsEngine)
    assert judged(engine, MATRICES).status == "passed"
    wrong = load(written(tmp_path, text.replace(slope, f"2 * ({slope})"), "wrong"))
    assert accused(judged(wrong, MATRICES)) == {"matmul"}


@pytest.mark.parametrize("name", [name for name in LAYERS if "columns" not in name])
def test_its_bias_is_a_sum_with_rows(name: str, tmp_path: Path) -> None:
    text, _ = LAYERS[name]
    assert judged(load(written(tmp_path, text)), WITH_BIAS).status == "passed"
    wrong = load(written(tmp_path, text.replace("sum(axis=0)", "mean(axis=0)"), "wrong"))
    assert accused(judged(wrong, WITH_BIAS)) == {"add"}


def test_a_convolution_is_one_by_its_kernel(tmp_path: Path) -> None:
    text = """
import numpy as np

class Conv:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.weight = np.zeros((out_channels, in_channels, kernel_size, kernel_size))

    def forward(self, x):
        self.x, k = x, self.weight.shape[2]
        rows, columns = x.shape[2] - k + 1, x.shape[3] - k + 1
        patches = [[x[:, :, i : i + rows, j : j + columns] for j in range(k)] for i in range(k)]
        self.patches = np.array(patches)
        return np.einsum("ijnchw,ocij->nohw", self.patches, self.weight)

    def backward(self, upstream):
        self.grad_weight = np.einsum("ijnchw,nohw->ocij", self.patches, upstream)
        k, below = self.weight.shape[2], np.zeros_like(self.x)
        rows, columns = upstream.shape[2:]
        for i in range(k):
            for j in range(k):
                term = np.einsum("nohw,oc->nchw", upstream, self.weight[:, :, i, j])
                below[:, :, i : i + rows, j : j + columns] += term
        return below
"""
    case = (
        "inputs: {x: {uniform: [-1, 1], shape: [2, 2, 3, 3], seed: 1}, "
        "w: {uniform: [-1, 1], shape: [3, 2, 2, 2], seed: 2}}\nexpr: conv2d(x, w)\n"
    )
    assert judged(load(written(tmp_path, text)), case).status == "passed"
    wrong = text.replace("self.weight[:, :, i, j])", "self.weight[:, :, j, i])")
    assert accused(judged(load(written(tmp_path, wrong, "wrong")), case)) == {"conv2d"}


def test_a_layer_that_keeps_no_gradient_of_its_weights_is_none(tmp_path: Path) -> None:
    text = MADE_OF_SIZES.replace("        self.dW = self.x.T @ dout\n", "")
    relu = "\nclass ReLU:\n    def forward(self, x):\n        self.on = x > 0\n"
    relu += (
        "        return x * self.on\n    def backward(self, dout):\n        return dout * self.on\n"
    )
    engine = load(written(tmp_path, text + relu))
    assert engine.has("relu") and not engine.has("matmul")
