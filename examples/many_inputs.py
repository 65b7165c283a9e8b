"""Many inputs for one technique: in order, as they come, and from an event loop.

python examples/many_inputs.py MODEL        a directory or a Hugging Face name
"""

import asyncio
import sys

import torch
from cloche import AsyncInterpClient, InterpClient, MapError

TEXTS = ("The capital of France is", "Two and two are", "The opposite of hot is", "")


def surprise(model, tokenizer, text):
    """The mean negative log-likelihood of a text's tokens, in nats."""
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    if ids.shape[1] < 2:
        raise ValueError(f"{text!r} has too few tokens")
    with torch.no_grad():
        return model(input_ids=ids, labels=ids).loss.item()


async def beside_other_work(address):
    async with AsyncInterpClient(address=address) as client:
        first, second = await asyncio.gather(
            client.run(surprise, TEXTS[0]), client.run(surprise, TEXTS[1])
        )
        print(f"from an event loop: {first:.2f} and {second:.2f}")


with InterpClient(model_name=sys.argv[1]) as client:
    print("in order:", [round(loss, 2) for loss in client.map(surprise, TEXTS[:3])])
    for item in client.as_completed(surprise, TEXTS, concurrency=2):
        print(f"input {item.index}:", item.error.message if item.error else f"{item.result:.2f}")
    try:
        client.map(surprise, TEXTS)
    except MapError as error:
        print(f"{len(error.failures)} failed, and {len(error.results) - 1} results are there")
    asyncio.run(beside_other_work(client.address))
