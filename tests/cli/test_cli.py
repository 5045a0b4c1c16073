"""End to end: the program's commands, their forms and exit codes, on small files. Standard library only."""

import gzip
import json
import math
import shutil

from cli_case import LINE, NETWORK, ROOT, SCHOOLS, SCHOOLS_DATA, CliTest, main


class HelpTest(CliTest):
    def test_help_and_version(self):
        self.assertIn("Examples", self.dolab("--help").stdout)
        for command in ["check", "fit", "predict", "effect", "summary", "run"]:
            text = self.dolab(command, "--help").stdout
            self.assertIn("Examples", text, command)
            self.assertIn(f"dolab {command}", text)
        version = json.loads((ROOT / "package.json").read_text())["version"]
        self.assertIn(version, self.dolab("--version").stdout)

    def test_unknown_options_and_commands(self):
        error = self.fails("fit", "line.py", "--data", "line.csv", "--drawz", 5, code="E1102")
        self.assertIn("--draws", error["hint"])
        self.fails("loglik", code="E1102")
        self.fails("summary", code="E1103")
        self.fails("check", "line.py", "--gradient", code="E1103")
        self.fails("fit", "line.py", "--threads", "many", code="E1103")


MEDIATOR = """import numpyro
import numpyro.distributions as dist


def model(X, C, y=None):
    c = numpyro.sample("c", dist.Exponential(), obs=C)
    b = numpyro.sample("b", dist.Normal())
    sigma = numpyro.sample("sigma", dist.Exponential())
    with numpyro.plate("data", X.shape[0]):
        z = numpyro.sample("z", dist.LogNormal(b * X + c, sigma))
        numpyro.sample("y", dist.Bernoulli(logits=b * z + c), obs=y)
"""


