"""Small data sets for the models in tests/models, one function per model, each from its own seed."""

import numpy as np

BUILDERS = {}


def data(function):
    """Registers a builder under its own name: builder(rng) -> arguments of the model."""
    BUILDERS[function.__name__] = function
    return function


def build(name):
    seed = sum((i + 1) * ord(c) for i, c in enumerate(name))
    return BUILDERS[name](np.random.default_rng(seed))


def counts_of(index, size):
    return np.bincount(index, minlength=size)


@data
def eight_schools_reparam(rng):
    return dict(
        J=8, sigma=[15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0], y=[28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]
    )


@data
def linear_regression(rng):
    X = rng.normal([1, -2, 0.5, 30], [1, 2, 0.3, 7], (25, 4))
    return dict(X=X, y=1 + X @ [0.5, 0.2, -1.0, 0.05] + rng.normal(0, 0.4, 25))


@data
def varying_slopes_lkj(rng):
    cafe = np.repeat(np.arange(6), 5)
    afternoon = np.tile([0, 1, 0, 1, 0], 6)
    return dict(
        cafe=cafe,
        afternoon=afternoon,
        wait=4 + rng.normal(size=6)[cafe] - afternoon + rng.normal(0, 0.5, 30),
        n_cafes=6,
    )


@data
def horseshoe(rng):
    X = rng.normal(size=(20, 6))
    return dict(X=X, Y=2 * X[:, 1] - X[:, 4] + rng.normal(0, 0.5, 20))


@data
def regularized_horseshoe(rng):
    X = rng.normal(size=(24, 5))
    return dict(X=X, y=(rng.random(24) < 1 / (1 + np.exp(-2 * X[:, 0]))).astype(int), tau0=0.2)


@data
def masked_panel(rng):
    y = rng.normal(size=(6, 1)) + 0.3 * rng.normal(size=8) + 0.2 * rng.normal(size=(6, 8))
    present = (rng.random((6, 8)) < 0.8).astype(int)
    return dict(y=np.where(present, y, -99.0), present=present)


@data
def gp_rbf(rng):
    X = np.linspace(-1, 1, 12)
    return dict(X=X, Y=np.sin(4 * X) + rng.normal(0, 0.1, 12))


@data
def gp_periodic_matern(rng):
    t = np.sort(rng.uniform(0, 21, 15))
    exposure = rng.uniform(0.5, 2, 15)
    return dict(t=t, counts=rng.poisson(exposure * np.exp(1 + 0.5 * np.sin(t))), exposure=exposure)


@data
def zero_inflation_factor(rng):
    child, persons = rng.integers(0, 3, 30), rng.integers(1, 5, 30)
    return dict(child=child, persons=persons, count=rng.poisson(np.exp(0.5 * persons - child)) * (rng.random(30) < 0.6))


@data
def count_offset(rng):
    X, exposure = rng.normal(size=(20, 3)), rng.uniform(1, 20, 20)
    return dict(
        X=X, exposure=exposure, y=rng.negative_binomial(3, 3 / (3 + exposure * 0.3)), family="negbin", base_rate=0.3
    )


@data
def fstring_sites(rng):
    x = rng.normal(size=12)
    return dict(x=x, scores=x[:, None] * [1, 0.5, -0.2] + [3, 4, 5] + rng.normal(0, 0.7, (12, 3)))


@data
def survival_weibull_factor(rng):
    X = rng.normal(size=(25, 2))
    t, c = rng.weibull(1.4, 25) * 3 * np.exp(-X[:, 0] * 0.4), rng.uniform(1, 6, 25)
    return dict(time=np.minimum(t, c), event=(t <= c).astype(int), X=X)


@data
def random_walk_reparam(rng):
    level = np.cumsum(rng.normal(0.05, 0.3, 20))
    idx = np.sort(rng.integers(0, 20, 24))
    return dict(T=20, idx=idx, y=level[idx] + rng.normal(0, 0.3, 24))


