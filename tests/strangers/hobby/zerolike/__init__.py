from zerolike.core import Config, Function, Parameter, Variable, no_grad, setup_variable, using_config

setup_variable()
