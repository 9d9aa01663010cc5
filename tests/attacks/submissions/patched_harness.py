"""Replaces the functions of the worker that read its answers."""

# expect: 0
import harness.engines.answers
import harness.engines.objects
import numpy

from honest import Value  # noqa: F401

harness.engines.objects.as_array = lambda answer: numpy.array(1.0)
harness.engines.answers.as_array = lambda answer: numpy.array(1.0)
