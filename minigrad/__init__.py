"""A small engine for reverse-mode automatic differentiation; the model answer of this project.

Read `graph.py` first (the idea), then `operations.py` (the rules); `functions.py` and
`windows.py` are made of these, and `tensor.py` is the face.
"""

from .functions import *
from .operations import *
from .tensor import Tensor as Tensor
from .tensor import grad as grad
from .windows import *
