"""scipy and scikit-learn, where the operator admits them: right values, and nothing of the caller's
in their hands."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from cloche_server.walls.language import AccessRefused, LanguageWall, compile_technique
from cloche_server.walls.language.catalogue import TableError
from cloche_server.walls.language.tables import admitted, modules
from cloche_server.walls.language.tables.rows import words

pytest.importorskip(
    "sklearn", reason="scikit-learn is not installed: pip install 'cloche[analysis]'"
)


@pytest.fixture(scope="module")
def wall():
    known = {module: set(names) for module, names in modules._MEMBERS.items()}
    yield LanguageWall.build(libraries=("scipy", "sklearn"))
    modules._MEMBERS.clear()
    modules._MEMBERS.update(known)


@pytest.fixture
def value(wall):
    def value(source, *args):
        namespace = wall.namespace(write=lambda text: None, progress=lambda *report: None)
        exec(compile_technique(source).code, namespace)
        return namespace["f"](*args)

    return value


def test_every_name_is_there():
    for row in admitted.ROWS:
        module = importlib.import_module(row.of)
        assert [name for name in words(row.names) if not hasattr(module, name)] == []


def test_statistics(value):
    from scipy import stats

    x = np.random.default_rng(0).normal(size=(20, 2))
    source = """
from scipy import stats
import scipy.stats
from scipy.stats import spearmanr
def f(x):
    r = stats.pearsonr(x[:, 0], x[:, 1])
    a, b = spearmanr(x[:, 0], x[:, 1])
    frozen = scipy.stats.norm(loc=1, scale=2)
    return (r.statistic, r[1], a, b, stats.ttest_ind(x[:, 0], x[:, 1]).pvalue, stats.norm.sf(0.0),
            frozen.mean(), frozen.ppf([0.1, 0.9]), stats.norm.rvs(size=2, random_state=0))
"""
    found = value(source, x)
    r, s = stats.pearsonr(x[:, 0], x[:, 1]), stats.spearmanr(x[:, 0], x[:, 1])
    assert found[:4] == (r.statistic, r.pvalue, s.statistic, s.pvalue)
    assert found[4] == stats.ttest_ind(x[:, 0], x[:, 1]).pvalue
    assert (found[5], found[6]) == (0.5, 1.0)
    assert np.array_equal(found[7], stats.norm(1, 2).ppf([0.1, 0.9]))
    assert np.array_equal(found[8], stats.norm.rvs(size=2, random_state=0))


def test_estimators(value):
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression

    x = np.random.default_rng(0).normal(size=(40, 3))
    y = (x[:, 0] > 0).astype(int)
    source = """
import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler
def f(x, y):
    pca = PCA(n_components=2).fit(torch.tensor(x))
    probe: LogisticRegression = LogisticRegression(C=0.5).fit(x, y)
    folds = [len(test) for train, test in KFold(4).split(x)]
    halves = train_test_split(x, y, test_size=0.5, random_state=0)
    return {
        "pca": (pca.transform(x), pca.explained_variance_ratio_, pca.n_components),
        "probe": (probe.coef_, accuracy_score(y, probe.predict(x)), repr(probe)),
        "kinds": (isinstance(pca, PCA), isinstance(pca, LogisticRegression), type(pca).__name__),
        "folds": folds,
        "halves": [each.shape for each in halves],
        "crossed": cross_val_score(LogisticRegression(), x, y, cv=4).shape,
        "dense": OneHotEncoder().fit_transform([["a"], ["b"]]),
        "scaled": abs(StandardScaler().fit_transform(x).mean()) < 1e-9,
        "clusters": sorted(set(KMeans(2, n_init=2, random_state=0).fit_predict(x).tolist())),
        "auc": roc_auc_score(y, probe.predict_proba(x)[:, 1]) > 0.9,
        "chained": PCA().set_params(n_components=1).fit_transform(x).shape,
    }
"""
    found = value(source, x, y)
    pca, probe = PCA(2).fit(x), LogisticRegression(C=0.5).fit(x, y)
    assert np.allclose(found["pca"][0], pca.transform(x))
    assert np.allclose(found["pca"][1], pca.explained_variance_ratio_)
    assert np.allclose(found["probe"][0], probe.coef_)
    assert found["probe"][1:] == (probe.score(x, y), "LogisticRegression(C=0.5)")
    assert found["kinds"] == (True, False, "PCA")
    assert found["folds"] == [10] * 4
    assert found["halves"] == [(20, 3), (20, 3), (20,), (20,)]
    assert found["crossed"] == (4,)
    assert found["dense"].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert found["clusters"] == [0, 1]
    assert found["chained"] == (40, 1)
    assert found["scaled"]
    assert found["auc"]


def test_own_functions_are_called_with_copies(value):
    source = """
import numpy as np
from scipy import optimize
def f():
    kept = []
    def loss(v):
        kept.append(v)
        out = float(((v - 3) ** 2).sum())
        v[:] = 7
        return out
    found = optimize.minimize(loss, np.zeros(2))
    fitted, _ = optimize.curve_fit(lambda t, a, b: a * t + b, [0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    root = optimize.brentq(lambda t: t - 1, 0, 3)
    return found.x, found.success, type(kept[0]).__name__, fitted, root
"""
    x, success, kind, fitted, root = value(source)
    assert np.allclose(x, 3, atol=1e-4)
    assert success
    assert kind == "ndarray"
    assert np.allclose(fitted, [2, 1])
    assert root == pytest.approx(1)


@pytest.mark.parametrize(
    "expression",
    [
        "LogisticRegression(n_jobs=2)",
        "LogisticRegression().set_params(n_jobs=2)",
        "linalg.inv(np.eye(2), False, False)",
        "linalg.inv(np.eye(2), check_finite=False)",
        "CountVectorizer(input='filename')",
        "CountVectorizer(tokenizer=len)",
        "PCA(Own())",
        "PCA().fit(Own())",
        "PCA().fit([[Own()]])",
        "PCA().fit(np.array([[{}]], dtype=object))",
        "distance.cdist(np.eye(2), np.eye(2), lambda a, b: 0.0)",
        "AgglomerativeClustering(memory='/tmp/x')",
        "stats.pearsonr(Own(), Own())",
        "stats.norm.sf(Own())",
    ],
)
def test_what_would_reach_out_is_refused(value, expression):
    source = f"""
import numpy as np
from scipy import linalg, stats
from scipy.spatial import distance
from sklearn.cluster import AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
class Own:
    def __len__(self): return 1
def f():
    return {expression}
"""
    with pytest.raises(AccessRefused):
        value(source)


@pytest.mark.parametrize(
    "name",
    ["_real", "_world", "_methods", "fit.__globals__", "__class__.__mro__", "_get_tags", "tree_"],
)
def test_the_librarys_object_stays_inside(value, name):
    source = f"""
from sklearn.tree import DecisionTreeClassifier
def f():
    found = DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1])
    for each in {name.split(".")!r}:
        found = getattr(found, each)
    return found
"""
    with pytest.raises((AccessRefused, AttributeError)):
        value(source)


def test_results_are_no_places_in_the_library(value):
    source = """
from sklearn.decomposition import PCA
import numpy as np
def f():
    pca = PCA(1).fit(np.eye(3))
    before = pca.components_.copy()
    pca.components_[:] = 9
    return bool((pca.components_ == before).all())
"""
    assert value(source) is True


def test_what_is_not_installed_is_said():
    with pytest.raises(TableError, match="pip install"):
        LanguageWall.build(libraries=("library_of_nobody",))
