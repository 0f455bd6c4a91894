"""A converter imports the module for each format when the first document of that format arrives (documents 5, 20 and
60).
"""

_n = 0
converted = 0


def setup():
    pass


def convert(number):
    if number % 60 == 0:
        import difflib

        return difflib.ndiff(["a"], ["b"]) is not None
    if number % 20 == 0:
        import html

        return len(html.escape("<p>%d</p>" % number))
    if number % 5 == 0:
        import colorsys

        return len(colorsys.rgb_to_hsv(0.1, 0.2, number % 7 / 7))
    return len(str(number))


def iterate():
    global _n, converted
    _n += 1
    converted += convert(_n)
