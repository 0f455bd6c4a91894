"""An invoice is computed with Decimal and datetime, turned to JSON and read back."""

import datetime
import decimal
import json
import uuid

last = None
_n = 0


def setup():
    pass


def invoice(number):
    due = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=number % 3000)
    total = sum(decimal.Decimal(number * line) / 7 for line in range(1, 6)).quantize(decimal.Decimal("0.01"))
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))),
        "due": due.isoformat(),
        "total": str(total),
        "lines": [{"pos": line, "text": "item %d" % line} for line in range(5)],
    }


def iterate():
    global _n, last
    _n += 1
    last = json.loads(json.dumps(invoice(_n)))
