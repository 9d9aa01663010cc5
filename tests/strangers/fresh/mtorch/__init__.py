from .autodiff import *
from .scalar import Scalar
