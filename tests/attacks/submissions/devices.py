"""Opens the devices of the machine."""

# expect: honest
import honest

FOUND = []
for name in ("mem", "kmsg", "sda", "vda", "kvm", "fuse", "tty", "console", "port"):
    try:
        open(f"/dev/{name}", "rb", buffering=0)
        FOUND.append(name)
    except OSError:
        pass


class Value(honest.Value):
    fooled = bool(set(FOUND) - {"console", "tty"})
