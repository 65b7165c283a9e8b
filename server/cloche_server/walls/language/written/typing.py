"""Dicts with annotated keys: calling one makes a plain dict."""


class TypedDict(dict):
    def __init_subclass__(cls, total=True):
        pass

    def __new__(cls, *args, **values):
        if cls is not TypedDict:
            return dict(*args, **values)
        name = args[0]

        class Made(TypedDict):
            pass

        Made.__name__ = Made.__qualname__ = name
        return Made
