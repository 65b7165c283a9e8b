"""nonlocal, global, walrus, comprehension scoping, lambda defaults, star expressions."""

_total = 0


def technique(model, tokenizer):
    global _total
    count = 0

    def bump(by=1, /, *args, scale=1, **kw):
        nonlocal count
        count += by * scale
        return count

    _total += 1
    x = [y := 1, y**2]
    fns = [lambda v, i=i: v + i for i in range(3)]
    table = {k: [j for j in range(k) if j % 2] for k in range(4)}
    first, *rest = (n for n in range(5) if (m := n * 2) > 2)
    matrix = [[1, 2], [3, 4]]
    matrix[0][1] += 10
    (a, b), matrix[1][0] = (1, 2), 9
    merged = {"a": 1, "b": 2}
    del merged["a"], matrix[0][0]
    i = 100
    total = sum(i for i in range(3))
    return (
        x,
        [f(1) for f in fns],
        table,
        first,
        rest,
        matrix,
        merged,
        bump(2),
        bump(*[1], scale=3),
        i,
        total,
        m,
        a,
        b,
        _total,
    )
