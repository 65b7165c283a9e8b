"""A server whose operator admits scipy and scikit-learn, and one whose operator does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche import InterpClient, PolicyError

pytest.importorskip(
    "sklearn", reason="scikit-learn is not installed: pip install 'cloche[analysis]'"
)

PROBE = """
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression


def probe(model, tokenizer, texts, labels):
    states = []
    for text in texts:
        out = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
        states.append(out.hidden_states[-1][0, -1].detach().numpy())
    fitted = LogisticRegression(max_iter=200).fit(states, labels)
    groups = KMeans(n_clusters=2, n_init=1, random_state=0).fit(states).labels_
    return fitted.score(states, labels), fitted.coef_.shape, len(groups), stats.norm.cdf(0.0)
"""


def test_admitted_libraries_work_behind_both_walls(tiny_model: Path) -> None:
    libraries = ("scipy", "sklearn")
    texts = ["a cat", "the dog", "no", "yes"]
    with InterpClient(
        model_name=str(tiny_model), threads=1, allow_libraries=libraries, progress=False
    ) as client:
        score, shape, count, half = client.run(PROBE, texts, [0, 0, 1, 1])
        info = client.info()
    assert score >= 0.5
    assert shape[0] == 1
    assert (count, half) == (4, 0.5)
    assert {"scipy.stats", "sklearn.linear_model"} <= set(info.importable_modules)
    assert {"scipy", "scikit-learn"} <= set(info.versions)


def test_without_the_option_the_error_says_what_the_operator_can_do(tiny_model: Path) -> None:
    with InterpClient(model_name=str(tiny_model), threads=1, progress=False) as client:
        with pytest.raises(PolicyError, match="--allow-library scipy"):
            client.run("from scipy import stats\ndef f(model, tokenizer): return stats.norm.cdf(0)")
        fallback = """
def f(model, tokenizer):
    try:
        from sklearn.decomposition import PCA
    except ImportError as error:
        return str(error)
    return PCA(n_components=1)
"""
        assert "--allow-library sklearn" in client.run(fallback)
