"""Breadcrumbs for error reports, in a context variable that holds a tuple of the last twenty."""

import contextvars
import itertools

breadcrumbs = contextvars.ContextVar("breadcrumbs", default=())
AMBIENT = contextvars.copy_context()
requests = itertools.count(1000)


def leave_crumb(text):
    crumb = f"visited {text}"
    breadcrumbs.set((*breadcrumbs.get()[-19:], crumb))
    return crumb


def handle(number):
    crumb = leave_crumb(f"/page/{number}")
    return crumb in breadcrumbs.get()[-1:]


def setup():
    pass


def iterate():
    assert AMBIENT.run(handle, next(requests))
