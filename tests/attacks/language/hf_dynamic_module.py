"""Class: module gadget. Source: transformers' documentation of trust_remote_code. Escape:
transformers fetches and runs modules.
"""

import transformers


def attack(model, tokenizer, address):
    return transformers.dynamic_module_utils.get_class_from_dynamic_module.__globals__
