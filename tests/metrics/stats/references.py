"""Makes references.json: what scipy, mpmath, statsmodels, rliable, pingouin and scikit-posthocs compute.

pip install scipy mpmath statsmodels rliable pingouin scikit-posthocs 'pandas<3' && python references.py > references.json
"""
import itertools, json, warnings
from importlib.metadata import version
import mpmath as mp
import numpy as np
import pingouin
import scikit_posthocs
from rliable import library as rly, metrics as rl
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

warnings.simplefilter('ignore')
mp.mp.dps = 40
rng = np.random.default_rng(7)
rounded = lambda shape, decimals=3, scale=1.0: np.round(rng.normal(size=shape) * scale, decimals)
half = mp.mpf(1) / 2

# Tails, by mpmath at 40 digits.
normal = lambda z: mp.erfc(z / mp.sqrt(2)) / 2
def student(t, v):
    tail = mp.betainc(mp.mpf(v) / 2, half, 0, v / (v + mp.mpf(t) ** 2), regularized=True) / 2
    return tail if t >= 0 else 1 - tail
f_tail = lambda f, m, n: mp.betainc(mp.mpf(n) / 2, mp.mpf(m) / 2, 0, n / (n + mp.mpf(m) * f), regularized=True)
chi = lambda x, v: mp.gammainc(mp.mpf(v) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)
binomial = lambda k, n, p: mp.fsum(mp.binomial(n, i) * mp.mpf(p) ** i * (1 - mp.mpf(p)) ** (n - i) for i in range(k + 1, n + 1))
def studentized_range(q, k):
    inside = lambda z: mp.npdf(z) * (mp.ncdf(z + q) - mp.ncdf(z)) ** (k - 1)
    return 1 - k * mp.quad(inside, mp.linspace(-12, 12, 25))

tails = {
    'normalTail': [(z, normal(z)) for z in (-8, -3, -1.2, -0.3, 0, 1e-9, 0.01, 0.5, 1, 1.7, 1.75, 2, 3, 5, 8, 20, 37)],
    'studentTTail': [(t, v, student(t, v)) for v in (0.5, 1, 2, 2.94, 4, 9, 29.5, 100, 1000) for t in (-2.5, 0, 1e-6, 0.3, 1, 2, 4, 12, 60)],
    'fTail': [(f, m, n, f_tail(f, m, n)) for m, n in ((1, 1), (2, 7), (3, 39), (9, 117), (12.5, 3.2)) for f in (0.01, 0.4, 1, 2.7, 9, 80)],
    'chiSquareTail': [(x, v, chi(x, v)) for v in (1, 2, 3, 9, 50, 100) for x in (0.001, 0.7, 2, 9.3, 40, 110, 300)],
    'binomialTail': [(k, n, p, binomial(k, n, p)) for n, p in ((10, 0.5), (25, 0.5), (60, 0.03), (300, 0.5), (300, 0.9)) for k in (0, 1, 4, 9, 20, 55, 150, 180, 290) if k < n],
    'studentizedRangeTail': [(q, k, studentized_range(q, k)) for k in (2, 3, 4, 10, 40) for q in (0.3, 1.5, 3, 4.5, 7)],
}
quantiles = {
    'normalQuantile': [(p, stats.norm.ppf(p)) for p in (1e-8, 0.001, 0.025, 0.4, 0.5, 0.9, 0.999)],
    'studentTQuantile': [(p, v, stats.t.ppf(p, v)) for v in (1, 2, 4, 9.5, 200) for p in (0.005, 0.3, 0.95, 0.975, 0.9995)],
    'fQuantile': [(p, m, n, stats.f.ppf(p, m, n)) for m, n in ((1, 4), (3, 39), (9, 117)) for p in (0.05, 0.5, 0.95, 0.999)],
    'chiSquareQuantile': [(p, v, stats.chi2.ppf(p, v)) for v in (1, 3, 9, 80) for p in (0.05, 0.5, 0.95, 0.999)],
    'binomialQuantile': [(q, n, p, int(stats.binom.ppf(q, n, p))) for n, p in ((5, 0.5), (10, 0.5), (100, 0.13)) for q in (0.01, 0.025, 0.4, 0.975, 0.999)],
    'studentizedRangeQuantile': [(p, k, stats.studentized_range.ppf(p, k, np.inf)) for k in (2, 5, 10, 20) for p in (0.5, 0.9, 0.95, 0.99)],
}

