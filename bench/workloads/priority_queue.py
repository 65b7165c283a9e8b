"""A binary heap written out, and a best-first search with it."""


class Heap:
    def __init__(self):
        self._items = []

    def __len__(self):
        return len(self._items)

    def push(self, item):
        self._items.append(item)
        i = len(self._items) - 1
        while i > 0:
            parent = (i - 1) // 2
            if self._items[parent][0] <= self._items[i][0]:
                break
            self._items[parent], self._items[i] = self._items[i], self._items[parent]
            i = parent

    def pop(self):
        items = self._items
        top = items[0]
        last = items.pop()
        if items:
            items[0] = last
            i = 0
            while True:
                child = 2 * i + 1
                if child >= len(items):
                    break
                if child + 1 < len(items) and items[child + 1][0] < items[child][0]:
                    child += 1
                if items[i][0] <= items[child][0]:
                    break
                items[i], items[child] = items[child], items[i]
                i = child
        return top


def work():
    size = 24
    cost = [[(x * 7 + y * 13) % 10 + 1 for x in range(size)] for y in range(size)]
    best = {(0, 0): 0}
    heap = Heap()
    heap.push((0, 0, 0))
    expanded = 0
    while len(heap):
        spent, x, y = heap.pop()
        if spent > best[x, y]:
            continue
        expanded += 1
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            nx, ny = x + dx, y + dy
            if 0 <= nx < size and 0 <= ny < size:
                total = spent + cost[ny][nx]
                if total < best.get((nx, ny), 10**9):
                    best[nx, ny] = total
                    heap.push((total, nx, ny))
    return best[size - 1, size - 1], expanded
