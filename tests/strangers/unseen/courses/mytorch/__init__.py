from .autograd_engine import Autograd, Operation
from .utils import MemoryBuffer
from . import functional, nn
