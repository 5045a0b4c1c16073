"""The rows of the speed table: for each, how to make the input, run dolab, run the peer and compare the answers."""

import json
import math
import random

SEED = 42
NUTS = dict(chains=4, warmup=1000, draws=1000)


class Row:
    """One comparison. `target` is the least ratio that counts as reached (how many times faster than the peer)."""

    unit = "s"  # of the figure; a rate ends in "/s" and is better when larger
    reads = None  # bytes of one step, and which measured bandwidth of two threads bounds it

    def __init__(self, group, name, target):
        self.group, self.name, self.target = group, name, target

    def prepare(self, bench):
        """Makes the input files; those of an earlier run are used again."""

    def ours(self, bench, turn):
        raise NotImplementedError

    def theirs(self, bench, turn):
        raise NotImplementedError

    def agree(self, ours, theirs):
        raise NotImplementedError


def flatten(value):
    return [leaf for part in value for leaf in flatten(part)] if isinstance(value, list) else [value]


def compare_posteriors(ours, theirs):
    """Posterior means entry by entry: within 4 joint Monte-Carlo errors, or within a tenth of a posterior sd."""
    worst, where, entries = 0.0, "", 0
    for site in sorted(ours.keys() & theirs.keys()):
        for i, (m1, e1, m2, sd, ess) in enumerate(
            zip(
                flatten(ours[site]["mean"]),
                flatten(ours[site]["mcse_mean"]),
                theirs[site]["mean"],
                theirs[site]["sd"],
                theirs[site]["ess"],
            )
        ):
            if m1 is None or not sd > 0:
                continue
            error = math.hypot(e1 or 0.0, sd / math.sqrt(max(ess, 1.0)))
            distance = min(abs(m1 - m2) / error / 4.0, abs(m1 - m2) / sd / 0.1)
            entries += 1
            if distance > worst:
                worst, where = distance, f"{site}[{i}]"
    return dict(ok=entries > 0 and worst <= 1.0, worst=worst, at=where, entries=entries)


def fit_by_nuts(bench, model, data, turn):
    """dolab fit of one posterior; seconds of the whole process, its own timings, and the summary (not timed)."""
    store = bench.out / "nuts.zarr"
    fit, seconds = bench.run_dolab(
        "fit",
        model,
        "--data",
        data,
        "--method",
        "nuts",
        "--chains",
        NUTS["chains"],
        "--warmup",
        NUTS["warmup"],
        "--draws",
        NUTS["draws"],
        "--seed",
        SEED + turn,
        "--out",
        store,
        "--overwrite",
    )
    summary = bench.run_dolab("summary", store)[0] if turn == 0 else None
    return fit, seconds, summary


class Posterior(Row):
    """Source text to stored draws, whole process, against NumPyro from its import to its draws."""

    def __init__(self, name, target=10.0):
        super().__init__("posteriors", name, target)

    def files(self, bench):
        base = bench.reference / "posteriordb" / self.name
        return base.with_name(self.name + ".py"), base.with_name(self.name + ".data.json")

    def ours(self, bench, turn):
        fit, seconds, summary = fit_by_nuts(bench, *self.files(bench), turn)
        details = summary and dict(timings=fit.get("seconds"), sampler=summary.get("sampler"))
        return dict(figure=seconds, answer=summary and summary["sites"], details=details)

    def theirs(self, bench, turn):
        out, seconds = bench.run_peer(
            "numpyro_nuts.py", *self.files(bench), NUTS["chains"], NUTS["warmup"], NUTS["draws"], turn
        )
        return dict(
            figure=out["seconds"], answer=out["sites"], details=dict(process=seconds, divergences=out["divergences"])
        )

    def agree(self, ours, theirs):
        return compare_posteriors(ours, theirs)