sides = ('two-sided', 'greater', 'less')
def by_side(call):
    return {side: call(side) for side in sides}

wilcoxon = []
for n, kind in ((4, 'plain'), (6, 'ties'), (8, 'zeros'), (9, 'plain'), (11, 'zeros'), (30, 'plain'), (40, 'ties'), (60, 'zeros'), (75, 'plain')):
    d = rounded(n) + 0.35 if kind == 'plain' else np.round(rng.normal(size=n) * 2 + 0.5)
    if kind == 'ties':
        d[d == 0] = 1
    if kind == 'zeros':
        d[:2] = 0
    # Not scipy's differences of differences: whole numbers and three decimals.
    d = np.round(d, 3)
    for zeros in ('wilcox', 'pratt', 'zsplit') if (d == 0).any() else ('wilcox',):
        test = lambda **options: by_side(lambda side: float(stats.wilcoxon(d, zero_method=zeros, alternative=side, **options).pvalue))
        case = {'differences': d.tolist(), 'zeros': zeros, 'wPlus': float(stats.wilcoxon(d, zero_method=zeros, alternative='greater').statistic)}
        case['normal'] = test(method='approx', correction=False)
        case['continuity'] = test(method='approx', correction=True)
        if n <= 11:
            case['exact'] = test(method=stats.PermutationMethod(n_resamples=10**6))
        elif kind == 'plain':
            case['exact'] = test(method='exact')
        wilcoxon.append(case)

mann_whitney = []
for n1, n2, ties in ((3, 3, False), (3, 4, True), (4, 5, True), (5, 7, False), (8, 8, True), (12, 9, False), (20, 25, False), (30, 40, True)):
    x, y = (np.round(rng.normal(size=n) * 2 + shift) if ties else rounded(n) + shift for n, shift in ((n1, 0.8), (n2, 0)))
    test = lambda **options: by_side(lambda side: float(stats.mannwhitneyu(x, y, alternative=side, **options).pvalue))
    case = {'first': x.tolist(), 'second': y.tolist(), 'u1': float(stats.mannwhitneyu(x, y).statistic)}
    case['normal'] = test(method='asymptotic', use_continuity=False)
    case['continuity'] = test(method='asymptotic', use_continuity=True)
    if not ties:
        case['exact'] = test(method='exact')
    elif n1 + n2 <= 16:
        case['exact'] = test(method=stats.PermutationMethod(n_resamples=10**6))
    case['cliffsDelta'] = 2 * case['u1'] / (n1 * n2) - 1
    case['rankBiserial'] = float(pingouin.mwu(x, y)['RBC'].iloc[0])
    mann_whitney.append(case)

friedman = []
for n, k, decimals in ((5, 3, 3), (8, 4, 0), (12, 6, 1), (6, 3, 0)):
    scores = rounded((n, k), decimals, 2) + np.arange(k) * 0.5
    test = stats.friedmanchisquare(*scores.T)
    ranks = np.array([stats.rankdata(-row) for row in scores])
    nemenyi = scikit_posthocs.posthoc_nemenyi_friedman(scores).to_numpy()
    friedman.append({'scores': scores.tolist(), 'averageRanks': ranks.mean(0).tolist(), 'chiSquare': float(test.statistic), 'p': float(test.pvalue), 'nemenyi': nemenyi.tolist()})

pairs = [rounded(n) + 0.4 for n in (2, 5, 12, 30)]
paired = [{'differences': d.tolist(),
           't': float(stats.ttest_1samp(d, 0).statistic),
           'p': by_side(lambda side: float(stats.ttest_1samp(d, 0, alternative=side).pvalue)),
           'interval': [float(x) for x in stats.ttest_1samp(d, 0).confidence_interval(0.9)],
           'sem': float(stats.sem(d)),
           'dz': float(pingouin.compute_effsize(d, 0, eftype='cohen')),
           'rankBiserial': float(pingouin.wilcoxon(d, np.zeros_like(d))['RBC'].iloc[0])} for d in pairs]
welch = []
for n1, n2 in ((2, 3), (5, 5), (9, 20)):
    x, y = rounded(n1, 3, 3) + 1, rounded(n2)
    test = stats.ttest_ind(x, y, equal_var=False)
    welch.append({'first': x.tolist(), 'second': y.tolist(), 't': float(test.statistic), 'df': float(test.df), 'p': float(test.pvalue)})

