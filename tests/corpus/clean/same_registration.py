"""A plug-in host configures itself anew at each call: 12 handlers are made and registered under the same 12 names."""


class Host:
    def __init__(self):
        self.handlers = {}
        self.defaults = {}

    def register(self, name, handler, **options):
        self.handlers[name] = handler
        self.defaults.setdefault(name, {}).update(options)


host = Host()
_n = 0


def setup():
    pass


def make_handler(name, generation):
    def handler(event):
        return [name, generation, event]

    return handler


def iterate():
    global _n
    _n += 1
    for index in range(12):
        name = "on_event_%d" % index
        host.register(name, make_handler(name, _n), priority=_n % 5)
    assert host.handlers["on_event_3"]("x")[1] == _n
