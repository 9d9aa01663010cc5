"""Holds an autodiff engine against torch.autograd, step by step."""

__version__ = "0.2.0"
