"""A rate limiter stores the times of the last requests of each of four clients; at 128 times it cuts the list to the
newest 64.
"""

requests = {}
_clock = 0.0


def setup():
    pass


def allow(client):
    times = requests.setdefault(client, [])
    times.append((_clock, client))
    if len(times) > 128:
        del times[:-64]
    return len(times) < 2 or times[-1][0] - times[-2][0] > 0.0005


def iterate():
    global _clock
    _clock += 0.001
    allow("client-%d" % (int(_clock * 1000) % 4))
