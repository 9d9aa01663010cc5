"""Who computes a program: torch as the truth, and any engine that is judged.

- :mod:`~harness.engines.adapter` is the contract: what one subclasses, and what each method does.
- :mod:`~harness.engines.running` takes a program through an engine, and makes a trace of it;
  :mod:`~harness.engines.transforms` does that for engines of functions.
- :mod:`~harness.engines.discovery` tries out how an engine is used.
- :mod:`~harness.engines.loading` is the door: from what stands after ``--engine`` to an engine.
- :mod:`~harness.engines.reference` is torch, :mod:`~harness.engines.by_formula` the vocabulary.

Imports go one way: trace, engine, running, adapter, discovery, loading.
"""
