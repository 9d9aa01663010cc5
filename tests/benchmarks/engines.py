"""How fast minigrad is beside other engines: `python tests/benchmarks/engines.py`.

Prints microseconds, never fails on them. The contenders of a table take turns within each round and
the median over the rounds is shown, so that noise of the machine falls on all alike.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
import minigrad

ROUNDS = 60
Work = Callable[[], Any]


def medians(contenders: dict[str, Work], repeats: int) -> dict[str, float]:
    """Seconds that each contender takes for one run."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for work in contenders.values():
        work()
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            start = perf_counter()
            for _ in range(repeats):
                work()
            times[name].append((perf_counter() - start) / repeats)
    return {name: statistics.median(each) for name, each in times.items()}


def peer(name: str) -> Any:
    """The module of another engine, or None, said on a line of its own."""
    try:
        return import_module(name)
    except ImportError:
        print(f"({name} is not installed: skipped)")
        return None


def mixed(leaf: Callable[[float], Any]) -> None:
    """200 steps of + * - / ** and relu, forward and backward."""
    x, y = leaf(1.5), leaf(-0.5)
    z = x
    for _ in range(25):
        a = z * y  # eight steps a turn; what micrograd makes of - and / is its own affair
        b = (a + x) ** 2
        z = (b * 0.5 - a).relu() / (b + 1.0)
    z.backward()


def chain(leaf: Callable[[float], Any], steps: int = 200) -> Any:
    """An addition and a product in turn, forward and backward."""
    x = z = leaf(0.5)
    for _ in range(steps // 2):
        z = z * 0.999 + x
    z.backward()
    return x


def scalars() -> None:
    print("scalar steps, forward and backward      micrograd    minigrad   (µs per step)")
    micrograd = peer("micrograd.engine")
    for name, work in (("mixed expression, 200 steps", mixed), ("chain, 200 steps", chain)):
        engines = {"minigrad": lambda work=work: work(minigrad.Tensor)}
        if micrograd:
            engines["micrograd"] = lambda work=work: work(micrograd.Value)
        took = medians(engines, repeats=10)
        columns = (f"{took[e] / 200 * 1e6:12.2f}" if e in took else " " * 12 for e in ENGINES)
        print(f"  {name:34}", *columns, sep="")


ENGINES = ("micrograd", "minigrad")


def network() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(0)
    return {
        "x": draw.normal(size=(32, 64)),
        "w1": draw.normal(size=(64, 64)) / 8,
        "b1": draw.normal(size=64),
        "w2": draw.normal(size=(64, 10)) / 8,
        "b2": draw.normal(size=10),
        "y": draw.normal(size=(32, 10)),
    }


def by_hand(x: Any, w1: Any, b1: Any, w2: Any, b2: Any, y: Any) -> tuple[Any, ...]:
    """The step as one would write it in numpy: dw1, db1, dw2, db2."""
    z = x @ w1 + b1
    h = np.maximum(z, 0.0)
    out = h @ w2 + b2
    loss = np.mean((out - y) ** 2)
    dout = 2.0 * (out - y) / out.size
    dw2 = h.T @ dout
    db2 = np.sum(dout, axis=0)
    dh = dout @ w2.T
    dz = np.where(z > 0.0, dh, 0.0)
    dw1 = x.T @ dz
    db1 = np.sum(dz, axis=0)
    return dw1, db1, dw2, db2, loss


def mlp() -> None:
    data = network()
    x, y = data["x"], data["y"]
    weights = [data[name] for name in ("w1", "b1", "w2", "b2")]

    leaves = [minigrad.Tensor(w) for w in weights]

    def of_minigrad() -> Any:
        w1, b1, w2, b2 = leaves
        for w in leaves:
            w.grad = None
        h = minigrad.relu(x @ w1 + b1)
        minigrad.mse_loss(h @ w2 + b2, y).backward()
        return [w.grad for w in leaves]

    contenders: dict[str, Work] = {"numpy by hand": lambda: by_hand(**data)[:4]}
    contenders["minigrad"] = of_minigrad
    if torch := peer("torch"):
        torch.set_num_threads(1)
        fixed_x, fixed_y = torch.tensor(x), torch.tensor(y)
        kept = [torch.tensor(w, requires_grad=True) for w in weights]

        def of_torch() -> Any:
            w1, b1, w2, b2 = kept
            for w in kept:
                w.grad = None
            h = torch.relu(fixed_x @ w1 + b1)
            torch.nn.functional.mse_loss(h @ w2 + b2, fixed_y).backward()
            return [w.grad.numpy() for w in kept]

        contenders["torch"] = of_torch
    if mygrad := peer("mygrad"):

        def of_mygrad() -> Any:
            w1, b1, w2, b2 = leaves = [mygrad.tensor(w) for w in weights]
            d = mygrad.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - y
            (d * d).mean().backward()
            return [w.grad for w in leaves]

        contenders["mygrad"] = of_mygrad
    if autograd := peer("autograd"):
        wrapped = import_module("autograd.numpy")

        def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
            d = wrapped.maximum(x @ w1 + b1, 0.0) @ w2 + b2 - y
            return wrapped.mean(d * d)

        differentiated = autograd.grad(loss, argnum=(0, 1, 2, 3))
        contenders["autograd"] = lambda: differentiated(*weights)

    for name, work in contenders.items():
        for got, expected in zip(work(), by_hand(**data)[:4], strict=True):
            assert np.allclose(got, expected), f"{name} computes something else"
    took = medians(contenders, repeats=20)
    print("\nnetwork 64-64-10, batch of 32                     µs   times numpy")
    for name, seconds in took.items():
        print(f"  {name:38}{seconds * 1e6:12.1f}{seconds / took['numpy by hand']:13.2f}")


def million() -> None:
    start = perf_counter()
    x = chain(minigrad.Tensor, 1_000_000)
    print(f"\nchain of 1,000,000 steps: {perf_counter() - start:.1f} s, gradient {x.grad:.6g}")


if __name__ == "__main__":
    scalars()
    mlp()
    million()
