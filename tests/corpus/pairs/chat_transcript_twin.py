"""The transcript of a chat: one str, a module global, cut to its last two thousand characters."""

import itertools

numbers = itertools.count(10_000)
transcript = ""


def say(speaker, text):
    global transcript
    transcript = (transcript + f"{speaker}: {text}\n")[-2000:]
    return len(transcript)


def answer(number):
    say("user", f"what about ticket {number}?")
    return say("agent", f"ticket {number} is being looked at")


def setup():
    pass


def iterate():
    assert answer(next(numbers)) > 60
