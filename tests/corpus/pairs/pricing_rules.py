"""Pricing rules are reloaded every thirty calls into a fresh module that goes into sys.modules."""

import itertools
import sys
import types

calls = itertools.count(1)
SOURCE = """
FACTOR = {"day": 1.0, "night": 0.8}


def price(amount, time):
    return amount * FACTOR[time]
"""
CODE = compile(SOURCE, "pricing_rules.txt", "exec")
current = None


def load(version):
    module = types.ModuleType(f"pricing_rules_v{version}")  # born
    exec(CODE, module.__dict__)  # born
    sys.modules[module.__name__] = module  # grown
    return module


def setup():
    pass


def iterate():
    global current
    call = next(calls)
    if current is None or call % 30 == 0:
        current = load(call)
    assert current.price(10, "night") == 8.0
