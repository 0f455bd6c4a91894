"""A change feed collects row changes and publishes them as one message when 155 have come together."""


class Change:
    def __init__(self, table, key, values):
        self.table = table
        self.key = key
        self.values = values


class Feed:
    def __init__(self):
        self.changes = []
        self.published = 0

    def add(self, change):
        self.changes.append(change)
        if len(self.changes) >= 155:
            self.publish()

    def publish(self):
        self.published += len({change.key for change in self.changes})
        self.changes.clear()


feed = Feed()
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    feed.add(Change("orders", _n, {"state": "paid", "total": _n * 3}))
