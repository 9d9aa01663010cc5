"""toygrad: a toy deep learning framework"""
from .tensor import Tensor, tensor, zeros, ones, randn
from .function import Function, Context
from . import nn

__version__ = "0.0.3"
