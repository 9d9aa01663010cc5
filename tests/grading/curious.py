"""A submission that tries, where a platform keeps its files, to get at what is not its own.

``places.json`` beside it says where these are, and where a server listens. What it gets at is the
error that it ends with; where that is nothing, it is the honest engine beside it.
"""

import ctypes
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

with open("places.json") as given:
    PLACES: dict[str, Any] = json.load(given)
ROOTS = [Path(place) for place in PLACES["roots"]]
SITES = [path for root in ROOTS for path in root.glob("environment/lib/*/site-packages")]
SITES += [Path(place) for place in PLACES["sites"]]
WITHIN = [site / "harness" for site in SITES] + [Path(place) for place in PLACES["harness"]]
if "harness.engines" in sys.modules:  # as the worker itself shows
    WITHIN.append(Path(sys.modules["harness.engines"].__path__[0]).parent)
LIBC = ctypes.CDLL(None)


def got(attempt: Callable[..., Any], *arguments: Any) -> bool:
    """Whether an attempt gives anything."""
    try:
        return bool(attempt(*arguments))
    except BaseException:
        return False


def read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(1 << 12)


def executed(path: Path) -> bool:
    exec(compile(read(path), str(path), "exec"), {"__name__": "x", "__file__": str(path)})
    return True


def imported(name: str, *folders: Path) -> Any:
    """A module, found anew in the folders and then as ever."""
    before = list(sys.path)
    modules = {known: sys.modules.pop(known) for known in list(sys.modules) if known == name}
    sys.path[:0] = map(str, folders)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    finally:
        sys.path[:] = before
        sys.modules.update(modules)


def below(root: Path, *endings: str) -> bool:
    """Whether a folder can be looked through for files with such endings, and they be read."""
    places = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    return any(got(read, path) for path in places if path.name.endswith(endings))


def minigrad() -> Iterator[bool]:
    yield got(imported, "minigrad")
    yield got(imported, "harness.minigrad")
    yield got(imported, "minigrad", *WITHIN, *(folder.parent for folder in WITHIN))
    yield got(imported, "harness.minigrad", *SITES)
    yield from (got(executed, folder / "minigrad" / "tensor.py") for folder in WITHIN)
    yield from (got(read, folder / "minigrad" / "__init__.py") for folder in WITHIN)


def formulas() -> Iterator[bool]:
    yield from (got(read, folder / "vocabulary" / "formulas.py") for folder in WITHIN)
    yield from (got(executed, folder / "vocabulary" / "formulas.py") for folder in WITHIN)
    yield got(imported, "harness.vocabulary.formulas", *SITES)
    yield any(
        f"harness.vocabulary.{name}" in sys.modules for name in ("formulas", "slips", "local")
    )


def judge() -> Iterator[bool]:
    for name in ("judging.oracle", "engines.reference", "grading.gradebook", "cli"):
        yield got(imported, f"harness.{name}", *SITES)
    yield from (got(read, folder / "judging" / "oracle.py") for folder in WITHIN)


def packages() -> Iterator[bool]:
    for name in ("yaml", "pytest", "hypothesis", "torch"):
        yield got(imported, name, *SITES)


def cases() -> Iterator[bool]:
    yield from (got(read, Path(place)) for place in PLACES["cases"])
    yield from (below(root, ".yaml", ".yml") for root in (*ROOTS, *WITHIN))


def marks() -> Iterator[bool]:
    names = ("marks/gradebook.sqlite", "results/results.json", "grade.log", "result.json")
    yield from (got(read, root / name) for root in ROOTS for name in names)
    yield from (below(root, ".sqlite", ".json", ".log") for root in ROOTS)


def others() -> Iterator[bool]:
    yield from (got(read, root / "submission_metadata.json") for root in ROOTS)
    yield from (got(read, root / "run_autograder") for root in ROOTS)
    yield got(read, Path("/etc/passwd"))


def folders() -> Iterator[bool]:
    for place in (*ROOTS, *(root.parent for root in ROOTS), Path("/etc"), Path("/home")):
        yield got(lambda place=place: set(os.listdir(place)) & set(PLACES["names"]))


def links() -> Iterator[bool]:
    yield got(read, Path("link.txt"))
    yield got(os.listdir, "away")


def writing() -> Iterator[bool]:
    for root in (*ROOTS, *(root / "results" for root in ROOTS), Path("/tmp"), Path(".")):
        yield got(lambda root=root: (root / "pwned").write_text("pwned"))
    yield from (LIBC.chmod(bytes(root), 0o755) == 0 for root in ROOTS)


def processes() -> Iterator[bool]:
    for pid in ("self", "1", str(os.getppid())):
        for name in ("environ", "cmdline", "maps", "status"):
            yield got(read, Path("/proc", pid, name))
        yield got(os.listdir, f"/proc/{pid}/fd")
    yield os.getpid() != 1 and LIBC.kill(1, 0) == 0


def environment() -> Iterator[bool]:
    yield got(lambda: PLACES["secret"] in os.environ)


def sockets() -> Iterator[bool]:
    for kind in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"):
        for way in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            yield got(socket.socket, getattr(socket, kind), way)
    yield LIBC.socket(2, 1, 0) >= 0
    yield got(socket.create_connection, ("127.0.0.1", PLACES["port"]), 1.0)


def powers() -> Iterator[bool]:
    yield got(lambda: os.getuid() == 0 and LIBC.chroot(b".") == 0)
    yield got(lambda: os.waitpid(os.fork() or os._exit(0), 0))
    yield LIBC.unshare(0x10000000) == 0


TRIED = [minigrad, formulas, judge, packages, cases, marks, others, folders, links, writing]
TRIED += [processes, environment, sockets, powers]
FOUND = [attempt.__name__ for attempt in TRIED if any(list(attempt()))]
if __name__ == "__main__":
    print(*FOUND)
elif FOUND:
    raise RuntimeError(f"got at: {' '.join(FOUND)}")
else:
    from honest import Value as Value  # type: ignore[import-not-found]
