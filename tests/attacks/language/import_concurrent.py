"""Class: imports. Source: own find. Escape: a pool runs code beside the call."""

from concurrent.futures import ThreadPoolExecutor


def attack(model, tokenizer, address):
    pool = ThreadPoolExecutor(1)
    ran = []
    pool.submit(lambda: ran.append("canary-" + "5d1f"))
    pool.shutdown()
    return ran
