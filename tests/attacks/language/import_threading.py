"""Class: imports. Source: own find. Escape: threading runs code beside the call."""

import threading


def attack(model, tokenizer, address):
    ran = []
    thread = threading.Thread(target=lambda: ran.append("canary-" + "5d1f"))
    thread.start()
    thread.join()
    return ran
