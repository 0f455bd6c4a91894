"""An importer of records that keeps the exception of each bad record for a summary.

Every exception has its traceback, and with it the frames and their variables.
"""

import itertools

records = itertools.count(1000)
failures = []


class BadRecord(ValueError):
    pass


def parse(record):
    fields = record.split(",")  # born
    if len(fields) != 3:
        raise BadRecord(f"{len(fields)} fields")  # born
    return fields


def load(record):
    try:
        return parse(record)  # born
    except BadRecord as error:
        failures.append(error)  # grown
        return None


def setup():
    pass


def iterate():
    number = next(records)
    assert load(f"{number},name,town")
    assert load(f"{number},name") is None  # born
