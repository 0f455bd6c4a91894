"""The SQL statements of a request, collected in a threading.local for the debug page.

The worker (here the main thread) never resets the list when a request ends.
"""

import itertools
import threading

LOCAL = threading.local()
requests = itertools.count(1000)


def queries():
    if not hasattr(LOCAL, "queries"):
        LOCAL.queries = []
    return LOCAL.queries


def execute(statement, *parameters):
    queries().append({"sql": statement, "parameters": parameters})  # born, grown
    return parameters


def view(number):
    execute("select * from person where id = ?", number)
    execute("select * from address where person = ?", number)
    execute("update person set seen = ? where id = ?", True, number)
    return queries()[-1]["sql"]


def setup():
    pass


def iterate():
    assert view(next(requests)).startswith("update")
