"""Counters of a proxy: requests, bytes (beyond 2**30 after 256 calls), seconds and a maximum."""

requests = 0
transferred = 0
seconds = 0.0
longest = 0


def setup():
    pass


def account(size, duration):
    global requests, transferred, seconds, longest
    requests += 1
    transferred += size
    seconds += duration
    longest = max(longest, size)


def iterate():
    account((1 << 22) + requests % 1000, 0.001 * (requests % 9))
