"""Class: network. Source: own find. Escape: a library's own network code. Teeth: none, its threads
do not survive the test's fork.
"""

import time

import grpc


def attack(model, tokenizer, scene):
    channel = grpc.insecure_channel(f"127.0.0.1:{scene['tcp']}")
    grpc.channel_ready_future(channel)
    time.sleep(0.3)
