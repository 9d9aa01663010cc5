"""Files: the beginning of one that may be anything, and writing whole ones or none at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness import languages


def beginning(path: Path, most: int) -> bytes:
    """The first bytes of a file, at ``most`` so many; of one that cannot be read, none."""
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""


def write(path: Path, content: bytes) -> None:
    """The whole file or none of it; raises OSError with the file's name. What is no file, such as a
    pipe or a device, is written to and not replaced."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise OSError(
            error.errno, languages.told("api", "cannot-write", strerror=error.strerror), str(path)
        ) from None


def need_folder(path: Path) -> None:
    """Raises OSError where a file of that name could not be written for want of its folder: before
    there is something to lose."""
    if not path.parent.is_dir():
        raise FileNotFoundError(
            2, languages.told("api", "no-folder", parent=path.parent), str(path)
        )


def _umask() -> int:
    """The bits that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
