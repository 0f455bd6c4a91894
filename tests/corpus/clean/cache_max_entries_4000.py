"""A feature store caches the feature vector of each user in an object that says how many entries it will hold.

Its bound, max_entries, is 4000: far beyond the usual number of calls, but readable next to the dict.
"""


class FeatureCache:
    def __init__(self, max_entries):
        self.max_entries = max_entries
        self.entries = {}
        self.evictions = 0

    def put(self, user, vector):
        if len(self.entries) >= self.max_entries:
            self.entries.pop(next(iter(self.entries)))
            self.evictions += 1
        self.entries[user] = vector

    def get(self, user):
        return self.entries.get(user)


cache = FeatureCache(max_entries=4000)
_user = 0


def setup():
    pass


def features(user):
    return [user % 2, user % 3 / 10, {"age": 20 + user % 60}]


def iterate():
    global _user
    _user += 1
    if cache.get(_user) is None:
        cache.put(_user, features(_user))
