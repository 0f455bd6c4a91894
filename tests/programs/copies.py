"""Keeps copies of nested things, which the standard library makes many calls below the line that asks for them."""

import copy


class Item:
    pass


template = [[[Item()]]]
kept = []


def keep():
    kept.append(copy.deepcopy(template))  # born
