"""Holds an autodiff engine against torch.autograd, step by step."""
