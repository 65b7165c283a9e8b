"""Linked objects: a graph of nodes that refer to each other; chains of attributes."""


class Edge:
    def __init__(self, target, weight):
        self.target = target
        self.weight = weight


class Vertex:
    def __init__(self, name):
        self.name = name
        self.edges = []
        self.rank = 1.0
        self.next = None
        self.parent = None

    def link(self, other, weight):
        self.edges.append(Edge(other, weight))
        other.parent = self


class Graph:
    def __init__(self, size):
        self.vertices = [Vertex(f"v{i}") for i in range(size)]
        for i in range(size):
            self.vertices[i].next = self.vertices[(i + 1) % size]
            for step in (1, 3, 7):
                self.vertices[i].link(self.vertices[(i * step + 1) % size], step)

    def settle(self, rounds):
        for _ in range(rounds):
            ranks = {vertex.name: 0.15 for vertex in self.vertices}
            for vertex in self.vertices:
                out = sum(edge.weight for edge in vertex.edges)
                for edge in vertex.edges:
                    ranks[edge.target.name] += 0.85 * vertex.rank * edge.weight / out
            for vertex in self.vertices:
                vertex.rank = ranks[vertex.name]


def work():
    graph = Graph(60)
    graph.settle(20)
    walk = 0.0
    vertex = graph.vertices[0]
    for _ in range(2000):
        walk += vertex.next.rank + vertex.next.next.parent.rank
        vertex = vertex.next
    return walk, max(graph.vertices, key=lambda each: each.rank).name
