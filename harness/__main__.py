"""`python -m harness`, and the command `harness`."""

import sys


def main() -> int:
    """Runs a command; its exit status. Ctrl-C is told, also while everything is being imported."""
    try:
        from harness.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
