"""Puts itself between the worker and whatever it imports, opens or compiles from then on."""

# expect: any
import builtins
import importlib.abc
import importlib.machinery
import sys

import honest

IMPORT, OPEN = builtins.__import__, builtins.open


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, Loader())


class Loader(importlib.abc.Loader):
    def exec_module(self, module):
        module.__getattr__ = lambda name: 1.0


def importing(name, *arguments, **named):
    return IMPORT(name, *arguments, **named)


sys.meta_path.insert(0, Finder())
sys.path_hooks.insert(0, lambda place: Finder())
sys.path_importer_cache.clear()
builtins.__import__ = importing
builtins.open = lambda *arguments, **named: OPEN("/dev/null")
builtins.compile = builtins.exec = builtins.isinstance
for name in [name for name in sys.modules if name.startswith(("numpy.", "harness."))]:
    if name.count(".") > 2:
        sys.modules[name] = None


class Value(honest.Value):
    pass
