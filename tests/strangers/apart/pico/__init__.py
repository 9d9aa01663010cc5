from .core.tensor import Tensor, no_grad
from .core import functions as F
