"""scipy and scikit-learn, where the operator admits them. Absent: what reads or writes files or
fetches data (io, datasets), sparse constructors, which trust their indices, compiled callbacks
(LowLevelCallable), pipelines of callables, and whatever else takes an object of the caller's.

Nobody has driven their compiled code with hostile numbers, as torch's and numpy's was. What stands
in for each name (admitted.py) gives it copies of plain data alone, so that no object of a
technique's is ever in their hands but the functions that an optimiser calls back, which are given
copies too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .rows import Allow, Kind, Row, words


@dataclass(frozen=True)
class Admitted:
    """Names of a module that may be called with plain data.

    methods: of what a call makes, or of the object itself (`stats.norm`), that may be called.
    calls_back: arguments may be functions of the technique's, which are given arrays and numbers.
    """

    of: str
    names: str
    why: str
    methods: str = ""
    calls_back: bool = False


_DISTRIBUTION: Final = """cdf entropy expect fit interval isf logcdf logpdf logpmf logsf mean median
    moment pdf pmf ppf rvs sf stats std support var"""
_ESTIMATOR: Final = """decision_function fit fit_predict fit_transform get_params inverse_transform
    kneighbors partial_fit predict predict_log_proba predict_proba sample score score_samples
    set_params transform get_feature_names_out"""
_ARITHMETIC: Final = "arithmetic on copies of plain data"

ROWS: Final[tuple[Admitted, ...]] = (
    Admitted(
        "scipy.stats",
        """alexandergovern anderson bartlett binomtest chi2_contingency chisquare cramervonmises
        describe differential_entropy energy_distance entropy f_oneway fisher_exact
        friedmanchisquare gmean hmean iqr jarque_bera kendalltau kruskal ks_1samp
        ks_2samp kurtosis kurtosistest levene linregress mannwhitneyu
        median_abs_deviation mode moment normaltest pearsonr percentileofscore
        pointbiserialr power_divergence rankdata ranksums scoreatpercentile sem shapiro
        sigmaclip siegelslopes skew skewtest spearmanr theilslopes tiecorrect tmean
        trim_mean trimboth tstd ttest_1samp ttest_ind ttest_ind_from_stats ttest_rel
        tvar variation wasserstein_distance weightedtau wilcoxon zmap zscore
        false_discovery_control""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "scipy.stats",
        "bootstrap permutation_test monte_carlo_test",
        why="resampling; calls an own statistic on arrays",
        calls_back=True,
    ),
    Admitted(
        "scipy.stats",
        """bernoulli beta betabinom binom cauchy chi2 dirichlet expon exponnorm f gamma geom
        gumbel_l gumbel_r hypergeom laplace logistic lognorm multivariate_normal nbinom norm pareto
        poisson powerlaw randint rayleigh skewnorm t truncnorm uniform vonmises weibull_min
        weibull_max zipf""",
        why="distributions",
        methods=_DISTRIBUTION,
    ),
    Admitted(
        "scipy.linalg",
        """block_diag cho_factor cho_solve cholesky circulant det eig eigh eigvals eigvalsh expm
        fractional_matrix_power hadamard hankel helmert hilbert inv khatri_rao ldl logm lstsq lu
        matrix_balance norm null_space orth orthogonal_procrustes pinv pinvh polar qr rq schur
        signm sinm cosm solve solve_sylvester solve_triangular sqrtm subspace_angles svd svdvals
        toeplitz""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "scipy.special",
        """agm bdtr beta betainc betaincinv betaln binom boxcox comb digamma ellipe ellipk entr erf
        erfc erfcinv erfcx erfinv exp10 exp2 expi expit expm1 factorial factorial2 gamma gammainc
        gammaincc gammaincinv gammaln gammasgn hyp2f1 i0 i0e i1 i1e inv_boxcox iv j0 j1 jv k0 k1
        kl_div kv lambertw log1p log_expit log_ndtr log_softmax logit logsumexp multigammaln ndtr
        ndtri perm poch polygamma psi rel_entr sinc softmax spence sph_harm_y stdtr stdtrit xlog1py
        xlogy zeta""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "scipy.spatial.distance",
        """braycurtis canberra cdist chebyshev cityblock correlation cosine dice euclidean hamming
        jaccard jensenshannon mahalanobis minkowski pdist rogerstanimoto russellrao seuclidean
        sokalsneath sqeuclidean squareform yule""",
        why=_ARITHMETIC,
    ),
    Admitted("scipy.spatial", "distance_matrix procrustes", why=_ARITHMETIC),
    Admitted(
        "scipy.cluster.hierarchy",
        """average centroid complete cophenet cut_tree fcluster fclusterdata inconsistent
        leaves_list linkage median optimal_leaf_ordering single ward weighted""",
        why=_ARITHMETIC,
    ),
    Admitted("scipy.cluster.vq", "kmeans kmeans2 vq whiten", why=_ARITHMETIC),
    Admitted(
        "scipy.optimize",
        """bisect brenth brentq curve_fit differential_evolution dual_annealing fsolve fixed_point
        least_squares minimize minimize_scalar newton root root_scalar""",
        why="calls own functions on arrays and numbers",
        calls_back=True,
    ),
    Admitted("scipy.optimize", "linear_sum_assignment linprog nnls", why=_ARITHMETIC),
    Admitted(
        "scipy.integrate",
        "cumulative_trapezoid romb simpson trapezoid",
        why=_ARITHMETIC,
    ),
    Admitted("scipy.integrate", "quad solve_ivp", why="calls own functions", calls_back=True),
    Admitted(
        "scipy.interpolate",
        "interp1d CubicSpline PchipInterpolator UnivariateSpline",
        why="curves through given points",
        methods="__call__ derivative integrate",
    ),
    Admitted(
        "scipy.signal",
        """butter convolve correlate correlation_lags detrend fftconvolve filtfilt find_peaks
        hilbert lfilter medfilt peak_prominences peak_widths periodogram resample savgol_filter
        sosfilt spectrogram welch""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "scipy.ndimage",
        """gaussian_filter gaussian_filter1d label maximum_filter1d minimum_filter1d
        uniform_filter1d""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "scipy.fft", "dct fft fftfreq fftshift idct ifft irfft rfft rfftfreq", why=_ARITHMETIC
    ),
    *(
        Admitted(of, names, why="estimators on copies of plain data", methods=_ESTIMATOR)
        for of, names in (
            (
                "sklearn.decomposition",
                """DictionaryLearning FactorAnalysis FastICA IncrementalPCA KernelPCA
                LatentDirichletAllocation MiniBatchDictionaryLearning NMF PCA SparsePCA
                TruncatedSVD""",
            ),
            (
                "sklearn.linear_model",
                """BayesianRidge ElasticNet ElasticNetCV HuberRegressor Lasso LassoCV
                LinearRegression LogisticRegression LogisticRegressionCV MultiTaskLasso
                OrthogonalMatchingPursuit Perceptron Ridge RidgeCV RidgeClassifier
                RidgeClassifierCV SGDClassifier SGDRegressor""",
            ),
            (
                "sklearn.cluster",
                """AffinityPropagation AgglomerativeClustering Birch DBSCAN HDBSCAN KMeans MeanShift
                MiniBatchKMeans SpectralClustering""",
            ),
            ("sklearn.manifold", "Isomap LocallyLinearEmbedding MDS SpectralEmbedding TSNE"),
            (
                "sklearn.preprocessing",
                """Binarizer KBinsDiscretizer LabelBinarizer LabelEncoder MaxAbsScaler MinMaxScaler
                Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures PowerTransformer
                QuantileTransformer RobustScaler StandardScaler""",
            ),
            ("sklearn.svm", "LinearSVC LinearSVR SVC SVR"),
            (
                "sklearn.neighbors",
                "KNeighborsClassifier KNeighborsRegressor NearestNeighbors KernelDensity",
            ),
            ("sklearn.discriminant_analysis", "LinearDiscriminantAnalysis"),
            ("sklearn.naive_bayes", "BernoulliNB GaussianNB MultinomialNB"),
            ("sklearn.tree", "DecisionTreeClassifier DecisionTreeRegressor"),
            (
                "sklearn.ensemble",
                """ExtraTreesClassifier GradientBoostingClassifier GradientBoostingRegressor
                RandomForestClassifier RandomForestRegressor""",
            ),
            ("sklearn.neural_network", "MLPClassifier MLPRegressor"),
            ("sklearn.mixture", "BayesianGaussianMixture GaussianMixture"),
            ("sklearn.covariance", "EmpiricalCovariance LedoitWolf OAS"),
            ("sklearn.cross_decomposition", "CCA PLSCanonical PLSRegression"),
            ("sklearn.random_projection", "GaussianRandomProjection"),
            ("sklearn.dummy", "DummyClassifier DummyRegressor"),
            ("sklearn.feature_extraction.text", "CountVectorizer TfidfVectorizer"),
        )
    ),
    Admitted(
        "sklearn.model_selection",
        "KFold ShuffleSplit StratifiedKFold",
        why="indices",
        methods="get_n_splits split",
    ),
    Admitted(
        "sklearn.model_selection",
        "train_test_split cross_val_score cross_val_predict",
        why="splits and fits on copies of plain data",
    ),
    Admitted(
        "sklearn.metrics",
        """accuracy_score adjusted_mutual_info_score adjusted_rand_score auc average_precision_score
        balanced_accuracy_score brier_score_loss calinski_harabasz_score classification_report
        cohen_kappa_score confusion_matrix davies_bouldin_score explained_variance_score f1_score
        homogeneity_score log_loss matthews_corrcoef mean_absolute_error mean_squared_error
        median_absolute_error mutual_info_score normalized_mutual_info_score precision_recall_curve
        precision_score r2_score recall_score roc_auc_score roc_curve root_mean_squared_error
        silhouette_samples silhouette_score v_measure_score zero_one_loss""",
        why=_ARITHMETIC,
    ),
    Admitted(
        "sklearn.metrics.pairwise",
        """cosine_distances cosine_similarity euclidean_distances linear_kernel manhattan_distances
        pairwise_distances polynomial_kernel rbf_kernel sigmoid_kernel""",
        why=_ARITHMETIC,
    ),
    Admitted("sklearn.metrics", "pairwise_distances", why=_ARITHMETIC),
    Admitted(
        "sklearn.preprocessing",
        "binarize label_binarize maxabs_scale minmax_scale normalize robust_scale scale",
        why=_ARITHMETIC,
    ),
    Admitted(
        "sklearn.feature_selection",
        "f_classif f_regression mutual_info_classif mutual_info_regression",
        why=_ARITHMETIC,
    ),
)

#: Libraries that an operator may admit, and what their packages are called.
PACKAGES: Final = {"scipy": "scipy", "sklearn": "scikit-learn"}


def rows_of(library: str) -> tuple[Admitted, ...]:
    return tuple(row for row in ROWS if row.of.partition(".")[0] == library)


def members_of(libraries: tuple[str, ...]) -> dict[str, set[str]]:
    """Module -> names, with the modules above each."""
    found: dict[str, set[str]] = {}
    for library in libraries:
        for row in rows_of(library):
            found.setdefault(row.of, set()).update(words(row.names))
    for module in list(found):
        while "." in module:
            module, _, child = module.rpartition(".")
            found.setdefault(module, set()).add(child)
    return found


#: What stands in for the libraries' objects judges each name itself.
STAND_INS: Final[tuple[Row, ...]] = (
    Allow("cloche_server.walls.language.admitted:Instance", "__repr__", why="text"),
    Kind(
        "cloche_server.walls.language.admitted:Instance", why="judges what it hands out", data=True
    ),
    Kind(
        "cloche_server.walls.language.admitted:CallableInstance",
        why="looks at its arguments",
        data=True,
        called=True,
    ),
)