class CheckTest(CliTest):
    def test_forms(self):
        report = self.report("check", "schools.py", "--data", "schools.json")
        self.assertEqual(report["kernel"], "model")
        self.assertEqual(report["sites"]["mu"], {"kind": "sample", "distribution": "Normal", "shape": [], "event_dim": 0,
                                                 "plates": [], "observed": False, "support": "real"})
        self.assertEqual(report["sites"]["obs"]["plates"], ["J"])
        self.assertTrue(report["sites"]["obs"]["observed"])
        self.assertEqual(report["sites"]["theta"]["kind"], "deterministic")
        self.assertEqual(report["plates"]["J"]["size"], 8)
        self.assertIn(["mu", "theta"], report["dag"]["edges"])
        self.assertEqual(report["arguments"]["sigma"], {"feeds": ["obs"], "observes": []})
        self.assertEqual(report["arguments"]["y"], {"feeds": [], "observes": ["obs"]})
        self.assertEqual(report["warnings"], [])

    def test_arguments_beside_a_condition(self):
        (self.dir / "mediator.py").write_text(MEDIATOR)
        rows = [[0.1, 0.5, 1.2, 0], [0.4, 0.2, 0.7, 1], [0.9, 1.5, 2.2, 1]]
        (self.dir / "rows.csv").write_text("x,c,z,y\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
        options = ["--data", "rows.csv", "--bind", "C=c", "--bind", "X=x"]
        report = self.report("check", "mediator.py", *options, "--condition", "z=@z")
        self.assertEqual(report["arguments"], {"X": {"feeds": ["z"], "observes": []},
                                               "C": {"feeds": [], "observes": ["c"]},
                                               "y": {"feeds": [], "observes": ["y"]}})

    def test_density_and_gradient(self):
        values = {"mu": 1.0, "tau": 2.0, "trans": [0.1, -0.2, 0.3, 0, 0, 0, 0, 1]}
        (self.dir / "at.json").write_text(json.dumps(values))
        report = self.report("check", "schools.py", "--data", "schools.json", "--at", "at.json", "--gradient")

        def normal(x, m, s):
            return -0.5 * ((x - m) / s) ** 2 - math.log(s) - 0.5 * math.log(2 * math.pi)

        theta = [1 + 2 * t for t in values["trans"]]
        expected = {"mu": normal(1, 0, 5), "tau": math.log(2 / (math.pi * 5 * (1 + (2 / 5) ** 2))),
                    "trans": sum(normal(t, 0, 1) for t in values["trans"]),
                    "obs": sum(map(normal, SCHOOLS_DATA["y"], theta, SCHOOLS_DATA["sigma"]))}
        for site, value in expected.items():
            self.assertAlmostEqual(report["log_density"]["sites"][site], value, places=10)
        self.assertAlmostEqual(report["log_density"]["total"], sum(expected.values()), places=10)
        slopes = [(y - t) / s**2 for y, t, s in zip(SCHOOLS_DATA["y"], theta, SCHOOLS_DATA["sigma"])]
        self.assertAlmostEqual(report["gradient"]["mu"], sum(slopes) - 1 / 25, places=10)
        self.assertEqual(len(report["gradient"]["trans"]), 8)
        self.assertLess(report["gradient_check"]["max_relative_error"], 1e-6)

    def test_values_that_are_missing_are_named(self):
        (self.dir / "at.json").write_text('{"mu": 1}')
        error = self.fails("check", "schools.py", "--data", "schools.json", "--at", "at.json", code="E104")
        self.assertIn('"tau", "trans"', error["message"])

    def test_impossible_value_is_null_with_a_reason(self):
        (self.dir / "at.json").write_text(json.dumps({"mu": 1, "tau": -1, "trans": [0] * 8}))
        report = self.report("check", "schools.py", "--data", "schools.json", "--at", "at.json")
        self.assertIsNone(report["log_density"]["total"])
        self.assertTrue(any("log density" in w["message"] for w in report["warnings"]))

    def test_dot_and_table(self):
        dot = self.dolab("check", "schools.py", "--data", "schools.json", "--dot").stdout
        self.assertTrue(dot.startswith("digraph"))
        self.assertIn('"mu" -> "theta"', dot)
        self.assertIn("HalfCauchy", self.dolab("check", "schools.py", "--data", "schools.json").stdout)
        self.assertEqual(self.dolab("check", "schools.py", "--data", "schools.json", "--quiet").stdout, "")

    def test_kernel_choice(self):
        (self.dir / "two.py").write_text(LINE.replace("def model", "def first") + "\n\n" + SCHOOLS.split("\n\n\n")[1].replace(
            "def model", "def second"))
        self.assertEqual(self.report("check", "two.py", "--data", "line.csv", "--bind", "X=a,b")["kernel"], "first")
        self.assertEqual(self.report("check", "two.py", "--data", "schools.json", "--kernel", "second")["kernel"], "second")
        error = self.fails("check", "two.py", code="E1104")
        self.assertIn("first", error["message"])
        self.fails("check", "two.py", "--kernel", "third", code="E1104")


class FitTest(CliTest):
    def test_nuts_report_and_summary(self):
        report = self.fit_line()
        self.assertEqual(report["store"], "line.zarr")
        self.assertEqual(report["method"], "nuts")
        self.assertLessEqual({"trace", "compile", "sample", "write", "total"}, set(report["seconds"]))
        summary = self.report("summary", "line.zarr")
        self.assertEqual(summary["hdi_prob"], 0.94)
        w = summary["sites"]["w"]
        self.assertEqual(w["shape"], [2])
        self.assertLess(abs(w["mean"][0] - 0.5), 0.2)
        self.assertLess(abs(w["mean"][1] + 1.5), 0.2)
        self.assertEqual(set(w), {"shape", "mean", "sd", "hdi_low", "hdi_high", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"})
        self.assertLess(w["hdi_low"][0], w["mean"][0])
        self.assertLessEqual({"divergences", "leapfrogs", "step_size", "e_bfmi"}, set(summary["sampler"]))
        narrow = self.report("summary", "line.zarr", "--hdi-prob", 0.5)
        self.assertGreater(narrow["sites"]["s"]["hdi_low"], summary["sites"]["s"]["hdi_low"])
        self.assertIn("w[1]", self.dolab("summary", "line.zarr").stdout)

    def test_svi_report_and_store(self):
        report = self.fit_network()
        self.assertEqual(report["method"], "svi")
        self.assertIn("optimize", report["seconds"])
        self.assertIn("pareto_k", report["diagnostics"])
        root = json.loads((self.dir / "network.zarr" / "zarr.json").read_text())["attributes"]
        self.assertEqual(root["seed"], 5)
        self.assertEqual(root["kernel"]["name"], "model")
        self.assertEqual(root["kernel"]["source"], NETWORK)
        self.assertEqual(root["condition"], {"z": {"column": "z"}})
        self.assertEqual(root["observed"], ["y", "z"])
        for group in ["posterior", "variational", "observed_data", "constant_data"]:
            self.assertTrue((self.dir / "network.zarr" / group / "zarr.json").exists(), group)

    def test_one_seed_gives_the_same_store_for_any_number_of_threads(self):
        def chunks(store):
            paths = sorted(p for p in (self.dir / store).rglob("*") if p.is_file() and p.name != "zarr.json")
            return {str(p.relative_to(self.dir / store)): p.read_bytes() for p in paths}

        self.fit_line("one.zarr", "--threads", 1)
        self.fit_line("two.zarr", "--threads", 2)
        self.assertEqual(chunks("one.zarr"), chunks("two.zarr"))
        self.fit_network("n1.zarr", "--threads", 1)
        self.fit_network("n2.zarr", "--threads", 2)
        self.assertEqual(chunks("n1.zarr"), chunks("n2.zarr"))
        for threads in [1, 2]:
            self.dolab("predict", "n1.zarr", "--data", "network.csv", "--do", "z=0", "--out", f"p{threads}.zarr", "--threads",
                       threads)
        self.assertEqual(chunks("p1.zarr"), chunks("p2.zarr"))

    def test_existing_output(self):
        self.fit_line()
        self.fails("fit", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--out", "line.zarr", code="E1006")
        self.fit_line("line.zarr", "--overwrite")

    def test_strict(self):
        # One short chain cannot pass its diagnostics.
        arguments = ["fit", "schools.py", "--data", "schools.json", "--method", "nuts", "--chains", 1, "--warmup", 20,
                     "--draws", 20, "--overwrite", "--out", "s.zarr"]
        self.dolab(*arguments)
        self.dolab(*arguments, "--strict", code=3)

    def test_gzipped_table_and_default_output(self):
        with gzip.open(self.dir / "line.csv.gz", "wb") as out:
            out.write((self.dir / "line.csv").read_bytes())
        report = self.report("fit", "line.py", "--data", "line.csv.gz", "--bind", "X=a,b", "--bind", "y=y", "--steps", 50,
                             "--draws", 20)
        self.assertEqual(report["store"], "line.zarr")

    def test_options_are_keys(self):
        root = lambda: json.loads((self.dir / "o.zarr" / "zarr.json").read_text())["attributes"]["experiment"]
        self.dolab("fit", "line.py", "--data", "line.csv", "--bind", "X=[a]", "--bind", "y=y", "--steps", 20, "--draws", 10,
                   "--optimizer", "SGD", "--step-size", "1e-4", "--particles", 3, "--init", "feasible", "--set",
                   "inference.optimizer.mass=0.5", "--reproducible", "--out", "o.zarr")
        inference = root()["inference"]
        self.assertEqual(inference["optimizer"], {"name": "SGD", "step_size": 1e-4, "mass": 0.5})
        self.assertEqual((inference["particles"], inference["init"], root()["reproducible"]), (3, "feasible", True))
        self.assertEqual(root()["data"]["bind"]["X"], ["a"])


class EffectTest(CliTest):
    def effect(self, *arguments):
        return self.report("effect", "network.zarr", "--data", "network.csv", *arguments)

    def test_forms_and_truth(self):
        self.fit_network()
        report = self.effect("--baseline", "z=@z", "--intervention", "z=0")
        self.assertEqual(report["hdi_prob"], 0.94)
        (effect,) = report["effects"]
        self.assertEqual(set(effect), {"outcome", "baseline", "intervention", "ate", "rows", "identified", "by"})
        self.assertEqual(set(effect["ate"]), {"mean", "sd", "hdi_low", "hdi_high", "p_direction"})
        self.assertEqual((effect["outcome"], effect["rows"], effect["identified"]), ("y", 60, True))
        # y = 1.2 z + ...: the effect of z + 1 is the coefficient, in every draw.
        shifted = self.effect("--intervention", "z+=1")["effects"][0]
        self.assertEqual(shifted["baseline"], "observed")
        self.assertLess(abs(shifted["ate"]["mean"] - 1.2), 4 * shifted["ate"]["sd"])
        self.assertEqual(shifted["ate"]["p_direction"], 1.0)
        expected = self.effect("--intervention", "z+=1", "--expected")["effects"][0]
        self.assertAlmostEqual(expected["ate"]["mean"], shifted["ate"]["mean"], places=9)

    def test_data_of_the_fit_are_the_default(self):
        self.fit_network()
        given = self.effect("--baseline", "z=@z", "--intervention", "z=0")["effects"]
        stored = self.report("effect", "network.zarr", "--baseline", "z=@z", "--intervention", "z=0")["effects"]
        self.assertEqual(given, stored)

    def test_groups_and_store(self):
        self.fit_line()
        report = self.report("effect", "line.zarr", "--data", "line.csv", "--intervention", "X.b+=1", "--by", "g", "--out",
                             "e.zarr")
        by = report["effects"][0]["by"]
        self.assertEqual(set(by), {"u", "v"})
        self.assertEqual(by["u"]["rows"], 30)
        self.assertLess(abs(by["u"]["mean"] + 1.5), 0.3)
        mean = json.loads((self.dir / "e.zarr" / "effects" / "mean" / "zarr.json").read_text())
        self.assertEqual(mean["shape"], [1, 60])
        self.assertEqual(mean["dimension_names"], ["effect", "obs"])

    def test_errors(self):
        self.fit_network()
        effect = ["effect", "network.zarr", "--data", "network.csv"]
        error = self.fails(*effect, "--intervention", "zz=0", code="E104")
        self.assertIn("z", error["hint"])
        self.fails(*effect, "--intervention", "z=@nope", code="E1003")
        self.fails(*effect, "--intervention", "z", code="E1106")
        self.fails(*effect, "--intervention", "z~Normal(0,1)", code="E1102")
        self.fails(*effect, "--intervention", "z=[1,2,3]", code="E1106")
        self.fails(*effect, code="E1103")
        self.fails(*effect, "--intervention", "z=0", "--outcome", "q", code="E104")
        self.fails(*effect, "--intervention", "z=0", "--by", "q", code="E1003")

    def test_latent_mediator_is_not_identified(self):
        self.dolab("fit", "network.py", "--data", "network.csv", "--steps", 200, "--draws", 50, "--out", "l.zarr")
        report = self.report("effect", "l.zarr", "--data", "network.csv", "--intervention", "z=0")
        self.assertIs(report["effects"][0]["identified"], False)
        self.assertIn("W1107", [w["code"] for w in report["warnings"]])


class PredictTest(CliTest):
    def test_new_rows(self):
        self.fit_line()
        lines = (self.dir / "line.csv").read_text().splitlines()
        (self.dir / "new.csv").write_text("\n".join(line.split(",")[0] + "," + line.split(",")[1] for line in lines[:6]))
        report = self.report("predict", "line.zarr", "--data", "new.csv", "--out", "p.zarr")
        self.assertEqual((report["sites"], report["groups"]), (["y"], ["predictions"]))
        array = json.loads((self.dir / "p.zarr" / "predictions" / "y" / "zarr.json").read_text())
        self.assertEqual(array["shape"], [2, 200, 5])
        self.assertEqual(array["dimension_names"], ["chain", "draw", "data"])

    def test_own_rows_and_prior(self):
        self.fit_line()
        self.assertEqual(self.report("predict", "line.zarr", "--out", "p.zarr")["groups"], ["posterior_predictive"])
        report = self.report("predict", "line.py", "--prior", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y",
                             "--draws", 30, "--out", "prior.zarr")
        self.assertEqual(report["groups"], ["prior", "prior_predictive"])
        self.assertEqual(report["draws"], 30)

    def test_errors(self):
        self.fit_line()
        self.fails("predict", "line.zarr", "--data", "line.csv", "--do", "q=1", code="E104")
        self.fails("predict", "line.zarr", "--data", "line.csv", "--sites", "q", code="E104")
        self.fails("predict", "nothing.zarr", code="E1001")
        (self.dir / "bad.csv").write_text("a,b\n1,2\nNA,3\n")
        error = self.fails("predict", "line.zarr", "--data", "bad.csv", code="E503")
        self.assertIn('"a"', error["message"])
        self.assertIn("row 2", error["message"])


class RunTest(CliTest):
    def experiment(self, **changes):
        document = {"dolab": 1, "title": "network", "model": {"file": "network.py", "condition": {"z": {"column": "z"}}},
                    "data": {"train": "network.csv", "bind": {"x": "x", "c": "c", "y": "y"}},
                    "inference": {"steps": 2000, "draws": 300, "optimizer": {"name": "Adam", "step_size": 0.01}},
                    "scenarios": {"factual": {"z": {"column": "z"}}, "none": {"z": 0}, "more": {"z": {"shift": 1}}},
                    "effects": [{"outcome": "y", "baseline": "factual", "intervention": "none"},
                                {"outcome": "y", "intervention": "more", "expected": True}], "seed": 11}
        document.update(changes)
        path = self.dir / "inner" / "network.dolab.json"
        path.parent.mkdir(exist_ok=True)
        for name in ["network.py", "network.csv"]:
            shutil.copy(self.dir / name, path.parent)
        path.write_text(json.dumps(document))
        return str(path.relative_to(self.dir))

    def test_run(self):
        report = self.report("run", self.experiment(), "--out", "r.zarr")
        self.assertEqual(report["store"], "r.zarr")
        self.assertEqual([e["intervention"] for e in report["effects"]], ["none", "more"])
        self.assertIn("total", report["seconds"])
        text = self.dolab("run", self.experiment(), "--out", "r.zarr", "--overwrite").stdout
        self.assertIn("factual", text)
        # The store is a fit like any other.
        again = self.report("effect", "r.zarr", "--baseline", "z=@z", "--intervention", "z=0")["effects"][0]
        self.assertEqual(again["ate"], report["effects"][0]["ate"])
        effects = json.loads((self.dir / "r.zarr" / "effects" / "mean" / "zarr.json").read_text())
        self.assertEqual(effects["shape"], [2, 60])

    def test_overrides(self):
        path = self.experiment()
        report = self.report("run", path, "--out", "r.zarr", "--set", "inference.steps=50", "--seed", 3)
        self.assertEqual(report["diagnostics"]["steps"], 50)

    def test_inline_source_and_data(self):
        path = self.experiment(model={"source": LINE}, data={"train": {"X": [[1, 0], [0, 1], [1, 1]], "y": [1, 2, 3]}},
                               scenarios={}, effects=[])
        self.assertEqual(self.report("run", path, "--out", "r.zarr")["effects"], [])

    def test_schema(self):
        error = self.fails("run", self.experiment(infrence={}), code="E1102")
        self.assertIn("inference", error["hint"])
        self.fails("run", self.experiment(seed="one"), code="E1101")
        self.fails("run", self.experiment(effects=[{"intervention": "nome"}]), code="E1103")
        (self.dir / "broken.json").write_text('{"dolab": 1,')
        self.assertEqual(self.fails("run", "broken.json", code="E1005")["line"], 1)
        self.fails("run", "absent.dolab.json", code="E1001")


if __name__ == "__main__":
    main()
