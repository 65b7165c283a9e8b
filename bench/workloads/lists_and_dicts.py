"""Loops over lists and dicts: edit distance, n-gram counts, inverted index, transposition."""


def edit_distance(a, b):
    previous = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        current = [i] + [0] * len(b)
        for j in range(1, len(b) + 1):
            if a[i - 1] == b[j - 1]:
                current[j] = previous[j - 1]
            else:
                current[j] = 1 + min(previous[j], current[j - 1], previous[j - 1])
        previous = current
    return previous[-1]


def ngrams(tokens, n):
    counts = {}
    for i in range(len(tokens) - n + 1):
        gram = tuple(tokens[i : i + n])
        counts[gram] = counts.get(gram, 0) + 1
    return counts


def work():
    tokens = [(i * i * 31 + i) % 97 for i in range(3000)]
    counts = ngrams(tokens, 2)
    index = {}
    for position, token in enumerate(tokens):
        if token not in index:
            index[token] = []
        index[token].append(position)
    table = [[row * 10 + column for column in range(40)] for row in range(40)]
    turned = [[table[row][column] for row in range(40)] for column in range(40)]
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    return edit_distance(tokens[:90], tokens[5:100]), frequent, len(index), turned[3][:5]