class EightSchools(Row):
    """Sampling alone, without compilation, against nutpie's best state: compiled and warm."""

    def prepare(self, bench):
        self.data = bench.inputs / "eight_schools.json"
        self.data.write_text(
            json.dumps(
                dict(
                    J=8,
                    sigma=[15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0],
                    y=[28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0],
                )
            )
        )

    def ours(self, bench, turn):
        fit, seconds, summary = fit_by_nuts(bench, bench.model("eight_schools"), self.data, turn)
        return dict(
            figure=fit["seconds"]["sample"],
            answer=summary and summary["sites"],
            details=dict(timings=fit["seconds"], process=seconds),
        )

    def theirs(self, bench, turn):
        out, seconds = bench.run_peer("nutpie_eight_schools.py", self.data, 5)
        return dict(
            figure=out["seconds"],
            answer=out["sites"],
            details=dict(compile=out["compile"], first=out["first"], process=seconds),
        )

    def agree(self, ours, theirs):
        return compare_posteriors(ours, theirs)


def confounder_table(path, rows):
    """c confounds z and y, x moves z; the simulation of the example with noise 1."""
    draw = random.Random(SEED + rows)
    unfinished = path.with_suffix(".part")
    with open(unfinished, "w") as f:
        f.write("x,c,z,y\n")
        for _ in range(rows):
            c = draw.expovariate(1.0)
            x, left = 0, draw.random() - math.exp(-1.0)  # Poisson(1) by inversion
            term = math.exp(-1.0)
            while left > 0.0 and x < 30:
                x += 1
                term /= x
                left -= term
            z = math.exp(draw.gauss(0.0, 1.0) - 1.0 + 0.5 * c - 1.5 * x)
            p = 1.0 / (1.0 + math.exp(2.0 - 5.0 * c - 0.1 * z))
            f.write(f"{x},{c!r},{z!r},{int(draw.random() < p)}\n")
    unfinished.replace(path)


class Confounder(Row):
    """SVI, draws, two scenarios and the effect, whole process, against aimz from its import to its effect."""

    def __init__(self, name, target, rows, mediator, steps=10000, draws=1000):
        super().__init__("effects", name, target)
        self.rows, self.mediator, self.steps, self.draws = rows, mediator, steps, draws

    def prepare(self, bench):
        self.data = bench.inputs / f"confounder_{self.rows}.csv"
        if not self.data.exists():
            confounder_table(self.data, self.rows)
        model = dict(file=str(bench.model("confounder")), kernel="model", input="X", output="y")
        if self.mediator == "observed":
            model["condition"] = {"z": {"column": "z"}}
        experiment = {
            "dolab": 1,
            "title": self.name,
            "model": model,
            "data": {"train": str(self.data), "bind": {"X": ["x"], "C": "c", "y": "y"}},
            "inference": {
                "method": "svi",
                "guide": "AutoNormal",
                "init": "feasible",
                "optimizer": {"name": "Adam", "step_size": 0.001},
                "steps": self.steps,
                "draws": self.draws,
            },
            "scenarios": {"factual": {"z": {"column": "z"}}, "no_z": {"z": 0}},
            "effects": [{"outcome": "y", "baseline": "factual", "intervention": "no_z"}],
            "seed": SEED,
        }
        self.experiment = bench.inputs / f"confounder_{self.rows}_{self.mediator}.dolab.json"
        self.experiment.write_text(json.dumps(experiment, indent=1))

    def ours(self, bench, turn):
        out, seconds = bench.run_dolab("run", self.experiment, "--out", bench.out / "effect.zarr", "--overwrite")
        return dict(
            figure=seconds,
            answer=out["effects"][0]["ate"],
            details=dict(timings=out.get("seconds"), warnings=out.get("warnings")),
        )

    def theirs(self, bench, turn):
        out, seconds = bench.run_peer("aimz_confounder.py", self.data, self.mediator, self.steps, self.draws)
        return dict(figure=out["seconds"], answer=out, details=dict(process=seconds, load=out["load"], fit=out["fit"]))

    def agree(self, ours, theirs):
        """Average effects within the larger posterior sd, or 0.01; both optimise the same bound from their own start."""
        distance = abs(ours["mean"] - theirs["mean"])
        allowed = max(ours["sd"], theirs["sd"], 0.01)
        return dict(
            ok=distance <= allowed,
            worst=distance / allowed,
            at=f"{ours['mean']:.4g} and {theirs['mean']:.4g}",
            entries=1,
        )


