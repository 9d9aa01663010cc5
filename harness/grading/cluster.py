"""A class on a Dask cluster: chunks of submissions go out, results come back as on one machine.

Workers hold no state: a chunk carries all that it needs, submissions' files included. Dask gives a
lost worker's chunk to another. The submissions of a chunk that has ended several workers are sent
out alone, and the one that does it is told as a grader error.
"""

from __future__ import annotations

import logging
import pickle
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from typing import Any, Final

from harness.grading.batch import Order, Piece, Result, graded, not_graded
from harness.grading.sandbox.children import WorkerError
from harness.grading.sandbox.walls import Sandbox, strongest
from harness.grading.submissions import Submission

CONNECT_SECONDS = 20
LARGEST_CHUNK: Final = 50
MOST_ALONE: Final = 3
"""So often a submission is sent out alone, in case its workers were lost for another reason."""
CHUNKS_A_WORKER: Final = 8
"""So many chunks for each worker, so that none waits long for another at the end."""


LOST: Final = "every worker that has graded it has ended"
LOCAL: Final = {
    **{"threads_per_worker": 1, "dashboard_address": None, "memory_limit": 0},
    "silence_logs": logging.CRITICAL,
}
"""What workers on this machine are started with."""


class ClusterError(Exception):
    """There is no cluster to be had; the message says why."""


Work = Callable[[Sequence[Submission], bytes, bool], list[Result]]
"""What grades a chunk: it is told the order, packed, and whether a weak sandbox will do."""


def run(
    pieces: Sequence[Piece],
    order: Order,
    scheduler: str,
    allow_weak: bool,
    take: Callable[[Result], None],
    work: Work | None = None,
) -> None:
    """Grades ``pieces`` on the cluster at ``scheduler``: an address, or ``local:N`` for N workers
    on this machine. ``take`` gets each result when its chunk is there."""
    try:
        import dask
        from distributed import Client, KilledWorker, LocalCluster, as_completed
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"{error.name} is not installed: pip install 'autograd-harness[cluster]'"
        ) from None
    dask.config.set({"distributed.scheduler.allowed-failures": 1})
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # we say it ourselves
    sent_with = zlib.compress(pickle.dumps(order)), allow_weak
    waiting: dict[str, Sequence[Submission]] = {}
    killed: Counter[str] = Counter()

    def send(chunk: Sequence[Submission]) -> Any:
        future = client.submit(work or graded_chunk, chunk, *sent_with, pure=False)
        waiting[future.key] = chunk
        return future

    with ExitStack() as stack:
        place: Any = scheduler
        if scheduler.startswith("local:"):
            count = int(scheduler.removeprefix("local:"))
            place = stack.enter_context(LocalCluster(n_workers=count, **LOCAL))
        try:
            client = Client(place, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError as error:
            raise ClusterError(f"{scheduler}: no scheduler answers there ({error})") from None
        stack.callback(client.close)
        workers = max(1, len(client.scheduler_info()["workers"]))
        size = max(1, min(LARGEST_CHUNK, len(pieces) // (CHUNKS_A_WORKER * workers)))
        read = [order.read(piece) for piece in pieces]
        sent = [send(read[i : i + size]) for i in range(0, len(read), size)]
        going = as_completed(sent, loop=client.loop)
        for future in going:
            chunk = waiting.pop(future.key)
            try:
                results = future.result()
            except KilledWorker:
                killed.update(one.id for one in chunk if len(chunk) == 1)
                lost = [one for one in chunk if killed[one.id] == MOST_ALONE]
                going.update([send([one]) for one in chunk if one not in lost])
                results = [not_graded(one, order, LOST) for one in lost]
            except CancelledError:
                raise ClusterError(
                    f"{scheduler}: the scheduler has gone; what was graded is kept: run it again "
                    "to go on"
                ) from None
            for result in results:
                take(result)


# -- on a worker -----------------------------------------------------------------------------------


def graded_chunk(chunk: Sequence[Submission], packed: bytes, allow_weak: bool) -> list[Result]:
    """The results of a chunk, from the strongest sandbox of the machine that this runs on."""
    order = _unpacked(packed)
    try:
        walls, observed = _strongest(order.limits)
    except WorkerError as error:
        return [not_graded(submission, order, str(error)) for submission in chunk]
    weak = [name for name, blocked in observed.items() if not blocked]
    if weak and not allow_weak:
        told = f"the sandbox of this worker is weak: not: {', not: '.join(weak)}"
        return [not_graded(submission, order, told) for submission in chunk]
    with Sandbox(walls, order.limits) as sandbox:
        here = replace(order, walls=walls)
        return [{**graded(one, here, sandbox), "walls": observed} for one in chunk]


@cache
def _unpacked(packed: bytes) -> Order:
    order: Order = pickle.loads(zlib.decompress(packed))
    return order


_strongest = cache(strongest)
