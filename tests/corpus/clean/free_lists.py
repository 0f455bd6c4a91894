"""A small physics step: many short-lived floats, tuples and dicts, more at some calls than at others."""

_step = 0
energy = 0.0


def setup():
    pass


def simulate(count):
    particles = [{"position": (i * 0.5, i * 0.25), "speed": [i * 0.1, 1.0]} for i in range(count)]
    for particle in particles:
        x, y = particle["position"]
        u, v = particle["speed"]
        particle["position"] = (x + u * 0.01, y + v * 0.01)
    return sum(particle["position"][0] for particle in particles)


def iterate():
    global _step, energy
    _step += 1
    energy = simulate(20 + _step * 13 % 180)
