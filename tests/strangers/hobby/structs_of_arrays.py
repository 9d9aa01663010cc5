"""Ported from my C version: no classes, a variable is an index into parallel arrays."""

import math

MAX = 1 << 20
OP = []
LEFT = []
RIGHT = []
VAL = []
GRAD = []

OP_LEAF, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_EXP, OP_LOG, OP_TANH = range(8)


def new_node(op, left, right, val):
    if len(VAL) >= MAX:
        raise MemoryError("graph is full")
    OP.append(op)
    LEFT.append(left)
    RIGHT.append(right)
    VAL.append(val)
    GRAD.append(0.0)
    return len(VAL) - 1


def reset():
    for array in (OP, LEFT, RIGHT, VAL, GRAD):
        array.clear()


def var(val):
    return new_node(OP_LEAF, -1, -1, val)


def add(i, j):
    return new_node(OP_ADD, i, j, VAL[i] + VAL[j])


def sub(i, j):
    return new_node(OP_SUB, i, j, VAL[i] - VAL[j])


def mul(i, j):
    return new_node(OP_MUL, i, j, VAL[i] * VAL[j])


def div(i, j):
    return new_node(OP_DIV, i, j, VAL[i] / VAL[j])


def exp(i):
    return new_node(OP_EXP, i, -1, math.exp(VAL[i]))


def log(i):
    return new_node(OP_LOG, i, -1, math.log(VAL[i]))


def tanh(i):
    return new_node(OP_TANH, i, -1, math.tanh(VAL[i]))


def value(i):
    return VAL[i]


def grad(i):
    return GRAD[i]


def backward(root):
    for k in range(len(GRAD)):
        GRAD[k] = 0.0
    GRAD[root] = 1.0
    for k in range(root, -1, -1):
        g = GRAD[k]
        if g == 0.0:
            continue
        i, j = LEFT[k], RIGHT[k]
        if OP[k] == OP_ADD:
            GRAD[i] += g
            GRAD[j] += g
        elif OP[k] == OP_SUB:
            GRAD[i] += g
            GRAD[j] -= g
        elif OP[k] == OP_MUL:
            GRAD[i] += g * VAL[j]
            GRAD[j] += g * VAL[i]
        elif OP[k] == OP_DIV:
            GRAD[i] += g / VAL[j]
            GRAD[j] -= g * VAL[i] / VAL[j] ** 2
        elif OP[k] == OP_EXP:
            GRAD[i] += g * VAL[k]
        elif OP[k] == OP_LOG:
            GRAD[i] += g / VAL[i]
        elif OP[k] == OP_TANH:
            GRAD[i] += g * (1 - VAL[k] ** 2)
