"""Text work: tokenising by hand, counting, templates, a small parser."""

TEXT = "When Mary and John went to the store, John gave a drink to Mary. (It was 3 o'clock.) "


def tokenise(text):
    tokens = []
    word = ""
    for char in text:
        if char.isalnum():
            word += char.lower()
        else:
            if word:
                tokens.append(word)
                word = ""
            if not char.isspace():
                tokens.append(char)
    if word:
        tokens.append(word)
    return tokens


def nested(text):
    depth = deepest = 0
    for char in text:
        if char == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif char == ")":
            depth -= 1
    return deepest


def work():
    text = TEXT * 25
    tokens = tokenise(text)
    counts = {}
    for each in tokens:
        counts[each] = counts.get(each, 0) + 1
    lines = ["{}: {}".format(name, count) for name, count in sorted(counts.items())]
    prompts = [f"{a.strip().title()} -> {b.upper()}" for a, b in zip(tokens, tokens[1:])]
    joined = "\n".join(prompts).replace("->", "=>").split("\n")
    return len(tokens), lines[:4], nested(text), joined[-1], sum(map(len, joined))
