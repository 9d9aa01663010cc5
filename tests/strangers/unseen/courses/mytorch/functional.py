import numpy as np


def _like(grad, x):
    while grad.ndim > x.ndim:
        grad = grad.sum(axis=0)
    for ax, n in enumerate(x.shape):
        if n == 1 and grad.shape[ax] != 1:
            grad = grad.sum(axis=ax, keepdims=True)
    return grad


def identity_backward(grad_output, a):
    return (grad_output,)


def add_backward(grad_output, a, b):
    return _like(grad_output * np.ones(grad_output.shape), a), _like(grad_output, b)


def sub_backward(grad_output, a, b):
    return _like(grad_output, a), _like(-grad_output, b)


def mul_backward(grad_output, a, b):
    return _like(grad_output * b, a), _like(grad_output * a, b)


def div_backward(grad_output, a, b):
    return _like(grad_output / b, a), _like(-grad_output * a / b ** 2, b)


def matmul_backward(grad_output, a, b):
    return grad_output @ b.T, a.T @ grad_output


def exp_backward(grad_output, a):
    return (grad_output * np.exp(a),)


def log_backward(grad_output, a):
    return (grad_output / a,)


def sum_backward(grad_output, a):
    return (grad_output * np.ones_like(a),)


def sigmoid_backward(grad_output, a):
    s = 1 / (1 + np.exp(-a))
    return (grad_output * s * (1 - s),)


def tanh_backward(grad_output, a):
    return (grad_output * (1 - np.tanh(a) ** 2),)


def relu_backward(grad_output, a):
    return (np.where(a > 0, grad_output, 0.0),)


def SoftmaxCrossEntropy_backward(pred, ground_truth):
    e = np.exp(pred - pred.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) - ground_truth
