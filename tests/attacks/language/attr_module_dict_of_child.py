"""Class: attribute walk. Source: own find. Escape: a submodule's __dict__ is its namespace."""


def attack(model, tokenizer, address):
    return next(model.children()).__dict__["_modules"].__class__.__init__, vars(type(model))[
        "forward"
    ].__globals__
