"""A metrics client collects data points and sends them in packets of 7."""

points = []
sent_packets = 0
_n = 0


def setup():
    pass


def send(packet):
    global sent_packets
    sent_packets += 1
    return sum(point["value"] for point in packet)


def iterate():
    global _n
    _n += 1
    points.append({"name": "latency", "value": _n % 13, "tags": ["a", "b"]})
    if len(points) == 7:
        send(points)
        del points[:]
