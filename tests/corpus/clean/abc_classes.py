"""A plug-in loader makes a class for each plug-in, registers it with an abstract base class and asks isinstance about
it.

The caches of the base class refer to the classes weakly; dropped classes disappear from them. CPython's own type
attribute cache (4096 slots, each with a str for the name looked up) fills during the first thousand calls: strings that
no collector and no path sees, several a call at first and ever fewer.
"""

import abc
import collections.abc


class Plugin(abc.ABC):
    @abc.abstractmethod
    def run(self):
        """Do the work."""


def setup():
    pass


def load(number):
    class Loaded:
        def run(self):
            return number

        def __len__(self):
            return 1

    Plugin.register(Loaded)
    return Loaded()


_n = 0


def iterate():
    global _n
    _n += 1
    plugin = load(_n)
    assert isinstance(plugin, Plugin) and isinstance(plugin, collections.abc.Sized)
    assert not isinstance(plugin, collections.abc.Mapping) and plugin.run() == _n
