from .differential_operators import grad, value_and_grad, make_vjp
from . import numpy_wrapper as numpy
