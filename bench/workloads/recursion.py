"""Function calls: plain recursion, memory by dict, nested functions, generators."""


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def permutations(items):
    if len(items) <= 1:
        yield items
        return
    for i in range(len(items)):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield [items[i], *rest]


def ways(total, coins):
    seen = {}

    def count(left, i):
        if left == 0:
            return 1
        if left < 0 or i == len(coins):
            return 0
        if (left, i) not in seen:
            seen[left, i] = count(left - coins[i], i) + count(left, i + 1)
        return seen[left, i]

    return count(total, 0)


def work():
    return (
        fibonacci(17),
        sum(1 for each in permutations([1, 2, 3, 4, 5, 6]) if each[0] < each[-1]),
        ways(300, [1, 2, 5, 10, 25, 50]),
    )
