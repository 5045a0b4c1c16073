"""End to end: what a change reaches, what a prediction keeps and stores. Standard library only."""

import json
import random

from cli_case import CliTest, main, write_csv

MEDIATION = """import numpyro
import numpyro.distributions as dist


def model(X, M=None, y=None):
    a = numpyro.sample("a", dist.Normal(0, 2))
    b = numpyro.sample("b", dist.Normal(0, 2))
    d = numpyro.sample("d", dist.Normal(0, 2))
    with numpyro.plate("rows", X.shape[0]):
        m = numpyro.sample("m", dist.Normal(a * X, 0.7), obs=M)
        numpyro.sample("y", dist.Normal(b * m + d * X, 0.3), obs=y)
"""

# u is latent for each row and follows x.
SCORES = """import numpyro
import numpyro.distributions as dist


def model(x, y=None):
    with numpyro.plate("rows", x.shape[0]):
        u = numpyro.sample("u", dist.Normal(10.0 * x, 0.1))
        numpyro.sample("y", dist.Normal(u, 0.5), obs=y)
"""


class InterventionsTest(CliTest):
    def setUp(self):
        super().setUp()
        (self.dir / "mediation.py").write_text(MEDIATION)
        (self.dir / "scores.py").write_text(SCORES)
        rng = random.Random(11)
        x = [rng.gauss(0, 1) for _ in range(200)]
        m = [2 * p + rng.gauss(0, 0.7) for p in x]
        y = [0.5 * q - p + rng.gauss(0, 0.3) for p, q in zip(x, m)]
        write_csv(self.dir / "mediation.csv", {"x": x, "mm": m, "y": y})

    def fit_mediation(self, *more):
        return self.report("fit", "mediation.py", "--data", "mediation.csv", "--bind", "X=x", "--bind", "M=mm", "--bind",
                           "y=y", "--method", "nuts", "--chains", 2, "--warmup", 300, "--draws", 200, "--out", "m.zarr",
                           "--overwrite", *more)

    def effect(self, *arguments):
        report = self.report("effect", "m.zarr", *arguments)
        return report["effects"][0], [w["code"] for w in report["warnings"]]

    def draws(self, store, path):
        meta = json.loads((self.dir / store / path / "zarr.json").read_text())
        return meta["shape"], meta["dimension_names"]

    def test_total_and_direct_effect(self):
        self.fit_mediation()
        site = self.report("summary", "m.zarr")["sites"]
        total = site["a"]["mean"] * site["b"]["mean"] + site["d"]["mean"]
        # The mediator's data do not hold it, and its noise is shared: what is left is the spread of the posterior.
        effect, codes = self.effect("--data", "mediation.csv", "--intervention", "X+=1")
        self.assertEqual(effect["outcome"], "y")
        self.assertAlmostEqual(effect["ate"]["mean"], total, delta=0.01)
        self.assertLess(effect["ate"]["sd"], 0.06)
        self.assertIs(effect["identified"], True)
        self.assertEqual(codes, [])
        self.assertEqual(effect, self.effect("--intervention", "X+=1")[0])  # the store keeps the data
        held, _ = self.effect("--intervention", "X+=1", "--intervention", "m=0", "--baseline", "m=0")
        self.assertAlmostEqual(held["ate"]["mean"], site["d"]["mean"], places=9)
        by_argument, _ = self.effect("--intervention", "M=1", "--baseline", "M=0")
        self.assertAlmostEqual(by_argument["ate"]["mean"], site["b"]["mean"], places=9)
        nothing, _ = self.effect("--intervention", "X+=0")
        self.assertEqual((nothing["ate"]["mean"], nothing["ate"]["sd"]), (0, 0))

    def test_changes_without_effect_are_warned_of(self):
        self.fit_mediation()
        effect, codes = self.effect("--intervention", "y=0", "--outcome", "y")
        self.assertEqual(effect["ate"]["mean"], 0)
        self.assertEqual(codes, ["W1108"])
        report = self.report("predict", "m.zarr", "--do", "m=1", "--sites", "m", "--out", "p.zarr")
        self.assertIn("W1108", [w["code"] for w in report["warnings"]])

    def test_conditions_name_sites(self):
        self.fails("fit", "mediation.py", "--data", "mediation.csv", "--bind", "X=x", "--bind", "y=y", "--condition",
                   "mm=@mm", "--steps", 10, code="E104")
        self.fails("check", "mediation.py", "--data", "mediation.csv", "--bind", "X=x", "--bind", "y=y", "--condition",
                   "mm=@mm", code="E104")

    def test_a_prediction_stores_what_was_imposed(self):
        self.fit_mediation()
        report = self.report("predict", "m.zarr", "--data", "mediation.csv", "--do", "X=2", "--do", "m+=1", "--out", "p.zarr")
        self.assertEqual(report["sites"], ["m", "y", "m__imposed"])
        shape, dims = self.draws("p.zarr", "predictions/m__imposed")
        self.assertEqual((shape, dims), ([2, 200, 200], ["chain", "draw", "rows"]))
        self.report("predict", "m.zarr", "--data", "mediation.csv", "--do", "m=3", "--out", "fixed.zarr")
        self.assertEqual(self.draws("fixed.zarr", "constant_data/m__imposed"), ([200], ["rows"]))
        self.assertEqual(self.draws("fixed.zarr", "observed_data/y"), ([200], ["rows"]))
        # A store of predictions serves as data: what was changed stays changed.
        again, codes = self.effect("--data", "p.zarr", "--intervention", "X=2")
        self.assertEqual(again["ate"]["mean"], 0)

    def test_named_outputs(self):
        document = {"dolab": 1, "model": {"file": "mediation.py", "input": "X", "output": "y"},
                    "data": {"train": "mediation.csv", "bind": {"X": "x", "M": "mm", "y": "y"}},
                    "inference": {"steps": 50, "draws": 20}, "scenarios": {"more": {"X": {"shift": 1}}},
                    "effects": [{"intervention": "more"}]}
        (self.dir / "e.dolab.json").write_text(json.dumps(document))
        self.assertEqual(self.report("run", "e.dolab.json", "--out", "r.zarr")["effects"][0]["outcome"], "y")
        # The mediator keeps its data where it is no output.
        self.assertEqual(self.report("predict", "r.zarr", "--out", "p.zarr")["sites"], ["y"])
        document["model"]["output"] = "outcome"
        (self.dir / "e.dolab.json").write_text(json.dumps(document))
        self.fails("run", "e.dolab.json", "--out", "r2.zarr", code="E204")

    def test_draws_of_single_rows_do_not_serve_other_rows(self):
        write_csv(self.dir / "first.csv", {"x": [0.0, 0.1, 0.2, 0.3], "y": [0.0, 1.0, 2.0, 3.0]})
        write_csv(self.dir / "second.csv", {"x": [5.0, 5.1, 5.2, 5.3]})
        self.dolab("fit", "scores.py", "--data", "first.csv", "--steps", 200, "--draws", 50, "--out", "s.zarr")
        own = self.report("predict", "s.zarr", "--data", "first.csv", "--out", "own.zarr")
        self.assertEqual(own["warnings"], [])
        other = self.report("predict", "s.zarr", "--data", "second.csv", "--sites", "u,y", "--out", "other.zarr")
        self.assertEqual([w["code"] for w in other["warnings"]], ["W801"])


if __name__ == "__main__":
    main()
