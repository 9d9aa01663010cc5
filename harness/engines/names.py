"""The names that people give to what every engine has. Of several, the first is taken."""

from __future__ import annotations

from typing import Final

VALUES: Final = (
    "data",
    "value",
    "val",
    "v",
    "array",
    "arr",
    "num",
    "number",
    "numpy()",
    "get_value()",
    "get_data()",
    "value()",
    "val()",
    "data()",
    "_data",
    "_value",
)
"""Where an object has its value."""

GRADIENTS: Final = (
    "grad",
    "_grad",
    "derivative",
    "gradient",
    "adjoint",
    "get_gradient()",
    "get_grad()",
    "grad()",
    "gradient()",
    "derivative()",
    "adjoint()",
    "grad_value",
    "adj",
    "adj()",
    "deriv",
)
"""Where an object has its gradient: these are believed even where backward left them alone."""

METHODS: Final = (
    "backward",
    "backwards",
    "backprop",
    "backpropagate",
    "backward_pass",
    "back_propagate",
    "backpropagation",
    "run_backward",
    "do_backward",
    "compute_gradients",
    "compute_gradient",
    "compute_grads",
    "get_gradients",
    "propagate",
)
"""What the backward pass is called, as a method or a function of the module."""

FUNCTIONS: Final = (*METHODS, "gradients", "grad", "gradient", "autodiff")
"""What a function is called that is given the output, and may give gradients back."""

TAPES: Final = ("gradient", "gradients", "grad", "backward")
"""What a gradient tape has, besides ``__enter__``."""

SEEDS: Final = (
    "seed",
    "grad",
    "gradient",
    "upstream",
    "out_grad",
    "grad_output",
    "output_grad",
    "dout",
    "cotangent",
    "g",
    "v",
    "grad_out",
    "init_grad",
    "initial_grad",
    "upstream_grad",
    "upstream_gradient",
    "grad_tensor",
    "output_gradient",
    "grad_outputs",
)
"""What backward's parameter for the upstream gradient is called."""

SOURCES: Final = (
    "sources",
    "inputs",
    "xs",
    "wrt",
    "variables",
    "node_list",
    "nodes",
    "leaves",
    "params",
    "parameters",
)
"""What a function's parameter for the objects is called by which it differentiates."""

WANTED: Final = ("requires_grad", "require_grad", "needs_grad", "trainable", "requires_gradient")
"""The constructor's parameter by which a leaf asks for its gradient."""

MAKERS: Final = (
    "tensor",
    "variable",
    "Variable",
    "var",
    "scalar",
    "value",
    "parameter",
    "Parameter",
    "Leaf",
    "leaf",
    "Input",
    "make",
    "create",
    "from_numpy",
    "constant",
)
"""Functions and classes that make an object for a number, where the class itself does not."""

EMPTIES: Final = ("reset", "clear", "new_graph", "forget")
"""How the name of a function begins that forgets the graph before."""

SWITCHES: Final = ("enable", "setup", "install", "init", "patch", "register", "activate")
"""How the name of a function begins that makes a class ready for gradients."""

ASIDE: Final = (
    "check",
    "conftest",
    "demo",
    "draw",
    "example",
    "export",
    "fit",
    "load",
    "main",
    "plot",
    "print",
    "save",
    "show",
    "test",
    "train",
    "write",
)
"""How the names of functions, methods and modules begin that do more than compute."""


def may_be_tried(name: str) -> bool:
    """Whether what has this name is public, and is not called like what does more than compute."""
    return not name.lower().startswith(("_", *ASIDE))


SIBLINGS: Final = (
    "ops",
    "op",
    "operations",
    "operators",
    "functional",
    "functions",
    "function",
    "activations",
    "activation",
    "nn",
    "math",
    "losses",
    "loss",
    "tensor_ops",
    "tensor_functions",
    "scalar_functions",
)
"""Modules in which an engine keeps its operations."""