@data
def mixture_gaussian(rng):
    z = rng.choice(3, 30, p=[0.2, 0.5, 0.3])
    return dict(y=np.array([-2.0, 0.5, 3.0])[z] + np.array([0.3, 0.6, 0.4])[z] * rng.normal(size=30), K=3)


@data
def ar_scan(rng):
    y = [0.3, 0.1]
    for _ in range(28):
        y.append(0.5 + 0.6 * y[-1] - 0.2 * y[-2] + rng.normal(0, 0.5))
    return dict(y=y, horizon=1)


@data
def optional_branches(rng):
    x, group = rng.normal(size=20), rng.permutation(np.tile(np.arange(4), 5))
    return dict(
        x=x,
        y=x - 0.5 * x**2 + group + rng.normal(0, 0.5, 20),
        group=group,
        n_groups=None,
        degree=2,
        robust=True,
        weights=rng.uniform(0.5, 2, 20),
    )


@data
def ordered_logistic(rng):
    X = rng.normal(size=(25, 2))
    return dict(X=X, Y=np.clip(np.floor(X @ [1.0, -0.5] + rng.logistic(size=25) + 2), 0, 3).astype(int), nb_cat=4)


@data
def softmax_regression(rng):
    X, trials = rng.normal(size=(15, 2)), rng.integers(3, 12, 15)
    counts = np.array([rng.multinomial(n, [0.5, 0.3, 0.2]) for n in trials])
    return dict(X=X, label=rng.integers(0, 3, 15), counts=counts, trials=trials, n_classes=3)


@data
def censored_tobit(rng):
    x = rng.normal(size=25)
    return dict(x=x, y=np.clip(0.5 + x + rng.normal(0, 0.6, 25), -0.5, 1.5), low=-0.5, high=1.5)


@data
def radon(rng):
    county = np.concatenate([np.arange(6), rng.integers(0, 6, 20)])
    uranium, floor = rng.normal(size=6)[county], rng.integers(0, 2, 26)
    return dict(
        county=county,
        floor=floor,
        uranium=uranium,
        log_radon=1.3 + 0.5 * uranium - 0.6 * floor + rng.normal(0, 0.5, 26),
    )


@data
def robust_student_t(rng):
    x1, x2 = rng.normal(5, 2, 25), rng.normal(-1, 0.5, 25)
    return dict(x1=x1, x2=x2, y=1 + 0.5 * x1 - x2 + rng.standard_t(3, 25))


@data
def beta_binomial(rng):
    at_risk = rng.integers(10, 50, 18)
    return dict(deaths=rng.binomial(at_risk, rng.beta(2, 8, 18)), at_risk=at_risk, compound=True)


@data
def beta_binomial_latent(rng):
    at_bats = rng.integers(20, 60, 10)
    p = rng.beta(27, 73, 10)
    return dict(at_bats=at_bats, hits=rng.binomial(at_bats, p), season=rng.binomial(2 * at_bats, p))


@data
def negbin_hierarchical(rng):
    index = np.column_stack([rng.integers(0, 5, 28), rng.integers(0, 3, 28)])
    treated, exposure = rng.integers(0, 2, 28), rng.uniform(0.5, 2, 28)
    return dict(treated=treated, index=index, exposure=exposure, y=rng.negative_binomial(1, 1 / (1 + 8 * exposure)))


@data
def dirichlet_multinomial_by_hand(rng):
    arm = np.repeat([0, 1], 7)
    p = np.array([[0.5, 0.3, 0.1, 0.1], [0.2, 0.2, 0.3, 0.3]])
    return dict(
        counts=np.array([rng.multinomial(rng.integers(20, 60), rng.dirichlet(20 * p[a])) for a in arm]), arm=arm
    )


@data
def stick_breaking(rng):
    return dict(data=np.concatenate([rng.poisson(2, 15), rng.poisson(14, 10)]), T=5)


