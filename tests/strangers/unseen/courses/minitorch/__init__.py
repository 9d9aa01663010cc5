from .operators import *
from .autodiff import *
from .scalar import *
from .scalar_functions import *
