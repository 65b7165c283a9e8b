"""Class: identity and namespaces. Source: fuzzing. Escape: what stands for a model's `forward` is asked
whether it equals `type`, and so is handed it."""

seen = []


class Forward:
    def __eq__(self, other):
        seen.append(other)
        return False

    def __call__(self, *values, **named):
        return model_forward(*values, **named)


def attack(model, tokenizer, address):
    global model_forward
    model_forward = model.forward
    model.forward = Forward()
    try:
        model.generate(**tokenizer("the", return_tensors="pt"), max_new_tokens=1)
    finally:
        del model.forward
    return [each.__subclasses__ for each in seen]
