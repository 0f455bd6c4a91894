"""A parser fills one token list again and again; how long it gets depends on the input, and it stays until the next
call.
"""

tokens = []
_n = 0


def setup():
    pass


def tokenize(length):
    tokens.clear()
    for position in range(length):
        tokens.append([position, "word"])
    return len(tokens)


def iterate():
    global _n
    _n += 1
    tokenize(_n * 37 % 400 + 1)