@data
def probit(rng):
    X, trials = rng.normal(size=(18, 2)), rng.integers(2, 9, 18)
    return dict(X=X, successes=rng.binomial(trials, 0.4), trials=trials, single=rng.integers(0, 2, 18))


@data
def item_response(rng):
    person, item = np.repeat(np.arange(8), 5), np.tile(np.arange(5), 8)
    return dict(
        person=person,
        item=item,
        correct=(rng.normal(size=8)[person] + rng.logistic(size=40) > 0).astype(int),
        guessing=True,
    )


@data
def bradley_terry(rng):
    pairs = [(i, j) for i in range(5) for j in range(5) if i != j]
    home, away = np.array(pairs).T
    return dict(home=home, away=away, home_won=rng.integers(0, 2, 20), goals=rng.poisson(1.4, (20, 2)))


@data
def spline_basis(rng):
    x = np.sort(rng.uniform(0, 10, 30))
    return dict(x=x, y=np.sin(x) + 0.1 * x + rng.normal(0, 0.2, 30), num_knots=6)


@data
def bnn_two_layers(rng):
    x = np.linspace(-1, 1, 15)
    X = np.stack([x**k for k in range(3)], axis=1)
    return dict(X=X, Y=(np.sin(3 * x) + rng.normal(0, 0.1, 15))[:, None], D_H=3)


@data
def dense_network_loop(rng):
    X = rng.normal(size=(20, 3))
    return dict(X=X, y=(X[:, 0] * X[:, 1] > 0).astype(int), activation="silu")


@data
def matrix_factorisation(rng):
    row, col = rng.integers(0, 6, 25), rng.integers(0, 5, 25)
    full = rng.normal(size=(6, 2)) @ rng.normal(size=(2, 5))
    return dict(row=row, col=col, value=full[row, col] + rng.normal(0, 0.2, 25), n_rows=6, n_cols=5)


@data
def stochastic_volatility_scan(rng):
    return dict(returns=rng.normal(0, np.exp(0.5 * np.cumsum(rng.normal(0, 0.2, 30)) - 0.5)))


@data
def growth_curve(rng):
    subject, age = np.repeat(np.arange(5), 6), np.tile(np.arange(1.0, 7.0), 5)
    return dict(subject=subject, age=age, size=3 / (1 + np.exp(-(age - 3))) + rng.normal(0, 0.2, 30))


@data
def mixture_of_regressions(rng):
    x, z = rng.normal(size=30), rng.integers(0, 2, 30)
    return dict(x=x, y=np.where(z, 1 + x, -1 - 0.5 * x) + rng.normal(0, 0.3, 30))


@data
def truncated_normal(rng):
    y = rng.normal(1.2, 0.8, 40)
    return dict(y=y[y > 0.3][:20], detection_limit=0.3, ratio=rng.uniform(0.6, 1.2, 6))


@data
def measurement_error(rng):
    A = rng.normal(size=12)
    M, D = -0.7 * A + rng.normal(0, 0.5, 12), -0.6 * A + rng.normal(0, 0.5, 12)
    return dict(A=A, M_obs=M, M_sd=rng.uniform(0.1, 0.4, 12), D_obs=D, D_sd=rng.uniform(0.1, 0.4, 12))


@data
def missing_imputation(rng):
    fare_class, age = rng.integers(0, 3, 24), rng.normal(size=24)
    age[[2, 7, 11, 20]] = np.nan
    return dict(age=age, fare_class=fare_class, survived=rng.integers(0, 2, 24))


@data
def diff_in_diff(rng):
    unit, period = np.repeat(np.arange(8), 6), np.tile(np.arange(6), 8)
    treated = (unit >= 4).astype(int)
    y = rng.normal(size=8)[unit] + 0.3 * period + 0.8 * treated * (period >= 3) + rng.normal(0, 0.3, 48)
    return dict(unit=unit, period=period, treated=treated, y=y)


