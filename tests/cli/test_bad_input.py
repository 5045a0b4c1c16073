"""Bad data, models, options, interventions and experiment files: exit code 2, one located error, nothing left behind."""

import gzip
import json
import os
import subprocess

from cli_case import DOLAB, SCHOOLS_DATA, CliTest, main


class BadInputTest(CliTest):
    def fit(self, *arguments):
        return ["fit", "line.py", "--data", "line.csv", "--steps", 10, "--out", "x.zarr", *arguments]

    def data(self, text):
        (self.dir / "bad.csv").write_text(text)
        return ["fit", "line.py", "--data", "bad.csv", "--bind", "X=a,b", "--bind", "y=y", "--out", "x.zarr"]

    def test_data(self):
        self.fails(*self.fit("--bind", "X=a,q", "--bind", "y=y"), code="E1003")
        self.fails(*self.fit("--bind", "X=a,g", "--bind", "y=y"), code="E1004")
        error = self.fails(*self.data("a,b,y\n1,2,3\n4,x,6\n"), code="E1004")
        self.assertIn("row 2", error["message"])
        error = self.fails(*self.data("a,b,y\n1,2,3\n4,,6\n"), code="E503")
        self.assertIn("row 2", error["message"])
        self.assertIn('"b"', error["message"])
        error = self.fails(*self.data("a,b,y\n1,2,3\n4,5,nan\n"), code="E503")
        self.assertIn('"y"', error["message"])
        self.assertEqual(self.fails(*self.data("a,b,y\n1,2,3\n4,5\n"), code="E1002")["line"], 3)
        self.fails(*self.data(""), code="E1002")
        self.fails("fit", "line.py", "--data", "absent.csv", code="E1001")
        self.fails("fit", "absent.py", code="E1001")
        self.fails(*self.fit("--bind", "y=y"), code="E1105")
        self.fails("fit", "schools.py", "--arg", "J=8", "--arg", "sigma=[1,2,3,4,5,6,7,8]", code="E809")
        for change, code in [({"y": [1, 2, 3]}, "E401"), ({"sigma": [1, 2]}, "E407"), ({"J": 7}, "E407")]:
            (self.dir / "short.json").write_text(json.dumps({**SCHOOLS_DATA, **change}))
            self.assertGreater(self.fails("fit", "schools.py", "--data", "short.json", code=code)["line"], 0)

    def test_options(self):
        bind = ["--bind", "X=a,b", "--bind", "y=y"]
        self.fails(*self.fit(*bind, "--method", "gibbs"), code="E1101")
        self.fails(*self.fit(*bind, "--draws", "0"), code="E1101")
        self.fails(*self.fit(*bind, "--optimizer", "Adem"), code="E1103")
        self.fails(*self.fit(*bind, "--guide", "AutoNorml"), code="E204")
        self.fails(*self.fit(*bind, "--set", "inference.nothing=1"), code="E1102")
        self.fails(*self.fit(*bind, "--metric", "low_rank", "--method", "nuts"), code="E1101")

    def model(self, body, *arguments):
        text = "import numpyro\nimport numpyro.distributions as dist\nimport jax.numpy as jnp\n\ndef model(y=None):\n" + body
        (self.dir / "m.py").write_text(text)
        return ["fit", "m.py", "--out", "x.zarr", *arguments]

    def test_models(self):
        cases = [("    numpyro.sample('a' dist.Normal())\n", "E201"),
                 ("    a = numpyro.sample('a', dist.Normal())\n    numpyro.sample('a', dist.Normal())\n", "E101"),
                 ("    b = undefined + 1\n", "E203"),
                 ("    numpyro.sample('a', dist.Norml(0, 1))\n", "E204"),
                 ("    numpyro.sample('a', dist.Normal(0, -1))\n", "E413"),
                 ("    while True:\n        pass\n", "E905"),
                 ("    return model(y)\n", "E903"),
                 ("    a = jnp.zeros((1000000, 1000000))\n", "E907"),
                 ("    open('x')\n", "E901"),
                 ("    eval('1')\n", "E901"),
                 ("    os.system('x')\n", "E901"),
                 ("    ().__class__.__bases__[0].__subclasses__()\n", "E901"),
                 ("    getattr(jnp, '__builtins__')\n", "E901"),
                 ("    with numpyro.plate('p', 3):\n        numpyro.sample('a', dist.Normal(jnp.zeros(4), 1))\n", "E401"),
                 ("    x = " + "(" * 100000 + "\n", "E902")]
        for body, code in cases:
            with self.subTest(body=body):
                error = self.fails(*self.model(body), code=code)
                self.assertGreater(error["line"], 4)
                self.assertTrue(error["file"].endswith("m.py"))
        self.fails(*self.model("    numpyro.sample('a', dist.Poisson(3.0))\n"), code="E601")
        self.fails(*self.model("    numpyro.deterministic('a', jnp.ones(2))\n"), code="E507")

    def test_outputs(self):
        bind = ["--bind", "X=a,b", "--bind", "y=y", "--steps", "10"]
        (self.dir / "file").write_text("")
        self.fails("fit", "line.py", "--data", "line.csv", *bind, "--out", "file/x.zarr", code="E1008")
        if os.name == "posix":
            import resource

            limited = subprocess.run([DOLAB, "fit", "line.py", "--data", "line.csv", *bind, "--draws", "20000", "--out", "big.zarr"],
                                     cwd=self.dir, capture_output=True, text=True,
                                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)))
            self.assertEqual(limited.returncode, 2, limited.stderr)
            self.assertIn("E1008", limited.stderr)
            self.assertEqual([p.name for p in self.dir.iterdir() if "big" in p.name], [])

    def test_odd_tables(self):
        line = "a,b,y\n1,2,3\n"
        cases = {
            "bare carriage returns": (line.replace("\n", "\r"), "E1002"),
            "two columns of one name": ("a,b,a,y\n1,2,3,4\n", "E1002"),
            "surplus comma": ("a,b,y\n1,2,3,\n", "E1002"),
            "infinity": ("a,b,y\n1,2,inf\n", "E503"),
            "overflow": ("a,b,y\n1,2,1e999\n", "E503"),
            "hexadecimal": ("a,b,y\n1,2,0x10\n2,3,4\n", "E1004"),
            "decimal comma": ("a;b;y\n1,5;2;3\n", "E1004"),
            "UTF-16": (line.encode("utf-16"), "E1002"),
            "Latin-1": ("a,b,y\n1,2,é\n".encode("latin1"), "E1002"),
            "binary": (bytes(range(256)) * 50, "E1002"),
            "no rows": ("a,b,y\n", "E1002"),
            "blank lines": ("\n\n", "E1002"),
            "an open quote": ('a,b,y\n1,"2,3\n', "E1002"),
            "text after a quote": ('a,b,y\n1,"2"x,3\n', "E1002"),
            "a long cell": ("a,b,y\n1," + "x" * 10**6 + ",3\n", "E1004"),
            "a million columns": (",".join(f"c{i}" for i in range(10**6)) + "\n" + ",".join(["1"] * 10**6) + "\n", "E1003"),
        }
        arguments = self.data("")
        for name, (content, code) in cases.items():
            with self.subTest(name):
                (self.dir / "bad.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
                error = self.fails(*arguments, code=code)
                self.assertLess(len(error["message"]), 2500)
                self.assertEqual(error["file"], "bad.csv")

    def test_damaged_gzip(self):
        whole = gzip.compress(("a,b,y\n" + "1,2,3\n" * 100).encode())
        for name, content, code in [("short", whole[:-10], "E1001"), ("checksum", whole[:-8] + b"12345678", "E1001"),
                                    ("tail", whole + b"hello", "E1001"), ("content", gzip.compress(os.urandom(3000)), "E1002")]:
            with self.subTest(name):
                (self.dir / "bad.csv.gz").write_bytes(content)
                error = self.fails("fit", "line.py", "--data", "bad.csv.gz", "--bind", "X=a,b", "--bind", "y=y", code=code)
                self.assertEqual(error["file"], "bad.csv.gz")

    def test_json_data(self):
        deep = "[" * 100000 + "]" * 100000
        texts = {"": "E1005", "[": "E1005", "3": "E1005", "null": "E1005", '{"J": 8,}': "E1005", '{"J": 8, "J": 7}': "E1005",
                 '{"J": NaN}': "E1005", '{"J": 1e999}': "E1005", deep: "E1005", '{"J": ' + deep + "}": "E1005",
                 "{}": "E1105"}
        for text, code in texts.items():
            with self.subTest(text=text[:20]):
                (self.dir / "bad.json").write_text(text)
                self.fails("fit", "schools.py", "--data", "bad.json", code=code)
        for change, code in [({"sigma": [[1, 2], [3]]}, "E1005"), ({"sigma": ["a"] * 8}, "E209"), ({"sigma": None}, "E1105"),
                             ({"sigma": [1, None, 1, 1, 1, 1, 1, 1]}, "E503"), ({"J": {"a": 1}}, "E1005"), ({"J": -3}, "E402"),
                             ({"J": 8.5}, "E402"), ({"J": 10**12}, "E907"), ({"sigma": 0}, "E413")]:
            with self.subTest(change=change):
                (self.dir / "bad.json").write_text(json.dumps({**SCHOOLS_DATA, **change}))
                self.fails("fit", "schools.py", "--data", "bad.json", code=code)
        for content in ['{"J": 8}'.encode("utf-16"), b'{"J\xff": 8}']:
            (self.dir / "bad.json").write_bytes(content)
            self.fails("fit", "schools.py", "--data", "bad.json", code="E1005")
        for name, content in [("bad.npy", b"\x93NUMPY"), ("bad.npz", b"PK\3\4junk"), ("bad.npz", b"")]:
            (self.dir / name).write_bytes(content)
            self.assertEqual(self.fails("fit", "schools.py", "--data", name, code="E1002")["file"], name)

    def test_text_is_made_fit_for_a_terminal(self):
        (self.dir / "bad.csv").write_text("a,\x1b[31m,y\n1,2,3\n")
        done = self.dolab("fit", "line.py", "--data", "bad.csv", "--bind", "X=a,b", "--bind", "y=y", code=2)
        self.assertIn("\\x1b[31m", done.stderr)
        (self.dir / "m.py").write_text('import numpyro\nimport numpyro.distributions as dist\n\ndef model():\n'
                                       '    numpyro.sample("a\\x1b[31m\\u202e", dist.Normal())\n')
        for form in [[], ["--dot"]]:
            shown = self.dolab("check", "m.py", *form)
            self.assertNotIn("\x1b", shown.stdout + shown.stderr)
            self.assertNotIn("\u202e", shown.stdout + shown.stderr)
        (self.dir / "m.py").write_text("def model():\n  x = " + "1+" * 100000 + "zz\n")
        self.assertLess(len(self.dolab("check", "m.py", code=2).stderr), 1000)
        # Bytes that are no text, in names of files and values.
        self.fails("check", os.fsdecode(b"\xff.py"), code="E1001")
        self.fails(*self.fit("--bind", "X=a,b"), "--arg", os.fsdecode(b"y=\xfe"), code="E209")
        os.rename(self.dir / "line.csv", os.fsencode(self.dir) + b"/\xff.csv")
        self.dolab("fit", "line.py", "--data", os.fsdecode(b"\xff.csv"), "--bind", "X=a,b", "--bind", "y=y", "--steps", 10,
                   "--draws", 10, "--out", "x.zarr")

    def test_counts_and_limits(self):
        bind = ["--bind", "X=a,b", "--bind", "y=y"]
        for option, value, code in [("--steps", "1e300", "E1101"), ("--draws", "1e30", "E1101"), ("--draws", -1, "E1101"),
                                    ("--draws", 10**9, "E907"), ("--chains", 0, "E1101"), ("--chains", 10**9, "E1101"),
                                    ("--seed", -1, "E1101"), ("--seed", 1.5, "E1101"), ("--seed", 2**64, "E1101"),
                                    ("--threads", 0, "E1103"), ("--step-size", "nan", "E1101"), ("--out", "--json", "E1103"),
                                    ("--condition", "q=1", "E104"), ("--do", "q=1", "E104"),
                                    ("--set", 'inference.init_values={"q": 1}', "E104")]:
            with self.subTest(option=option, value=value):
                self.fails("fit", "line.py", "--data", "line.csv", *bind, option, value, code=code)
        self.fails(*self.fit(*bind, "--method", "nuts", "--chains", 1000, "--draws", 10**8), code="E907")
        self.fails("fit", "schools.py", "--data", "schools.json", "--bind", "sigma=nope", code="E1003")

    def test_interventions(self):
        self.fit_line()
        effect = ["effect", "line.zarr", "--data", "line.csv"]
        for change, code in [("X.q+=1", "E1003"), ("X.9+=1", "E1003"), ("X.+=1", "E1106"), ("X=@a", "E1106"), ("q=0", "E104"),
                             ("X.a=nan", "E1106"), ("X.a=1e999", "E1106"), ("X.a=@q", "E1003"), ("X.a+=@b", "E1106"),
                             ("w=[1,2,3]", "E1106"), ("data=3", "E104"), ("X.a=" + "[" * 30000, "E1106"), ("", "E1106")]:
            with self.subTest(change=change[:20]):
                self.fails(*effect, "--intervention", change, code=code)
        self.fails(*effect, "--intervention", "X.a=0", "--intervention", "X.a=1", code="E1106")
        for option, value, code in [("--outcome", "data", "E104"), ("--hdi-prob", "nan", "E1103"), ("--hdi-prob", 2, "E1103"),
                                    ("--seed", -1, "E1103")]:
            self.fails(*effect, "--intervention", "X.a=0", option, value, code=code)
        self.fails("predict", "line.zarr", "--sites", "data", code="E104")

    def test_a_result_does_not_replace_its_input(self):
        self.fit_line()
        self.fails("predict", "line.zarr", "--out", "line.zarr", "--overwrite", code="E1006")
        self.fails("effect", "line.zarr", "--intervention", "X.a=0", "--out", "./line.zarr", "--overwrite", code="E1006")
        bind = ["--bind", "X=a,b", "--bind", "y=y", "--steps", 10, "--overwrite"]
        (self.dir / "folder").mkdir()
        (self.dir / "folder" / "f").write_text("")
        os.symlink("nowhere", self.dir / "dangling")
        for out, code in [("line.csv", "E1006"), ("/", "E1006"), (".", "E1006"), ("folder", "E1006"), ("/dev/null", "E1006"),
                          ("dangling", "E1008"), ("x" * 300, "E1008")]:
            self.fails("fit", "line.py", "--data", "line.csv", *bind, "--out", out, code=code)

    def test_models_that_are_no_models(self):
        (self.dir / "folder").mkdir()
        for name, content, code in [("m.py", b"", "E1104"), ("m.py", os.urandom(2000) + b"\xff", "E201"),
                                    ("m.py", b"def model():\n  x = 1\0\n", "E201"), ("m.py", b"#" * (3 << 20), "E902"),
                                    ("m.py", b'def model():\n  x = "abc', "E201"), ("folder", None, "E1001")]:
            if content is not None:
                (self.dir / name).write_bytes(content)
            self.fails("check", name, code=code)

    def test_values_of_check(self):
        values = {"mu": 1, "tau": 2, "trans": [0] * 8}
        for change, code in [({"q": 1}, "E104"), ({"trans": [0] * 7}, "E407"), ({"trans": 0}, "E407"), ({"mu": None}, "E1005"),
                             ({"mu": "x"}, "E1005"), ({"mu": {}}, "E1005")]:
            with self.subTest(change=change):
                (self.dir / "at.json").write_text(json.dumps({**values, **change}))
                self.fails("check", "schools.py", "--data", "schools.json", "--at", "at.json", "--gradient", code=code)
        (self.dir / "at.json").write_text('{"mu": NaN}')
        self.fails("check", "schools.py", "--data", "schools.json", "--at", "at.json", code="E1005")


class BadExperimentTest(CliTest):
    DOCUMENT = {"dolab": 1, "model": {"file": "network.py", "condition": {"z": {"column": "z"}}},
                "data": {"train": "network.csv"},
                "inference": {"steps": 20, "draws": 20, "optimizer": {"name": "Adam", "step_size": 0.01}},
                "scenarios": {"n": {"z": 0}}, "effects": [{"outcome": "y", "intervention": "n"}], "seed": 1}

    def refused(self, path, value, code):
        document = json.loads(json.dumps(self.DOCUMENT))
        place = document
        *folders, last = path.split("/")
        for folder in folders:
            place = place[int(folder)] if isinstance(place, list) else place[folder]
        place[last] = value
        (self.dir / "e.json").write_text(json.dumps(document))
        with self.subTest(path=path, value=str(value)[:40]):
            self.fails("run", "e.json", "--out", "x.zarr", code=code)

    def test_unknown_keys(self):
        for place in ["", "model/", "data/", "inference/", "inference/optimizer/", "scenarios/n/z/", "effects/0/"]:
            if place == "scenarios/n/z/":
                self.refused("scenarios/n/z", {"zzz": 1}, "E1102")
            else:
                self.refused(place + "zzz", 1, "E1102")

    def test_wrong_kinds(self):
        for key in ["dolab", "model", "data", "inference", "scenarios", "effects", "seed", "title"]:
            for value in [None, 3.5, True, -1]:
                self.refused(key, value, "E1101")

    def test_wrong_values(self):
        for path, value, code in [
                ("inference/method", "gibbs", "E1101"), ("inference/guide", "AutoX", "E204"), ("inference/steps", 0, "E1101"),
                ("inference/steps", 1e300, "E1101"), ("inference/draws", 10**12, "E1101"), ("inference/rank", -1, "E1101"),
                ("inference/optimizer/name", "Adamm", "E1103"), ("inference/optimizer/step_size", -1, "E1101"),
                ("inference/optimizer/step_size", {"schedule": "x", "initial": 1}, "E1101"), ("inference/optimizer", "Adam", "E1101"),
                ("effects/0/intervention", "q", "E1103"), ("effects/0/baseline", "q", "E1103"), ("effects/0/outcome", "q", "E104"),
                ("effects/0/outcome", "rows", "E104"), ("effects/0/by", "q", "E1003"), ("scenarios/n", {"q": 0}, "E104"),
                ("scenarios/n", {"z": {"column": "q"}}, "E1003"), ("scenarios/n", {"z": {"column": "z", "shift": 1}}, "E1101"),
                ("scenarios/n", {"z": {}}, "E1101"), ("scenarios/n", {"z": "z"}, "E1101"), ("scenarios/n", {"z": [1, 2]}, "E1106"),
                ("model/file", "absent.py", "E1001"), ("model/file", ".", "E1001"), ("model/source", "x", "E1101"),
                ("model", {}, "E1101"), ("model/condition", {"q": 1}, "E104"), ("model/condition", {"z": {"column": "q"}}, "E1003"),
                ("model/condition", {"z": {"shift": 1}}, "E1106"), ("model/do", {"q": 1}, "E104"), ("data/train", ".", "E1007"),
                ("data/train", "absent.csv", "E1001"), ("data/train", "e.json", "E1005"), ("data/bind", {"x": "q"}, "E1003"),
                ("data/bind", {"q": "x"}, "E204"), ("data/arguments", {"q": 1}, "E204"), ("hdi_prob", 1.5, "E1101"),
                ("layout", {"z": [1]}, "E1101"), ("dolab", 2, "E1101"), ("seed", 2**64, "E1101"), ("seed", -1, "E1101")]:
            self.refused(path, value, code)

    def test_documents(self):
        deep = "[" * 100000 + "]" * 100000
        for text, code in [("", "E1005"), ("[]", "E1101"), ("\0", "E1005"), ('{"dolab": 1, "model": ' + deep + "}", "E1005"),
                           ('{"dolab": 1, "dolab": 1}', "E1005"), ('{"dolab": 1e999}', "E1005")]:
            (self.dir / "e.json").write_text(text)
            self.fails("run", "e.json", code=code)
        (self.dir / "folder.json").mkdir()
        self.fails("run", "folder.json", code="E1001")


if __name__ == "__main__":
    main()
