from grad_pkg.engine.value import Value