counts = ((0, 5), (1, 9), (8, 2), (12, 25), (40, 41), (310, 240))
mcnemars = [{'b': b, 'c': c, 'exact': float(mcnemar([[9, b], [c, 9]], exact=True).pvalue),
             'chiSquare': float(mcnemar([[9, b], [c, 9]], exact=False, correction=True).statistic),
             'p': float(mcnemar([[9, b], [c, 9]], exact=False, correction=True).pvalue)} for b, c in counts]

holms = [{'p': p, 'adjusted': multipletests(p, method='holm')[1].tolist()} for p in ([0.5], [0.02, 0.02, 0.9, 0.01], np.round(rng.uniform(size=9) ** 3, 4).tolist())]

theil_sen = []
for n in (2, 4, 5, 9, 12):
    x, y = np.sort(np.round(rng.uniform(0, 9, size=n))), rounded(n)
    theil_sen.append({'x': x.tolist(), 'y': y.tolist(), 'slope': float(stats.theilslopes(y, x).slope), 'even': float(stats.theilslopes(y).slope)})

a, b = np.round(rng.uniform(size=(5, 4)), 1), np.round(rng.uniform(size=(7, 4)), 1)
thresholds = [0.0, 0.1, 0.35, 0.6, 0.95, 1.0]
rliable = {'first': a.tolist(), 'second': b.tolist(), 'thresholds': thresholds,
           'iqm': float(rl.aggregate_iqm(a)), 'iqms': [float(rl.aggregate_iqm(b.flatten()[:n])) for n in range(1, 29)],
           'optimalityGap': float(rl.aggregate_optimality_gap(a)), 'optimalityGapHalf': float(rl.aggregate_optimality_gap(a, gamma=0.5)),
           'improvement': float(rl.probability_of_improvement(a, b)),
           'profile': [float(x) for x in (rly.run_score_deviation(a, tau) for tau in thresholds)]}
np.random.seed(1)
interval = lambda scores, statistic: [float(x) for x in rly.get_interval_estimates({'a': scores}, statistic, reps=50000)[1]['a'].flatten()]
rliable['iqmInterval'] = interval(a, lambda x: np.array([rl.aggregate_iqm(x)]))
rliable['improvementInterval'] = interval((a, b), lambda x, y: np.array([rl.probability_of_improvement(x, y)]))
bands = rly.create_performance_profile({'a': a}, np.array(thresholds), reps=20000)[1]['a']
rliable['band'] = bands.tolist()

# Bootstrap intervals of scipy over given replicates: all resamples of a small sample, of values whose sums do not round.
def given(samples, statistic, replicates):
    result = stats.bootstrap(samples, statistic, n_resamples=1, vectorized=False)
    result.bootstrap_distribution = np.asarray(replicates)
    ends = lambda method: [float(x) for x in stats.bootstrap(samples, statistic, n_resamples=0, bootstrap_result=result, vectorized=False, method=method).confidence_interval]
    return {'percentile': ends('percentile'), 'bca': ends('BCa')}
bootstrap = []
for values in ([1.0, 2.0, 4.0, 9.0], [0.25, 0.375, 0.5, 1.0, 2.25]):
    replicates = [float(np.mean(r)) for r in itertools.product(values, repeat=len(values))]
    bootstrap.append({'samples': [values], **given((values,), np.mean, replicates)})
x, y = [1.0, 5.0, 6.5], [0.25, 0.5, 4.0, 1.0]
ratio = lambda x, y: np.mean(x) / np.mean(y)
replicates = [float(ratio(r, s)) for r in itertools.product(x, repeat=3) for s in itertools.product(y, repeat=4)]
bootstrap.append({'samples': [x, y], **given((x, y), ratio, replicates)})

numbers = lambda table: {name: [[float(x) for x in row] for row in rows] for name, rows in table.items()}
print(json.dumps({
    'versions': {name: version(name) for name in ('scipy', 'mpmath', 'statsmodels', 'rliable', 'pingouin', 'scikit-posthocs')},
    'tails': numbers(tails), 'quantiles': numbers(quantiles), 'wilcoxon': wilcoxon, 'mannWhitney': mann_whitney, 'friedman': friedman,
    'paired': paired, 'welch': welch, 'mcnemar': mcnemars, 'holm': holms, 'theilSen': theil_sen, 'rliable': rliable, 'bootstrap': bootstrap,
}))
