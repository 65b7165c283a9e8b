"""Class: what a call leaves behind. Source: own find. Escape: the next call's process is deaf to
signals.
"""

import signal


def attack(model, tokenizer, scene):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
