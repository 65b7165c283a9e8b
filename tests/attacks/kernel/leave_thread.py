"""Class: what a call leaves behind. Source: own find. Escape: a thread goes on after the call has
answered.
"""

import threading
import time


def attack(model, tokenizer, scene):
    def later():
        time.sleep(0.5)

    threading.Thread(target=later, daemon=True).start()
