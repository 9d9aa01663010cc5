"""Module 0: math operators, all on plain floats."""
import math


def mul(x: float, y: float) -> float: return x * y
def id(x: float) -> float: return x
def add(x: float, y: float) -> float: return x + y
def neg(x: float) -> float: return -1.0 * x
def lt(x: float, y: float) -> float: return 1.0 if x < y else 0.0
def eq(x: float, y: float) -> float: return 1.0 if x == y else 0.0
def max(x: float, y: float) -> float: return x if x > y else y
def is_close(x: float, y: float) -> float: return 1.0 if abs(x - y) < 1e-2 else 0.0


def sigmoid(x: float) -> float:
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def relu(x: float) -> float: return x if x > 0 else 0.0


EPS = 1e-6


def log(x: float) -> float: return math.log(x + EPS)
def exp(x: float) -> float: return math.exp(x)
def log_back(x: float, d: float) -> float: return d / (x + EPS)
def inv(x: float) -> float: return 1.0 / x
def inv_back(x: float, d: float) -> float: return -d / (x * x)
def relu_back(x: float, d: float) -> float: return d if x > 0 else 0.0
