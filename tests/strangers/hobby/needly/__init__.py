from . import init, ops
from .autograd import Tensor
from .ops import *
