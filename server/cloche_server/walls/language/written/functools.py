"""Functions chosen by the class of their first argument."""

import functools as _library
import typing

from tools import parameters_of


def singledispatch(func):
    registry = {object: func}

    def dispatch(cls):
        best = object
        for each in registry:
            if issubclass(cls, each) and issubclass(each, best):
                best = each
        return registry[best]

    def register(cls, func=None):
        if func is not None:
            for each in typing.get_args(cls) or (cls,):
                registry[each] = func
            return func
        if isinstance(cls, type) or typing.get_args(cls):
            return lambda function: register(cls, function)
        parameters = parameters_of(cls)
        annotation = parameters[0][3] if parameters else []
        if not annotation or isinstance(annotation[0], str):
            raise TypeError("register() needs a class: @f.register(int)")
        return register(annotation[0], cls)

    @_library.wraps(func)
    def wrapper(*args, **values):
        if not args:
            raise TypeError(f"{func.__name__} requires at least 1 positional argument")
        return dispatch(type(args[0]))(*args, **values)

    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    return wrapper
