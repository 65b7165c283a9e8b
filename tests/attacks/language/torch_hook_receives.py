"""Class: module gadget. Source: design rule 6. Escape: a hook's module argument is trusted."""


def attack(model, tokenizer, address):
    seen = []
    handle = model.lm_head.register_forward_hook(lambda m, i, o: seen.append(m))
    model(**tokenizer("the", return_tensors="pt"))
    handle.remove()
    return (
        getattr(seen[0], "_forward_" + "hooks").__class__.__init__.__class__
        and handle.hooks_dict_ref.__class__.__mro__[1].__subclasses__
    )
