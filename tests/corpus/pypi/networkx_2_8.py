"""A build planner makes a small directed graph for each job, counts its edges and throws it away.

networkx 2.8 makes the edge view anew at each access and keeps none: graph and view go when the last reference goes
(from 2.8.1 on the view is cached on the graph, a reference cycle).
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
