"""Nodes are short lists: [value, gradient, edges]."""
import math


def node(x, edges=None):
    return [x, 0.0, edges or []]


def add(a, b):
    return node(a[0] + b[0], [(a, 1.0), (b, 1.0)])


def sub(a, b):
    return node(a[0] - b[0], [(a, 1.0), (b, -1.0)])


def mul(a, b):
    return node(a[0] * b[0], [(a, b[0]), (b, a[0])])


def sin(a):
    return node(math.sin(a[0]), [(a, math.cos(a[0]))])


def exp(a):
    e = math.exp(a[0])
    return node(e, [(a, e)])


def backward(out):
    order, seen = [], set()

    def walk(n):
        if id(n) in seen:
            return
        seen.add(id(n))
        for below, _ in n[2]:
            walk(below)
        order.append(n)

    walk(out)
    for n in order:
        n[1] = 0.0
    out[1] = 1.0
    for n in reversed(order):
        for below, local in n[2]:
            below[1] += n[1] * local
