"""Class: module gadget. Source: design rule 7. Escape: custom_generate names code to run."""


def attack(model, tokenizer, address):
    seen = []

    def own(*args, **kw):
        seen.append(kw)
        return args

    model.generate(**tokenizer("the", return_tensors="pt"), custom_generate=own, max_new_tokens=1)
    if seen:
        open("escaped", "w").close()
