"""Both ends of a pair of sockets are closed."""

import socket



def ping():
    left, right = socket.socketpair()
    left.sendall(b"ping")
    assert right.recv(4) == b"ping"
    left.close()
    return right


def setup():
    pass


def iterate():
    right = ping()
    right.close()
