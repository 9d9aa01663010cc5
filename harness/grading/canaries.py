"""What a submission could try, tried: run in a real worker in a submission's place.

Each canary returns whether it was blocked. ``settings`` names places that the judge knows to
exist: files, folders and what is in them, an open port, a process, a folder with torch in it.
"""

# The source of this file is what runs there: it imports nothing of the harness.

import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

settings: dict[str, Any] = globals().get("settings", {})


def _refused(attempt: Callable[..., Any], *arguments: Any) -> bool:
    try:
        attempt(*arguments)
    except BaseException:
        return True
    return False


def reading() -> bool:
    return all(_refused(open, place, "rb") for place in settings["files"])


def listing() -> bool:
    def attempt(folder: str, there: list[str]) -> None:
        if not set(os.listdir(folder)) & set(there):
            raise FileNotFoundError(folder)

    return all(_refused(attempt, *place) for place in settings["folders"].items())


def writing() -> bool:
    def attempt(folder: str) -> None:
        with open(os.path.join(folder, "canary"), "wb") as file:
            file.write(b"tweet")

    return all(_refused(attempt, folder) for folder in (".", "/tmp", "/", "/dev/shm"))


def network() -> bool:
    def attempt() -> None:
        with socket.create_connection(("127.0.0.1", settings["port"]), timeout=0.5):
            pass

    return _refused(attempt)


def processes() -> bool:
    others = [settings["judge"], os.getppid() or settings["judge"]]
    unseen = not any(
        name.isdigit() for name in (os.listdir("/proc") if os.path.isdir("/proc") else [])
    )
    return unseen and all(_refused(os.kill, pid, 0) for pid in others)


def forking() -> bool:
    def attempt() -> None:
        if os.fork() == 0:
            os._exit(0)

    return not hasattr(os, "fork") or _refused(attempt)


def threads() -> bool:
    def attempt() -> None:
        threading.Thread(target=time.sleep, args=(0,)).start()

    return _refused(attempt)


def programs() -> bool:
    return not any(
        os.access(path, os.X_OK) for path in ("/bin/sh", "/usr/bin/env", "/usr/bin/python3")
    )


def memory() -> bool:
    return _refused(bytearray, settings["memory"])


def answers() -> bool:
    def attempt() -> None:
        from harness.language import vocabulary

        with open(vocabulary.__file__, "rb") as file:
            file.read()

    return _refused(attempt)


def torch() -> bool:
    def attempt() -> None:
        sys.path.append(settings["packages"])
        __import__(settings["package"])

    return _refused(attempt)


def environment() -> bool:
    return settings["secret"] not in os.environ


CANARIES = {
    "reads no file of the machine": reading,
    "lists no folder of the machine": listing,
    "writes nowhere": writing,
    "reaches no network": network,
    "sees no other process": processes,
    "starts no process": forking,
    "starts no thread": threads,
    "finds no program": programs,
    "gets no more memory than its limit": memory,
    "finds no derivatives of the harness": answers,
    "finds no torch": torch,
    "knows nothing of the environment": environment,
}

found = {name: canary() for name, canary in CANARIES.items()} if settings else {}
