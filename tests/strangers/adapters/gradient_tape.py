"""A gradient tape: it is open while a program runs, and asked once for all that was made."""

import gradient_tape as tf

from harness.engines.adapter import ObjectEngine, Unsupported


class Taped(ObjectEngine):
    cls, module = tf.Tensor, tf
    operations = {"sum": tf.reduce_sum, "mean": tf.reduce_mean}
    tape, made = tf.GradientTape(), []

    def run(self, program):
        self.made = []
        with tf.GradientTape(persistent=True) as self.tape:
            return super().run(program)

    def wrap(self, value):
        self.made.append(tf.Tensor(value))
        self.tape.watch(self.made[-1])
        return self.made[-1]

    def value(self, node):
        return node.numpy()

    def apply(self, step, operands):
        if step.op == "pow" and isinstance(operands[1], tf.Tensor):
            raise Unsupported("** with an exponent that is no number")
        self.made.append(super().apply(step, operands))
        return self.made[-1]

    def backward(self, output, seed):
        self.found = dict(zip(self.made, self.tape.gradient(output, self.made, seed)))

    def gradient(self, node):
        found = self.found.get(node)
        return None if found is None else found.numpy()
