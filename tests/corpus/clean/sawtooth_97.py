"""A click counter groups clicks by page and hands the groups on after every 97th click."""

import collections

by_page = collections.defaultdict(list)
_clicks = 0
totals = dict.fromkeys(("home", "shop", "help"), 0)


def setup():
    pass


def flush():
    for page, clicks in by_page.items():
        totals[page] += len(clicks)
    by_page.clear()


def iterate():
    global _clicks
    _clicks += 1
    page = ("home", "shop", "help")[_clicks % 3]
    by_page[page].append({"x": _clicks % 800, "y": _clicks % 600})
    if _clicks % 97 == 0:
        flush()
