"""Stores that were truncated, edited or mixed up; and deterministic mutations of every kind of input."""

import json
import random
import shutil
import subprocess

from cli_case import DOLAB, LINE, SCHOOLS, CliTest, main, strict_json


class BadStoreTest(CliTest):
    def test_damaged_stores(self):
        self.fit_line()
        self.fails("summary", "line.py", code="E1007")
        root = self.dir / "line.zarr" / "zarr.json"
        text = root.read_text()
        root.write_text(text[: len(text) // 2])
        self.fails("summary", "line.zarr", code="E1007")
        self.fails("effect", "line.zarr", "--intervention", "X.a=0", code="E1007")
        root.write_text(text.replace('"bindings"', '"bondings"'))
        self.fails("effect", "line.zarr", "--intervention", "X.a=0", code="E1007")
        root.write_text(text)
        chunk = next(p for p in (self.dir / "line.zarr" / "posterior" / "w" / "c").rglob("*") if p.is_file())
        whole = chunk.read_bytes()
        chunk.write_bytes(whole[: len(whole) // 2])
        self.fails("summary", "line.zarr", code="E1007")
        chunk.unlink()
        self.fails("effect", "line.zarr", "--intervention", "X.a=0", code="E1007")

    def test_every_metadata_file_counts(self):
        self.fit_line()
        store = self.dir / "line.zarr"
        (store / "zarr.json").write_text(json.dumps({k: v for k, v in json.loads((store / "zarr.json").read_text()).items()
                                                     if k != "consolidated_metadata"}))
        self.dolab("summary", "line.zarr")
        for path in [store / "posterior" / "zarr.json", store / "posterior" / "w" / "zarr.json"]:
            text = path.read_text()
            for changed in [text[: len(text) // 2], "", "{}", "[]", text.replace('"zarr_format":3', '"zarr_format":2')]:
                path.write_text(changed)
                with self.subTest(path=path.name, changed=changed[:20]):
                    self.fails("summary", "line.zarr", code="E1007")
            path.write_text(text)

    def test_edited_arrays(self):
        self.fit_line()
        root = self.dir / "line.zarr" / "zarr.json"
        text = root.read_text()
        nodes = json.loads(text)["consolidated_metadata"]["metadata"]
        self.assertIn("posterior/w", nodes)
        for key, value in [("shape", [2, 200, 3]), ("shape", [2, 200]), ("shape", [2**40, 2**40, 2]), ("shape", [-1, 200, 2]),
                           ("shape", "x"), ("data_type", "float32"), ("data_type", "complex"), ("codecs", []),
                           ("codecs", [{"name": "blosc"}]), ("chunk_grid", {}), ("zarr_format", 2)]:
            document = json.loads(text)
            document["consolidated_metadata"]["metadata"]["posterior/w"][key] = value
            root.write_text(json.dumps(document))
            with self.subTest(key=key, value=value):
                self.fails("summary", "line.zarr", code="E1007")
        document = json.loads(text)
        document["consolidated_metadata"]["metadata"]["sample_stats/diverging"]["shape"] = [2, 100]
        root.write_text(json.dumps(document))
        self.fails("summary", "line.zarr", code="E1007")

    def test_attributes_of_another_fit(self):
        self.fit_line()
        root = self.dir / "line.zarr" / "zarr.json"
        text = root.read_text()
        for key in ["kernel", "bindings", "method", "seed", "observed", "kind"]:
            document = json.loads(text)
            if key not in document["attributes"]:
                continue
            for value in [None, 3.5, "x", [], {}]:
                changed = json.loads(text)
                changed["attributes"][key] = value
                root.write_text(json.dumps(changed))
                done = self.run_once("effect", "line.zarr", "--intervention", "X.a=0")
                with self.subTest(key=key, value=value):
                    self.assertIn(done.returncode, [0, 2], done.stderr)
        changed = json.loads(text)
        changed["attributes"]["kernel"]["source"] = SCHOOLS
        root.write_text(json.dumps(changed))
        self.assertEqual(self.run_once("effect", "line.zarr", "--intervention", "X.a=0").returncode, 2)

    def run_once(self, *arguments):
        return subprocess.run([DOLAB, *arguments, "--json"], cwd=self.dir, capture_output=True, text=True, timeout=30)


def mutated(rng, text, words):
    """One to three edits: bytes changed, cut, doubled, or replaced by a word of the format."""
    data = bytearray(text)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        size = rng.choice([1, 1, 2, 5, 30])
        kind = rng.randrange(5)
        if kind == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 1:
            del data[at : at + size]
        elif kind == 2:
            data[at:at] = data[at : at + size]
        else:
            data[at : at + (size if kind == 3 else 0)] = rng.choice(words).encode()
    return bytes(data)


class MutationTest(CliTest):
    """Whatever the bytes, the program ends with a result or with one error of the catalogue."""

    COUNT = 120  # of each kind

    def mutate(self, seed, path, words, *arguments, count=COUNT, restore=True):
        rng = random.Random(seed)
        whole = path.read_bytes()
        names = sorted(p.name for p in self.dir.iterdir())
        for i in range(count):
            path.write_bytes(mutated(rng, whole, words))
            done = subprocess.run([DOLAB, *map(str, arguments), "--json"], cwd=self.dir, capture_output=True, timeout=60)
            with self.subTest(seed=seed, i=i, path=path.name):
                self.assertIn(done.returncode, [0, 2], done.stderr)
                report = strict_json(done.stdout.decode())
                if done.returncode == 2:
                    self.assertRegex(report["error"]["code"], r"^E\d+$")
                    self.assertTrue(report["error"]["message"])
                shutil.rmtree(self.dir / "x.zarr", ignore_errors=True)
                self.assertEqual(sorted(p.name for p in self.dir.iterdir()), names)
        path.write_bytes(whole)

    def test_models(self):
        words = ["(", ")", "[", "]", ":", ",", "=", "None", "-1", "1e999", "X", "y", "mu", "numpyro.", "dist.Normal", "\n    ",
                 "expand", "0", "**", "lambda x: x", "for i in range(9):", "jnp."]
        self.mutate(1, self.dir / "line.py", words, "check", "line.py", "--data", "line.csv", "--bind", "X=a,b", "--bind", "y=y")
        self.mutate(2, self.dir / "schools.py", words, "check", "schools.py", "--data", "schools.json")

    def test_tables(self):
        path = self.dir / "small.csv"
        path.write_bytes(b"\n".join((self.dir / "line.csv").read_bytes().splitlines()[:6]) + b"\n")
        words = [",", "\n", '"', ";", "nan", "inf", "1e999", "-", "NA", "\r", "\0", "a", "b", "9" * 400, "\ufeff"]
        self.mutate(3, path, words, "fit", "line.py", "--data", "small.csv", "--bind", "X=a,b", "--bind", "y=y", "--steps", 3,
                    "--draws", 3, "--out", "x.zarr")

    def test_experiments(self):
        path = self.dir / "e.json"
        path.write_text(json.dumps({
            "dolab": 1, "model": {"file": "line.py"}, "data": {"train": "line.csv", "bind": {"X": ["a", "b"], "y": "y"}},
            "inference": {"steps": 3, "draws": 3, "optimizer": {"name": "Adam", "step_size": 0.01}},
            "scenarios": {"n": {"X.a": {"shift": 1}}}, "effects": [{"outcome": "y", "intervention": "n"}], "seed": 1}))
        words = ["{", "}", "[", "]", ",", ":", '"', "null", "true", "-1", "1e999", '"x"', '{"a": 1}', "[1, 2]", "0.5"]
        self.mutate(4, path, words, "run", "e.json", "--out", "x.zarr")

    def test_stores(self):
        self.fit_line()
        store = self.dir / "line.zarr"
        words = ["{", "}", "[", "]", ",", ":", '"', "null", "-1", "9" * 30, "1e999", "posterior", "float64", "zstd"]
        files = sorted(p for p in store.rglob("*") if p.is_file())
        rng = random.Random(5)
        commands = [["summary", "line.zarr"], ["effect", "line.zarr", "--intervention", "X.a=0"],
                    ["predict", "line.zarr", "--out", "x.zarr"]]
        for i in range(self.COUNT):
            path = store / "zarr.json" if i % 2 == 0 else rng.choice(files)
            self.mutate(100 + i, path, words, *commands[i % 3], count=1)


if __name__ == "__main__":
    main()
