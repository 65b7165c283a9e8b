"""Printing what `pformat` makes."""

import pprint as _library


def pprint(object, stream=None, **options):
    print(_library.pformat(object, **options), file=stream)


def pp(object, stream=None, sort_dicts=False, **options):
    pprint(object, stream, sort_dicts=sort_dicts, **options)
