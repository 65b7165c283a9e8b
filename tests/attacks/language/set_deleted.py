"""Class: module gadget. Source: own find. Escape: attributes of real objects and special ones of
own classes are deleted."""


class A:
    """Text."""

    def __call__(self):
        pass


def helper(x=1):
    pass


def attack(model, tokenizer, address):
    done = []
    for way in (
        lambda: delattr(model.config, "use_cache"),
        lambda: delattr(A, "__call__"),
        lambda: delattr(helper, "__defa" + "ults__"),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
