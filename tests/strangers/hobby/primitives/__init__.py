from .differential import grad, make_vjp, value_and_grad
from . import numpy_wrapped as numpy
