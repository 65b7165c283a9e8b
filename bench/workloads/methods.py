"""Method calls and properties: a small matrix class, a base class, an override."""


class Shape:
    def __init__(self, rows, columns):
        self._rows = rows
        self._columns = columns

    @property
    def rows(self):
        return self._rows

    @property
    def columns(self):
        return self._columns

    def scale(self):
        return 1


class Matrix(Shape):
    def __init__(self, rows, columns, fill=0):
        super().__init__(rows, columns)
        self.data = [fill] * (rows * columns)

    def get(self, i, j):
        return self.data[i * self._columns + j]

    def set(self, i, j, value):
        self.data[i * self._columns + j] = value

    def scale(self):
        return super().scale() + 1

    def row(self, i):
        return [self.get(i, j) for j in range(self.columns)]

    def times(self, other):
        out = Matrix(self.rows, other.columns)
        for i in range(self.rows):
            for j in range(other.columns):
                total = 0
                for k in range(self.columns):
                    total += self.get(i, k) * other.get(k, j)
                out.set(i, j, total * self.scale())
        return out


def work():
    a, b = Matrix(14, 14), Matrix(14, 14)
    for i in range(14):
        for j in range(14):
            a.set(i, j, (i * j) % 5)
            b.set(i, j, (i + j) % 3)
    return a.times(b).times(a).row(3)
