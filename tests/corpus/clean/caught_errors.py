"""A lenient parser tries int, float and a date, and turns chained errors into text."""

import datetime
import traceback

rejected = 0
last_message = ""
_n = 0


def setup():
    pass


def parse(text):
    try:
        return int(text)
    except ValueError:
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise LookupError("cannot read %r" % text) from error


def iterate():
    global _n, rejected, last_message
    _n += 1
    parse(str(_n))
    parse("2024-02-%02d" % (_n % 28 + 1))
    try:
        parse("n/a %d" % (_n % 10))
    except LookupError as error:
        rejected += 1
        last_message = traceback.format_exception_only(type(error), error)[0]
