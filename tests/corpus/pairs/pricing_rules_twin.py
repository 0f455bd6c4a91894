"""Pricing rules are reloaded every thirty calls into a fresh module that takes the place of the old one."""

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
    module = types.ModuleType("pricing_rules_current")
    exec(CODE, module.__dict__)
    sys.modules[module.__name__] = module
    return module


def setup():
    pass


def iterate():
    global current
    call = next(calls)
    if current is None or call % 30 == 0:
        current = load(call)
    assert current.price(10, "night") == 8.0
