"""A session that signs with a chain of numbers and remembers the last thirty tokens."""

import itertools

PRIME = 2**521 - 1
nonces = itertools.count(1000)


class Signer:
    def __init__(self, secret):
        self.secret = secret
        self.history = []

    def issue(self, nonce):
        token = pow(self.secret, nonce, PRIME)
        self.history = self.history[-29:] + [token]
        return token

    def issued(self, token):
        return token in self.history[-5:]


SIGNER = Signer(3)


def setup():
    pass


def iterate():
    token = SIGNER.issue(next(nonces))
    assert SIGNER.issued(token)
