"""A build planner makes a small directed graph for each job, counts its edges and throws it away.

From networkx 2.8.1 on, G.edges is a cached property and the view refers back to its graph: a graph whose edges were
read is in a reference cycle with the view, and only the cyclic collector frees it (issue 6235).
"""

import networkx as nx

_job = 0
steps = 0


def setup():
    pass


def plan(job):
    graph = nx.DiGraph()
    for step in range(8):
        graph.add_edge((job % 10, step), (job % 10, step + 1), cost=step)
    return graph


def iterate():
    global _job, steps
    _job += 1
    steps += plan(_job).number_of_edges()
