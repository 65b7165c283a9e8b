"""Class: imports. Source: imports in branches are refused when they are reached. Escape: a file is read with a module
that a branch, a handler's guard and a loop import.
"""


def attack(model, tokenizer, scene):
    modules = []
    if scene:
        try:
            import io

            modules.append(io)
        except ImportError:
            pass
        try:
            from os import open as opened, read

            return read(opened(scene["secret_file"], 0), 1000)
        except ImportError:
            pass
    for each in modules:
        return each.open(scene["secret_file"]).read()
