"""A DNS front end remembers the answers of the last 600 different names, first in, first out.

One new name a call: for 600 calls the cache looks exactly like one that is never trimmed.
"""

import collections


class Answer:
    def __init__(self, name, addresses):
        self.name = name
        self.addresses = addresses


class Resolver:
    def __init__(self):
        self.answers = {}
        self.order = collections.deque()
        self.asked = 0

    def resolve(self, name):
        answer = self.answers.get(name)
        if answer is None:
            self.asked += 1
            answer = Answer(name, ["10.0.%d.%d" % (self.asked // 250 % 250, self.asked % 250)])
            self.answers[name] = answer
            self.order.append(name)
            while len(self.order) > 600:
                self.answers.pop(self.order.popleft(), None)
        return answer


resolver = Resolver()
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    resolver.resolve("host%d.example" % _n)
    resolver.resolve("host%d.example" % max(1, _n - 5))
