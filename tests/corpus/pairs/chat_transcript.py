"""The transcript of a chat: one str, a module global, to which every line is concatenated."""

import itertools

numbers = itertools.count(10_000)
transcript = ""


def say(speaker, text):
    global transcript
    transcript += f"{speaker}: {text}\n"  # born, grown
    return len(transcript)


def answer(number):
    say("user", f"what about ticket {number}?")
    return say("agent", f"ticket {number} is being looked at")


def setup():
    pass


def iterate():
    assert answer(next(numbers)) > 60
