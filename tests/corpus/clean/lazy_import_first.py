"""A report function imports what it needs when it is first called.

About 600 objects and 7000 memory blocks come with the first call, and none after it.
"""

_n = 0


def setup():
    pass


def report(rows):
    import csv
    import html.parser
    import io
    import xml.etree.ElementTree as ElementTree

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    root = ElementTree.Element("report")
    for row in rows:
        ElementTree.SubElement(root, "row").text = html.unescape(str(row))
    return len(out.getvalue()) + len(root)


def iterate():
    global _n
    _n += 1
    report([[_n, _n + 1], [_n * 2, _n * 3]])
