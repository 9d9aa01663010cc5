"""A program through an engine, in layers that only know what is below them.

:mod:`~harness.engines.running.calling` and :mod:`~harness.engines.running.offering` find an
operation and call it, :mod:`~harness.engines.running.applying` computes one step,
:mod:`~harness.engines.running.forward` a program's forward pass,
:mod:`~harness.engines.running.conventional` uses objects by an engine's conventions,
:mod:`~harness.engines.running.objects` runs the backward pass of a graph of objects.
"""
