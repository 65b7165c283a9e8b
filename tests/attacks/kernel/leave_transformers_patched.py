"""Class: what a call leaves behind. Source: own find. Escape: a method of the model's class is
replaced for the next call.
"""


def attack(model, tokenizer, scene):
    def forward(self, *args, **kwargs):
        return scene["deposit"]

    type(model).forward = forward


def pick_up(model, tokenizer):
    return model.forward()
