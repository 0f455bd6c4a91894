"""The SQL statements of a request, collected in a threading.local and dropped when the next request begins."""

import itertools
import threading

LOCAL = threading.local()
requests = itertools.count(1000)


def queries():
    if not hasattr(LOCAL, "queries"):
        LOCAL.queries = []
    return LOCAL.queries


def execute(statement, *parameters):
    queries().append({"sql": statement, "parameters": parameters})
    return parameters


def view(number):
    queries().clear()
    execute("select * from person where id = ?", number)
    execute("select * from address where person = ?", number)
    execute("update person set seen = ? where id = ?", True, number)
    return queries()[-1]["sql"]


def setup():
    pass


def iterate():
    assert view(next(requests)).startswith("update")
