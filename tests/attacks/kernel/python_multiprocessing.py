"""Class: processes. Source: own find. Escape: another process is made."""

import multiprocessing
import time


def attack(model, tokenizer, scene):
    multiprocessing.get_context("fork").Process(target=time.sleep, args=(20,)).start()
    time.sleep(0.2)
