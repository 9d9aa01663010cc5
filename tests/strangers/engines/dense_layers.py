"""Layers from a book on networks from scratch: forward() leaves .output, backward(dvalues) leaves
.dinputs (and .dweights, .dbiases).

Layers: Layer_Dense(n_inputs, n_neurons), Activation_ReLU, Activation_Sigmoid, Activation_Tanh,
Activation_Softmax, Loss_MeanSquaredError (of batches; its dvalues are the predictions).
To be said: right, and of no shape that can be judged by itself: no value knows of any other.
"""

import numpy as np


class Layer_Dense:
    def __init__(self, n_inputs, n_neurons, seed=0):
        self.weights = 0.1 * np.random.default_rng(seed).standard_normal((n_inputs, n_neurons))
        self.biases = np.zeros((1, n_neurons))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class Activation_Sigmoid:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = 0.5 + 0.5 * np.tanh(inputs / 2)

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output) * self.output


class Activation_Tanh:
    def forward(self, inputs):
        self.output = np.tanh(inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues * (1 - self.output**2)


class Activation_Softmax:
    def forward(self, inputs):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)

    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for index, (single_output, single_dvalues) in enumerate(zip(self.output, dvalues)):
            single_output = single_output.reshape(-1, 1)
            jacobian = np.diagflat(single_output) - np.dot(single_output, single_output.T)
            self.dinputs[index] = np.dot(jacobian, single_dvalues)


class Loss_MeanSquaredError:
    def forward(self, y_pred, y_true):
        return np.mean(np.mean((y_true - y_pred) ** 2, axis=-1))

    def backward(self, dvalues, y_true):
        samples, outputs = dvalues.shape
        self.dinputs = -2 * (y_true - dvalues) / outputs / samples
