"""The last rendered page is kept as text and as bytes; pages have 37 different lengths."""

page = ""
body = b""
_n = 0


def setup():
    pass


def render(number):
    return "<ul>%s</ul>" % "".join("<li>row %d of %d</li>" % (row, number) for row in range(number * 11 % 37 * 4))


def iterate():
    global _n, page, body
    _n += 1
    page = render(_n)
    body = page.encode()
