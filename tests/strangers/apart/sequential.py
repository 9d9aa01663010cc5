"""Modules as in hw2: forward(input) and backward(input, gradOutput), updateOutput in between."""
import numpy as np


class Module:
    def __init__(self):
        self.output = None
        self.gradInput = None

    def forward(self, input):
        return self.updateOutput(input)

    def backward(self, input, gradOutput):
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def updateOutput(self, input):
        raise NotImplementedError

    def updateGradInput(self, input, gradOutput):
        raise NotImplementedError

    def accGradParameters(self, input, gradOutput):
        pass


class Sequential(Module):
    def __init__(self):
        super().__init__()
        self.modules = []

    def add(self, module):
        self.modules.append(module)

    def updateOutput(self, input):
        self.inputs = []
        for module in self.modules:
            self.inputs.append(input)
            input = module.forward(input)
        self.output = input
        return self.output

    def backward(self, input, gradOutput):
        for module, seen in zip(reversed(self.modules), reversed(self.inputs)):
            gradOutput = module.backward(seen, gradOutput)
        self.gradInput = gradOutput
        return self.gradInput


class ReLU(Module):
    def updateOutput(self, input):
        self.output = np.maximum(input, 0)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = np.multiply(gradOutput, input > 0)
        return self.gradInput


class Sigmoid(Module):
    def updateOutput(self, input):
        self.output = 1 / (1 + np.exp(-input))
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.output * (1 - self.output)
        return self.gradInput


class SoftMax(Module):
    def updateOutput(self, input):
        e = np.exp(input - input.max(axis=-1, keepdims=True))
        self.output = e / e.sum(axis=-1, keepdims=True)
        return self.output

    def updateGradInput(self, input, gradOutput):
        inner = (gradOutput * self.output).sum(axis=-1, keepdims=True)
        self.gradInput = self.output * (gradOutput - inner)
        return self.gradInput


class SoftPlus(Module):
    def updateOutput(self, input):
        self.output = np.logaddexp(0, input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput / (1 + np.exp(-input))
        return self.gradInput


class Linear(Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.W = np.random.uniform(-1, 1, (n_out, n_in))
        self.b = np.zeros(n_out)
        self.gradW, self.gradb = np.zeros_like(self.W), np.zeros_like(self.b)

    def updateOutput(self, input):
        self.output = input @ self.W.T + self.b
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput @ self.W
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        self.gradW += gradOutput.T @ input
        self.gradb += gradOutput.sum(axis=0)
