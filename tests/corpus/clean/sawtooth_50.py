"""An audit trail gathers 50 records, serialises them and starts a new list."""

import json


class AuditTrail:
    def __init__(self):
        self.pending = []
        self.written = 0

    def record(self, **fields):
        self.pending.append(fields)
        if len(self.pending) >= 50:
            records, self.pending = self.pending, []
            self.written += len(json.dumps(records))


trail = AuditTrail()
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    trail.record(user=_n % 20, action="read", ids=[_n, _n + 1])