@data
def instrumental_variable(rng):
    u, q = rng.normal(size=25), rng.integers(0, 4, 25) / 2 - 0.75
    e = q + u + rng.normal(0, 0.5, 25)
    return dict(instrument=q, education=e, wage=u + 0.1 * e + rng.normal(0, 0.5, 25))


@data
def mediation(rng):
    X, T = rng.normal(size=25), rng.integers(0, 2, 25)
    M = 0.5 * T + 0.3 * X + rng.normal(0, 0.5, 25)
    return dict(T=T, X=X, M=M, y=(M + 0.5 * T + rng.logistic(size=25) > 0.5).astype(int))


@data
def transformed_distributions(rng):
    return dict(share=rng.uniform(0.1, 0.9, 10), income=0.25 + rng.lognormal(0.5, 0.6, 12), height=rng.normal(1, 1, 8))


@data
def improper_constraints(rng):
    return dict(y=rng.normal(0, 2, 20), k=rng.poisson(4, 6))


@data
def continuous_likelihoods(rng):
    return dict(x=rng.normal(size=8), real=rng.normal(0, 1.5, 8), positive=rng.gamma(2, 0.7, 8), unit=rng.beta(2, 2, 8))


@data
def discrete_likelihoods(rng):
    trials = rng.integers(1, 12, 10)
    return dict(
        x=rng.normal(size=10),
        binary=rng.integers(0, 2, 10),
        trials=trials,
        hits=rng.binomial(trials, 0.5),
        count=rng.poisson(2, 10) * rng.integers(0, 2, 10),
        waits=rng.geometric(0.4, 10) - 1,
        klass=rng.integers(0, 4, 10),
        level=rng.integers(0, 4, 10),
        table=rng.multinomial(10, [0.25] * 4, 10),
    )


@data
def mvn_parametrisations(rng):
    return dict(Y=rng.normal(size=(10, 4)))


@data
def indexing_forms(rng):
    return dict(g=rng.integers(0, 3, 15), h=rng.integers(0, 4, 15), keep=[1, 0, 1, 1, 0, 1], y=rng.normal(2, 1, 15))


@data
def functional_updates(rng):
    return dict(
        x=rng.normal(size=24),
        group=rng.permutation(np.tile(np.arange(4), 6)),
        month=np.tile(np.arange(12), 2),
        y=rng.normal(size=24),
    )


@data
def hmm_forward_scan(rng):
    z = np.repeat([0, 1, 2, 0], 7)
    return dict(y=np.array([-2.0, 0.0, 2.5])[z] + rng.normal(0, 0.5, 28), seen=(rng.random(28) < 0.85).astype(int), K=3)


@data
def crossed_plates(rng):
    return dict(Y=rng.normal(size=(4, 3, 2)))


@data
def power_prior_scale(rng):
    x_old, x_new = rng.normal(size=15), rng.normal(size=10)
    return dict(
        x_old=x_old,
        y_old=1 + x_old + rng.normal(0, 0.5, 15),
        x_new=x_new,
        y_new=1.2 + 0.8 * x_new + rng.normal(0, 0.5, 10),
        w=rng.uniform(0.2, 1.5, 10),
        alpha0=0.3,
    )


@data
def conditioned_network(rng):
    C = rng.exponential(size=20)
    Z = np.exp(-1 + 0.5 * C + rng.normal(size=20))
    return dict(C=C, Z=Z, y=(rng.random(20) < 1 / (1 + np.exp(2 - C - 0.5 * Z))).astype(int))


@data
def array_functions(rng):
    return dict(x=rng.normal(size=(8, 3)), choice=rng.integers(0, 3, 8), y=rng.normal(size=8))


@data
def newton_while(rng):
    dose = rng.uniform(0.2, 4, 15)
    return dict(dose=dose, response=0.5 + 0.4 * dose + rng.normal(0, 0.2, 15), order=3)


