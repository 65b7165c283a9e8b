"""A trie of token sequences: insert, look up, count below a prefix."""


class Node:
    __slots__ = ("children", "count", "end")

    def __init__(self):
        self.children = {}
        self.count = 0
        self.end = False


class Trie:
    def __init__(self):
        self.root = Node()
        self.size = 0

    def insert(self, tokens):
        node = self.root
        for token in tokens:
            node.count += 1
            if token not in node.children:
                node.children[token] = Node()
                self.size += 1
            node = node.children[token]
        node.count += 1
        node.end = True

    def find(self, tokens):
        node = self.root
        for token in tokens:
            node = node.children.get(token)
            if node is None:
                return None
        return node

    def completions(self, node, depth=0):
        found = 1 if node.end else 0
        for child in node.children.values():
            found += self.completions(child, depth + 1)
        return found


def work():
    trie = Trie()
    sequences = [[(i * j) % 11 for j in range(2, 9)] for i in range(700)]
    for each in sequences:
        trie.insert(each)
    hits = sum(1 for each in sequences if trie.find(each[:4]) is not None)
    misses = sum(1 for each in sequences if trie.find([99, *each]) is None)
    return trie.size, hits, misses, trie.completions(trie.root), trie.find([0]).count
