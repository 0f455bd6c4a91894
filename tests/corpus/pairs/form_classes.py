"""A form class is made for every request with type(); __init_subclass__ registers it."""

import itertools

requests = itertools.count(1000)
TABLES = ("person", "order", "invoice")


class Form:
    registry = []

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Form.registry.append(cls)  # grown

    def __init__(self, values):
        self.values = values

    def valid(self):
        return set(self.fields) == set(self.values)


def form_for(table):
    return type(f"{table.title()}Form", (Form,), {"table": table, "fields": ("id", "name")})  # born


def submit(table, values):
    return form_for(table)(values).valid()


def setup():
    pass


def iterate():
    number = next(requests)
    assert submit(TABLES[number % 3], {"id": number, "name": "x"})
