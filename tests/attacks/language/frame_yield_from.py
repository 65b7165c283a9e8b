"""Class: frames. Source: own find. Escape: gi_yieldfrom is what a generator delegates to."""


def attack(model, tokenizer, address):
    def inside():
        yield 1

    def outside():
        yield from inside()

    running = outside()
    next(running)
    return running.gi_yieldfrom.gi_frame
