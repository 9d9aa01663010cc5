"""Function classes with ctx: asked to, each result keeps its gradient."""

from function_ctx import Tensor

from harness.engines.adapter import ObjectEngine, Unsupported


class Retaining(ObjectEngine):
    cls = Tensor

    def apply(self, step, operands):
        if step.op == "pow" and isinstance(operands[1], Tensor):
            raise Unsupported("** with an exponent that is no number")
        result = super().apply(step, operands)
        result.retain_grad()
        return result
