"""Class: class machinery. Source: own find. Escape: functions of torch are handed out: the private method is put into
a class, or a base of it that derives from nothing, once the class is made."""

from torch import nn

kept = []


def take(self, *given, **named):
    kept.extend(given)
    return []


def attack(model, tokenizer, address):
    for way in (on_class, on_base, on_base_of_base):
        try:
            way()
        except Exception:
            pass
    return kept


def on_class():
    class Taking(nn.Module):
        pass

    Taking._named_members = take
    list(Taking().named_parameters())


def on_base():
    class Base:
        pass

    class Taking(Base, nn.Module):
        pass

    Base._named_members = take
    list(Taking().named_parameters())


def on_base_of_base():
    class Base:
        pass

    class Between(Base):
        pass

    class Taking(Between, nn.Module):
        pass

    setattr(Base, "_named_members", take)
    list(Taking().named_parameters())
