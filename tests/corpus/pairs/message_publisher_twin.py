"""A publisher with a retry buffer that is worked off before the next message."""

import itertools

deliveries = itertools.count(1)


class Message:
    def __init__(self, number, body):
        self.number = number
        self.body = body
        self.attempts = 0


class Publisher:
    def __init__(self):
        self.retry = []
        self.delivered = 0

    def deliver(self, message):
        message.attempts += 1
        return message.number % 13 != 0 or message.attempts > 1

    def publish(self, message):
        self.retry = [kept for kept in self.retry if not self.deliver(kept)]
        if self.deliver(message):
            self.delivered += 1
        else:
            self.retry.append(message)


PUBLISHER = Publisher()


def setup():
    pass


def iterate():
    number = next(deliveries)
    PUBLISHER.publish(Message(number, f"event {number}"))
