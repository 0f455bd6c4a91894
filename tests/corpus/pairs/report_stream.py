"""A report writer that shares one io.BytesIO between all reports and never rewinds it."""

import io
import itertools

numbers = itertools.count(1000)


class ReportWriter:
    def __init__(self):
        self.stream = io.BytesIO()

    def line(self, text):
        self.stream.write(text.encode().ljust(63) + b"\n")  # born, grown

    def report(self, number):
        begin = self.stream.tell()
        self.line(f"report {number}")
        self.line("all is well")
        return self.stream.tell() - begin


WRITER = ReportWriter()


def setup():
    pass


def iterate():
    assert WRITER.report(next(numbers)) == 128
