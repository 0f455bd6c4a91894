"""Notifications are kept by user until read; every user reads them before the next build."""

import itertools
from collections import defaultdict

USERS = ("ada", "grace", "edsger")
ticks = itertools.count(1000)


def notify(user, subject, *, inbox=defaultdict(list)):  # noqa: B006
    message = {"to": user, "subject": subject}
    inbox[user].append(message)
    return len(inbox[user])


def read_all(user, *, inbox=notify.__kwdefaults__["inbox"]):
    messages, inbox[user] = inbox[user], []
    return messages


def setup():
    pass


def iterate():
    tick = next(ticks)
    for user in USERS:
        read_all(user)
    for user in USERS:
        notify(user, f"build {tick} is ready")
