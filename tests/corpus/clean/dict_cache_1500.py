"""A search page keeps the result lists of the last queries; the cache is cut back to the newest 1500 one by one.

The bound lies beyond 1 + 10 + 151 + 302 + 604 calls: only a longer run, or reading the code, shows that it stops.
"""

results = {}
_n = 0


def setup():
    pass


def search(query):
    return [{"title": "hit %d for %s" % (n, query), "score": 1 / n} for n in (1, 2)]


def cached_search(query):
    if query in results:
        return results[query]
    while len(results) >= 1500:
        oldest = next(iter(results))
        del results[oldest]
    results[query] = search(query)
    return results[query]


def iterate():
    global _n
    _n += 1
    cached_search("query %d" % _n)