@data
def capture_recapture(rng):
    history = np.zeros((14, 6), dtype=int)
    for row in history:
        t = rng.integers(0, 5)
        row[t] = 1
        while t < 5 and rng.random() < 0.8:
            t += 1
            row[t] = rng.random() < 0.6
    return dict(history=history)


@data
def kalman_scan(rng):
    return dict(y=np.cumsum(0.1 + rng.normal(0, 0.3, 25)) + rng.normal(0, 0.3, 25), discount=0.95)


@data
def cox_partial_likelihood(rng):
    X = rng.normal(size=(24, 3))
    return dict(
        time=rng.exponential(np.exp(-X[:, 0])),
        event=(rng.random(24) < 0.8).astype(int),
        X=X,
        stratum=rng.integers(0, 2, 24),
    )


@data
def changepoint(rng):
    return dict(counts=np.concatenate([rng.poisson(3, 18), rng.poisson(1, 22)]))


@data
def annotators(rng):
    true = rng.integers(0, 3, 15)
    return dict(annotations=np.where(rng.random((15, 4)) < 0.75, true[:, None], rng.integers(0, 3, (15, 4))), K=3)


@data
def confounder_network(rng):
    C, X = rng.exponential(size=20), rng.poisson(1, (20, 1))
    return dict(X=X, C=C, y=(rng.random(20) < 1 / (1 + np.exp(2 - 5 * C))).astype(int))


@data
def vector_mixture(rng):
    z = rng.integers(0, 2, 20)
    return dict(Y=np.array([[-1.0, 1.0], [2.0, 0.0]])[z] + rng.normal(0, 0.7, (20, 2)), x=rng.normal(size=20))


@data
def latent_reparams(rng):
    g = np.concatenate([np.arange(4), rng.integers(0, 4, 14)])
    return dict(g=g, y=rng.normal(size=4)[g] + rng.normal(0, 0.5, 18))


@data
def piecewise_exponential(rng):
    x = rng.normal(size=20)
    return dict(
        time=np.minimum(rng.exponential(3 * np.exp(-0.4 * x)), 6.0) + 0.01,
        event=(rng.random(20) < 0.8).astype(int),
        x=x,
        group=rng.permutation(np.tile(np.arange(4), 5)),
        cuts=[0.0, 1.0, 2.0, 4.0, 7.0],
    )


@data
def seir_scan(rng):
    return dict(cases=rng.poisson(4 * np.exp(2.5 * np.sin(np.linspace(0, np.pi, 25)))), population=2000.0, i0=5.0)


@data
def seasonal_decomposition(rng):
    t = np.arange(0.0, 42.0)
    return dict(t=t, y=0.1 * t + np.sin(2 * np.pi * t / 7) + rng.normal(0, 0.3, 42), holiday=(t % 20 == 5).astype(int))


@data
def simplex_to_ordered(rng):
    x, education = rng.normal(size=25), rng.integers(0, 4, 25)
    education[0] = 3
    return dict(
        x=x,
        education=education,
        rating=np.clip(np.floor(x + education / 2 + rng.logistic(size=25) + 1.5), 0, 4).astype(int),
        n_levels=5,
    )


@data
def delta_and_params(rng):
    x = rng.normal(size=(15, 3))
    y = x @ [0.2, -0.3, 0.5] + rng.normal(0, 0.5, 15)
    return dict(x=x, y=y, z=0.5 * y + rng.normal(0, 0.3, 15))


@data
def count_offset__poisson(rng):
    """The other family, and the default base rate."""
    X, exposure = rng.normal(size=(15, 2)), rng.uniform(1, 20, 15)
    return dict(X=X, exposure=exposure, y=rng.poisson(0.25 * exposure))


@data
def beta_binomial__latent(rng):
    return dict(beta_binomial(rng), compound=False)


@data
def optional_branches__plain(rng):
    """Every option left out."""
    x = rng.normal(size=15)
    return dict(x=x, y=1 + x + rng.normal(0, 0.5, 15))


