"""Class: imports. Source: own find. Escape: asyncio makes an event loop, which holds sockets."""

import asyncio


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if asyncio.new_event_loop() else None
