"""A protocol decoder interns the field names of each message, so that equal names within one message are one object.

On 3.11 and 3.13 an interned string goes when nobody uses it. Early 3.12 releases (measured: 3.12.1) make every interned
string immortal (cpython#113993), so there this program does gain four strings a call, held by the interpreter alone.
"""

import sys

_n = 0


def setup():
    pass


def decode(number):
    rows = []
    for row in range(5):
        rows.append({sys.intern("field-%d-%d" % (number, column)): row * column for column in range(4)})
    return rows


def iterate():
    global _n
    _n += 1
    assert len(decode(_n)) == 5
