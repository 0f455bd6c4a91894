"""Breadcrumbs for error reports, in a context variable that holds a tuple.

The tuple is rebuilt with one crumb more at every request of a context that never ends.
"""

import contextvars
import itertools

breadcrumbs = contextvars.ContextVar("breadcrumbs", default=())
AMBIENT = contextvars.copy_context()
requests = itertools.count(1000)


def leave_crumb(text):
    crumb = f"visited {text}"  # born
    breadcrumbs.set((*breadcrumbs.get(), crumb))  # grown
    return crumb


def handle(number):
    crumb = leave_crumb(f"/page/{number}")
    return crumb in breadcrumbs.get()[-1:]


def setup():
    pass


def iterate():
    assert AMBIENT.run(handle, next(requests))