@data
def optional_branches__grouped(rng):
    """Group sizes given, no weights, Gaussian noise, cubic."""
    return dict(optional_branches(rng), n_groups=6, degree=3, robust=False, weights=None)


@data
def item_response__two_parameters(rng):
    return dict(item_response(rng), guessing=False)


@data
def dense_network_loop__relu(rng):
    return dict(dense_network_loop(rng), activation="relu", hidden=[5])


@data
def confounder_network__observed(rng):
    arguments = confounder_network(rng)
    return dict(arguments, Z=np.exp(-1 + 0.5 * arguments["C"] + rng.normal(size=20)))


@data
def conditioned_network__dose(rng):
    return dict(conditioned_network(rng), dose=1.5)


@data
def softmax_regression__counts_only(rng):
    return dict(softmax_regression(rng), label=None)


@data
def gp_periodic_matern__no_exposure(rng):
    return dict(gp_periodic_matern(rng), exposure=None)


@data
def seasonal_decomposition__no_holiday(rng):
    return dict(seasonal_decomposition(rng), holiday=None, n_changepoints=2)


@data
def cutpoints_reparam(rng):
    return dict(x=rng.normal(size=(20, 2)), y=rng.integers(0, 5, 20))


@data
def index_assembly(rng):
    return dict(x=rng.normal(size=(6, 4)), g=rng.integers(0, 3, 6), y=rng.normal(size=6))


@data
def python_idioms(rng):
    return dict(x=rng.normal(size=(9, 3)), y=rng.normal(size=9))


@data
def model_factory(rng):
    return dict(x=rng.normal(size=9), y=rng.normal(size=9))


@data
def partial_kernel(rng):
    return dict(x=rng.normal(size=9), y=rng.normal(size=9))


@data
def named_tuple_state(rng):
    return dict(x=rng.normal(size=(8, 2)), y=rng.normal(size=8), t=rng.random(8) * 5)


@data
def adstock_convolution(rng):
    return dict(x=rng.random((12, 2)), y=rng.normal(size=12))


@data
def holt_scan(rng):
    return dict(y=rng.normal(size=(10, 2)), mask=(rng.random(10) < 0.8))


@data
def bspline_recursion(rng):
    return dict(x=np.linspace(0, 1, 20), y=rng.normal(size=20), knots=np.linspace(0, 1, 6))


@data
def three_nested_plates(rng):
    return dict(y=rng.normal(size=(3, 4, 2)))


@data
def factor_analysis_triangular(rng):
    return dict(Y=rng.normal(size=(9, 4)))


@data
def age_period_cohort(rng):
    return dict(
        age=rng.integers(0, 5, 25),
        period=rng.integers(0, 4, 25),
        cases=rng.poisson(6, 25),
        pop=rng.random(25) * 50 + 20,
    )


@data
def occupancy_detection(rng):
    return dict(X=rng.normal(size=(8, 2)), V=rng.normal(size=(8, 3)), y=(rng.random((8, 3)) < 0.3).astype(int))


@data
def abundance_sum(rng):
    return dict(y=rng.poisson(3, (6, 3)))


@data
def piecewise_hazard_interp(rng):
    return dict(t=np.linspace(0, 9, 15), y=rng.normal(size=15))


@data
def cormack_jolly_seber(rng):
    return dict(H=(rng.random((8, 5)) < 0.5).astype(int))


@data
def ordinal_probit_pad(rng):
    return dict(x=rng.normal(size=20), y=rng.integers(0, 4, 20))


@data
def predator_prey_rk4(rng):
    return dict(y=np.exp(rng.normal(size=(8, 2)) * 0.3 + 1), dt=0.1, nsub=4)


@data
def dtype_promotion(rng):
    return dict(x=rng.integers(0, 5, 10), flag=(rng.random(10) < 0.5), y=rng.poisson(2, 10))


@data
def segment_totals(rng):
    return dict(idx=rng.integers(0, 4, 18), w=rng.random(18), y=rng.normal(size=4), x=rng.normal(size=18))
