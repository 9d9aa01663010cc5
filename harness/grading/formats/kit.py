"""The harness to be handed on: a wheel that needs no torch, and a student's kit with it.

The light wheel holds the same files as the harness that makes it, whether that is installed or a
checkout; only torch is left out of its metadata. (The format of wheels:
https://packaging.python.org/en/latest/specifications/binary-distribution-format/)
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

from harness import __version__
from harness.bundled import PACKAGE, bundled

PROJECT: Final = "autograd-harness"
LIGHT_VERSION: Final = f"{__version__}+light"
WHEEL_NAME: Final = f"autograd_harness-{LIGHT_VERSION}-py3-none-any.whl"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that the same archive is the same bytes."""

WHEEL: Final = """\
Wheel-Version: 1.0
Generator: autograd-harness
Root-Is-Purelib: true
Tag: py3-none-any
"""

README: Final = """\
# Test your autodiff engine

Set up, once (Python 3.11 or newer; on Windows, write `.venv\\Scripts\\` for `.venv/bin/`):

```sh
python3 -m venv .venv && .venv/bin/pip install ./{wheel}
```

Judge your engine, in a file of its own beside this one:

```sh
.venv/bin/harness check my_engine.py{options}
```

It says what is wrong, in which operation, and probably why. The same with pytest, which shows each
failure in full and stops at the first with `-x`:

```sh
.venv/bin/pytest {cases} --engine my_engine.py -x
```

Also worth a look: `harness draw`, `harness listing`, `harness report`; each explains itself with
`--help`.
"""


class KitError(Exception):
    """The harness that runs cannot be packed; the message says why."""


def light_wheel() -> bytes:
    """The wheel, whose file must be called :data:`WHEEL_NAME`. Raises :class:`KitError`."""
    installed = _installed()
    info = f"autograd_harness-{LIGHT_VERSION}.dist-info"
    files = dict(_package())
    files[f"{info}/METADATA"] = _metadata(installed).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    files[f"{info}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode()
    license = installed.read_text("licenses/LICENSE")
    if license is not None:
        files[f"{info}/licenses/LICENSE"] = license.encode()
    record = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    return zipped(files)


def student_kit(cases: Mapping[str, bytes]) -> bytes:
    """The kit as a zip: the light wheel, a README, and ``cases`` of the course's own by their paths
    below ``cases/``, if there are any. Raises :class:`KitError`."""
    text = README.format(
        wheel=WHEEL_NAME,
        options=" --cases course_cases" if cases else "",
        cases="course_cases/" if cases else "cases/",
    )
    own = {f"course_cases/{name}": content for name, content in cases.items()}
    return zipped({"README.md": text.encode(), WHEEL_NAME: light_wheel(), **own})


def dependencies() -> list[str]:
    """What the light wheel needs, as pip is told. Raises :class:`KitError`."""
    names = _installed().requires or ()
    return [name for name in names if "extra ==" not in name and not _is_torch(name)]


def zipped(files: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> bytes:
    """The files as a zip, in the order of their names but for metadata, which wheels have last."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: (".dist-info/" in name, name)):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _installed() -> Distribution:
    try:
        return distribution(PROJECT)
    except PackageNotFoundError:
        raise KitError(
            "only an installed harness can be packed: pip install it, or its checkout with -e"
        ) from None


def _package() -> Iterator[tuple[str, bytes]]:
    """Every file of the package, with the suite and the model engine inside."""
    roots = {"harness": PACKAGE}
    for name in ("cases", "minigrad"):
        if bundled(name).parent != PACKAGE:
            roots[f"harness/{name}"] = bundled(name)
    for prefix, root in roots.items():
        for path in sorted(root.rglob("*")):
            own = "__pycache__" not in path.parts and path.suffix not in (".pyc", ".pyo")
            if own and path.is_file():
                yield f"{prefix}/{path.relative_to(root).as_posix()}", path.read_bytes()


def _metadata(installed: Distribution) -> str:
    """The metadata of the harness that runs, without torch."""
    text = installed.read_text("METADATA") or installed.read_text("PKG-INFO") or ""
    head, separator, body = text.partition("\n\n")
    lines = [
        f"Version: {LIGHT_VERSION}" if line.startswith("Version:") else line
        for line in head.splitlines()
        if not (line.startswith("Requires-Dist:") and _is_torch(line.partition(":")[2].strip()))
    ]
    return "\n".join(lines) + separator + body


def _is_torch(requirement: str) -> bool:
    return re.match(r"torch\b(?!-)", requirement) is not None


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
