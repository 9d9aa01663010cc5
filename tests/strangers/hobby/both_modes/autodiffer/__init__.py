from .forward import Forward
from .reverse import Reverse
