"""Iterators that are asked again from within: each exchanged for the library's own, in C."""

from __future__ import annotations

from typing import Final

from tests.attacks.teeth.mutation import Mutation

MUTATIONS: Final = (
    *(
        Mutation(f"adapter {name}", (attack,))
        for name, attack in {
            "builtins.iter": "iter_sentinel_again",
            "itertools.accumulate": "itertools_accumulate_again",
            "itertools.chain": "itertools_chain_again",
            "itertools.count": "itertools_count_again",
            "itertools.cycle": "itertools_chain_again",
            "itertools.groupby": "itertools_groupby_again",
            "itertools.islice": "itertools_chain_again",
            "itertools.pairwise": "itertools_chain_again",
            "itertools.zip_longest": "itertools_chain_again",
        }.items()
    ),
    Mutation(
        "ClassGuard.build_class asks whether '__getitem__' in namespace and (not iterable)",
        ("iter_sequence_again",),
        instead="False",
    ),
)

#: Rules of a generator, which holds what it uses, whatever it yields.
EXEMPT: Final = dict.fromkeys(
    (
        "_groupby.stretch asks whether number != at[0] or not pending",
        "_islice asks whether number >= start and (number - start) % step == 0",
        "_same answers one is other or bool(one == other)",
        "_until asks whether sentinel is value or sentinel == value",
        "_zip_longest calls active.discard(number)",
        "make_islice.islice calls itertools.islice((), *bounds)",
    ),
    "keeps Python's meaning: without it a generator, which holds what it uses, yields other values,"
    " an error or no end; tests/server/walls/language/benign/iterators.py",
)
