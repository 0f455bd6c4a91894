"""Notifications are kept by user until read; the users never read theirs.

The store is a keyword-only default, so it lives as long as the function.
"""

import itertools
from collections import defaultdict

USERS = ("ada", "grace", "edsger")
ticks = itertools.count(1000)


def notify(user, subject, *, inbox=defaultdict(list)):  # noqa: B006
    message = {"to": user, "subject": subject}  # born
    inbox[user].append(message)  # grown
    return len(inbox[user])


def unread(user, *, inbox=notify.__kwdefaults__["inbox"]):
    return len(inbox[user])


def setup():
    pass


def iterate():
    tick = next(ticks)
    for user in USERS:
        notify(user, f"build {tick} is ready")  # born
