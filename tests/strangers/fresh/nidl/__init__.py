from . import ops
from .autograd import Tensor
from .ops import *
