"""A framing layer appends what it receives to one bytearray and cuts complete frames off its front."""

buffer = bytearray()
frames = 0
_n = 0


def setup():
    pass


def feed(chunk):
    global frames
    buffer.extend(chunk)
    while len(buffer) >= 4:
        length = int.from_bytes(buffer[:4], "big")
        if len(buffer) < 4 + length:
            break
        del buffer[: 4 + length]
        frames += 1


def iterate():
    global _n
    _n += 1
    payload = bytes(200 + _n * 17 % 300)
    message = len(payload).to_bytes(4, "big") + payload
    cut = _n * 7 % len(message)
    feed(message[:cut])
    feed(message[cut:])
    feed((500).to_bytes(4, "big") + bytes(_n % 90))
    feed(bytes(500 - _n % 90))
