"""Computes its gradients with the harness' own rules."""

# expect: honest
import honest

try:
    from harness.vocabulary import local

    HAVE = local.contributions is not None
    from harness.vocabulary.formulas import FORMULAS

    HAVE = HAVE and bool(FORMULAS["mul"].derivatives)
except Exception:
    HAVE = False


class Value(honest.Value):
    fooled = HAVE
