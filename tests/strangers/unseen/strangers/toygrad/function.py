class Context:
    """bag of things the backward pass needs"""

    def __init__(self):
        self.saved_tensors = ()
        self.needs = ()

    def save_for_backward(self, *args):
        self.saved_tensors = args


class Function:
    @staticmethod
    def forward(ctx, *args):
        raise NotImplementedError

    @staticmethod
    def backward(ctx, grad_output):
        raise NotImplementedError

    @classmethod
    def apply(cls, *args):
        from .tensor import Tensor      # circular import, sorry
        ctx = Context()
        raw = [a.data if isinstance(a, Tensor) else a for a in args]
        inputs = [a for a in args if isinstance(a, Tensor)]
        ctx.mask = [isinstance(a, Tensor) for a in args]
        out = Tensor(cls.forward(ctx, *raw),
                     requires_grad=any(t.requires_grad for t in inputs))
        if out.requires_grad:
            out._node = (cls, ctx, inputs)
        return out
