from .autodiff import Context, backpropagate, topological_sort
from .scalar import Scalar, ScalarHistory, derivative_check
from .scalar_functions import *
