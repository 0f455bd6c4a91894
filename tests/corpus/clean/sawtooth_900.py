"""A columnar writer buffers rows and writes a row group when 900 rows are there: it looks unbounded for a long time."""


class RowGroupWriter:
    def __init__(self):
        self.columns = {"id": [], "point": []}
        self.groups = 0

    def write(self, row):
        for name, column in self.columns.items():
            column.append(row[name])
        if len(self.columns["id"]) == 900:
            self.flush()

    def flush(self):
        self.groups += 1
        for column in self.columns.values():
            column.clear()


writer = RowGroupWriter()
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    writer.write({"id": "row-%d" % _n, "point": [_n / 3, _n / 7]})