class Logistic(Row):
    """SVI steps per second, 50 columns, float64, compilation not counted on either side."""

    unit = "steps/s"
    columns = 50
    step_size = 0.01

    def __init__(self, name, target, rows, our_steps, their_steps, batch=None):
        super().__init__("svi", name, target)
        self.rows, self.steps, self.batch = rows, (our_steps, their_steps), batch
        if not batch:  # a step reads the table once
            self.reads = dict(bytes=rows * self.columns * 8, bandwidth="4m" if rows <= 10000 else "400m")

    def prepare(self, bench):
        self.data = bench.inputs / f"logistic_{self.rows}.csv"
        if not self.data.exists():
            bench.run([bench.python, bench.peers / "make_logistic.py", self.data, self.rows, self.columns, SEED])

    def ours(self, bench, turn):
        store = bench.out / "svi.zarr"
        matrix = "X=" + ",".join(f"x{j}" for j in range(self.columns))
        batch = ["--arg", f"batch={self.batch}"] if self.batch else []
        fit, seconds = bench.run_dolab(
            "fit",
            bench.model("logistic"),
            "--data",
            self.data,
            "--bind",
            matrix,
            "--bind",
            "y=y",
            *batch,
            "--method",
            "svi",
            "--guide",
            "AutoNormal",
            "--steps",
            self.steps[0],
            "--step-size",
            self.step_size,
            "--draws",
            100,
            "--seed",
            SEED + turn,
            "--out",
            store,
            "--overwrite",
        )
        sites = bench.run_dolab("summary", store)[0]["sites"] if turn == 0 else None
        return dict(
            figure=self.steps[0] / fit["seconds"]["optimize"],
            answer=sites,
            details=dict(timings=fit["seconds"], process=seconds),
        )

    def theirs(self, bench, turn):
        batch = [self.batch] if self.batch else []
        out, seconds = bench.run_peer(
            "numpyro_svi.py", bench.model("logistic"), self.data, self.steps[1], self.step_size, *batch
        )
        return dict(
            figure=out["steps_per_second"], answer=out["sites"], details=dict(process=seconds, loss=out["loss"])
        )

    def agree(self, ours, theirs):
        """Locations of the guides; what is left is the noise of the last steps."""
        allowed = 0.15 if self.batch else 0.08
        pairs = [(a, b) for site in theirs for a, b in zip(flatten(ours[site]["mean"]), theirs[site])]
        worst = max(abs(a - b) for a, b in pairs)
        return dict(
            ok=worst <= allowed, worst=worst / allowed, at=f"largest difference {worst:.3g}", entries=len(pairs)
        )


QUICK_POSTERIORS = ("eight_schools-eight_schools_noncentered", "kidiq-kidscore_momhsiq", "arK-arK")


def rows(bench):
    folder = bench.reference / "posteriordb"
    names = sorted(p.name[: -len(".data.json")] for p in folder.glob("*.data.json"))
    if not names:
        print(f"SKIPPED: no reference posteriors in {folder}")
    found = [Posterior(n) for n in names if not bench.quick or n in QUICK_POSTERIORS]
    found.append(EightSchools("sampling", "eight schools, sampling only, against nutpie", 1.0))
    small, large = ("100", 100), ("10,000", 10000) if bench.quick else ("100,000", 100000)
    steps = 2000 if bench.quick else 10000
    found.append(Confounder(f"confounder, z latent, N = {small[0]}", 30.0, small[1], "latent", steps))
    found.append(Confounder(f"confounder, z latent, N = {large[0]}", 3.0, large[1], "latent", steps))
    found.append(Confounder(f"confounder, z observed, N = {small[0]}", None, small[1], "observed", steps))
    found.append(Confounder(f"confounder, z observed, N = {large[0]}", 4.0, large[1], "observed", steps))
    found.append(Logistic("logistic 50 columns, N = 10,000", 1.5, 10000, 10000, 5000))
    if bench.quick:
        found.append(Logistic("logistic 50 columns, N = 50,000", 1.5, 50000, 1500, 1000))
    else:
        found.append(Logistic("logistic 50 columns, N = 1,000,000", 1.5, 1000000, 1000, 600))
    found.append(Logistic("logistic 50 columns, 1,024 of 100,000", 30.0, 100000, 20000, 1500, batch=1024))
    return found
