"""Signatures by name, and what kind of thing an object is."""

import enum
import types

from tools import annotation_of, parameters_of


class _empty:
    """Stands for what is not there."""


class _Kind(enum.IntEnum):
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4

    @property
    def description(self):
        return self.name.lower().replace("_", " ")


class Parameter:
    empty = _empty
    POSITIONAL_ONLY = _Kind.POSITIONAL_ONLY
    POSITIONAL_OR_KEYWORD = _Kind.POSITIONAL_OR_KEYWORD
    VAR_POSITIONAL = _Kind.VAR_POSITIONAL
    KEYWORD_ONLY = _Kind.KEYWORD_ONLY
    VAR_KEYWORD = _Kind.VAR_KEYWORD

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        self.name = name
        self.kind = _Kind(kind)
        self.default = default
        self.annotation = annotation

    def __str__(self):
        text = {_Kind.VAR_POSITIONAL: "*", _Kind.VAR_KEYWORD: "**"}.get(self.kind, "") + self.name
        if self.annotation is not _empty:
            text = f"{text}: {formatannotation(self.annotation)}"
        if self.default is not _empty:
            between = "=" if self.annotation is _empty else " = "
            shown = "..." if self.default is ... else repr(self.default)
            text = f"{text}{between}{shown}"
        return text

    def __repr__(self):
        return f'<Parameter "{self}">'


def formatannotation(annotation):
    name = getattr(annotation, "__name__", None)
    return name if isinstance(name, str) else repr(annotation).replace("typing.", "")


class Signature:
    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        self.parameters = {each.name: each for each in parameters or ()}
        self.return_annotation = return_annotation

    def _bind(self, args, values, partial):
        found, args, values = {}, list(args), dict(values)
        for name, each in self.parameters.items():
            if each.kind is _Kind.VAR_POSITIONAL:
                if args:
                    found[name] = tuple(args)
                    args = []
            elif each.kind is _Kind.VAR_KEYWORD:
                if values:
                    found[name] = values
                    values = {}
            elif args and each.kind is not _Kind.KEYWORD_ONLY:
                if name in values and each.kind is not _Kind.POSITIONAL_ONLY:
                    raise TypeError(f"multiple values for argument {name!r}")
                found[name] = args.pop(0)
            elif name in values and each.kind is not _Kind.POSITIONAL_ONLY:
                found[name] = values.pop(name)
            elif each.default is _empty and not partial:
                raise TypeError(f"missing a required argument: {name!r}")
        if args:
            raise TypeError("too many positional arguments")
        if values:
            raise TypeError(f"got an unexpected keyword argument {next(iter(values))!r}")
        return BoundArguments(self, found)

    def bind(self, /, *args, **values):
        return self._bind(args, values, False)

    def bind_partial(self, /, *args, **values):
        return self._bind(args, values, True)

    def __str__(self):
        shown, named = [], False
        for name, each in self.parameters.items():
            if each.kind is _Kind.KEYWORD_ONLY and not named:
                shown.append("*")
            named = named or each.kind >= _Kind.VAR_POSITIONAL
            if shown and each.kind > _Kind.POSITIONAL_ONLY and self._is_last_alone(name):
                shown.append("/")
            shown.append(str(each))
        if self.parameters and all(
            each.kind is _Kind.POSITIONAL_ONLY for each in self.parameters.values()
        ):
            shown.append("/")
        text = f"({', '.join(shown)})"
        if self.return_annotation is not _empty:
            text = f"{text} -> {formatannotation(self.return_annotation)}"
        return text

    def _is_last_alone(self, name):
        """Whether the parameter before it was the last that goes by position alone."""
        names = list(self.parameters)
        before = names.index(name) - 1
        return before >= 0 and self.parameters[names[before]].kind is _Kind.POSITIONAL_ONLY

    def __repr__(self):
        return f"<Signature {self}>"


class BoundArguments:
    def __init__(self, signature, arguments):
        self.signature = signature
        self.arguments = arguments

    def apply_defaults(self):
        found = {}
        for name, each in self.signature.parameters.items():
            if name in self.arguments:
                found[name] = self.arguments[name]
            elif each.kind is _Kind.VAR_POSITIONAL:
                found[name] = ()
            elif each.kind is _Kind.VAR_KEYWORD:
                found[name] = {}
            elif each.default is not _empty:
                found[name] = each.default
        self.arguments = found

    @property
    def args(self):
        found = []
        for name, each in self.signature.parameters.items():
            if each.kind is _Kind.VAR_POSITIONAL:
                found += self.arguments.get(name, ())
            elif each.kind <= _Kind.POSITIONAL_OR_KEYWORD and name in self.arguments:
                found.append(self.arguments[name])
        return tuple(found)

    @property
    def kwargs(self):
        found = {}
        for name, each in self.signature.parameters.items():
            if each.kind is _Kind.VAR_KEYWORD:
                found.update(self.arguments.get(name, {}))
            elif each.kind is _Kind.KEYWORD_ONLY and name in self.arguments:
                found[name] = self.arguments[name]
        return found


def signature(obj, *, follow_wrapped=True, **options):
    parameters = []
    for name, kind, default, annotation in parameters_of(obj):
        parameters.append(
            Parameter(
                name,
                kind,
                default=default[0] if default else _empty,
                annotation=annotation[0] if annotation else _empty,
            )
        )
    result = annotation_of(obj)
    return Signature(parameters, return_annotation=result[0] if result else _empty)


def isclass(object):
    return isinstance(object, type)


def isfunction(object):
    return isinstance(object, types.FunctionType)


def ismethod(object):
    return isinstance(object, types.MethodType)


def isbuiltin(object):
    return isinstance(object, types.BuiltinFunctionType)


def isgenerator(object):
    return isinstance(object, types.GeneratorType)


def isroutine(object):
    return isfunction(object) or ismethod(object) or isbuiltin(object)


def ismodule(object):
    return isinstance(object, types.ModuleType)


def iscoroutinefunction(object):
    return False


def cleandoc(doc):
    lines = doc.expandtabs().split("\n")
    margins = [len(each) - len(each.lstrip()) for each in lines[1:] if each.strip()]
    margin = min(margins, default=0)
    lines = [lines[0].lstrip(), *(each[margin:] for each in lines[1:])]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines)


def getdoc(object):
    doc = getattr(object, "__doc__", None)
    return cleandoc(doc) if isinstance(doc, str) else None
