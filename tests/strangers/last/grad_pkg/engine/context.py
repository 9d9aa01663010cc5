class Context:
    __slots__ = ("inputs", "pull")

    def __init__(self, inputs, pull):
        self.inputs = inputs
        self.pull = pull
