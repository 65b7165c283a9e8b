"""Class: what a call leaves behind. Source: own find. Escape: a thread answers the next call on
the channel, after this one has ended. Teeth: none, there is no channel here.
Limits: timeout_s=1
"""

import os
import threading
import time


def attack(model, tokenizer, scene):
    def later():
        while True:
            os.write(3, b"\x00\x00\x00\x00")

    threading.Thread(target=later, daemon=True).start()
    time.sleep(0.05)
