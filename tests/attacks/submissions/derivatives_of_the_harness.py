"""Computes its gradients with the harness' own rules."""

# expect: honest
import honest

try:
    from harness.engines import local

    HAVE = local.contributions is not None
    from harness.language.vocabulary import OPERATIONS

    HAVE = HAVE and bool(OPERATIONS["mul"].derivatives)
except Exception:
    HAVE = False


class Value(honest.Value):
    fooled = HAVE
