"""A connection pool in front of a key-value store.

Lookups that miss return early and never hand their connection back, so
`in_use` keeps it and the pool opens another one for the next request.
"""


class Connection:
    def __init__(self, number):
        self.number = number
        self.buffer = bytearray(64)  # born

    def fetch(self, key):
        return None if key.startswith("guest") else key.upper()


class Pool:
    def __init__(self):
        self.opened = 0
        self.idle = []
        self.in_use = []

    def acquire(self):
        if self.idle:
            connection = self.idle.pop()
        else:
            self.opened += 1
            connection = Connection(self.opened)  # born
        self.in_use.append(connection)  # grown
        return connection

    def release(self, connection):
        self.in_use.remove(connection)
        self.idle.append(connection)


POOL = Pool()


def lookup(key):
    connection = POOL.acquire()
    value = connection.fetch(key)
    if value is None:
        return ""
    POOL.release(connection)
    return value


def setup():
    pass


def iterate():
    for key in ("anna", "guest-1", "bert", "guest-2", "guest-3"):
        lookup(key)
