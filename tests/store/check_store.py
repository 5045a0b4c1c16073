"""Opens a store with Xarray, zarr-python and ArviZ, and checks it against what its writer expects.

    python check_store.py STORE.zarr[.zip] [EXPECTED.json]

EXPECTED.json: {"attributes": {...}, "groups": {NAME: {"coords": {DIM: [...]}, "arrays": {NAME:
{"dims": [...], "dtype": "float64", "shape": [...], "values": [flat, null for NaN] | "text": [...],
"attributes": {...}}}}}}. Without it the store is only opened, loaded and checked for coordinates.
"""

import json
import sys
import warnings

import numpy as np


def fail(message):
    sys.exit(f"check_store: {message}")


def check_array(where, array, expected):
    if list(array.dims) != expected["dims"]:
        fail(f"{where}: dims {array.dims}, expected {expected['dims']}")
    for key, value in expected.get("attributes", {}).items():
        if array.attrs.get(key) != value:
            fail(f"{where}: attribute {key} is {array.attrs.get(key)!r}, expected {value!r}")
    if "text" in expected:
        if [str(x) for x in array.values.ravel()] != expected["text"]:
            fail(f"{where}: {array.values!r}, expected {expected['text']!r}")
        return
    if array.dtype != np.dtype(expected["dtype"]):
        fail(f"{where}: dtype {array.dtype}, expected {expected['dtype']}")
    if list(array.shape) != expected["shape"]:
        fail(f"{where}: shape {array.shape}, expected {expected['shape']}")
    values = np.array([np.nan if x is None else x for x in expected["values"]], dtype=expected["dtype"])
    if not np.array_equal(array.values.ravel(), values, equal_nan=expected["dtype"].startswith("float")):
        fail(f"{where}: values differ")


def check_group(name, group, expected):
    for dim in group.dims:
        if dim not in group.coords:
            fail(f"{name}: dimension {dim} has no coordinate")
        if group.coords[dim].size != group.sizes[dim]:
            fail(f"{name}: coordinate {dim} has the wrong length")
    for variable in group.data_vars.values():
        variable.load()
    if expected is None:
        return
    if set(group.data_vars) != set(expected.get("arrays", {})):
        fail(f"{name}: arrays {sorted(group.data_vars)}, expected {sorted(expected.get('arrays', {}))}")
    for dim, values in expected.get("coords", {}).items():
        found = group.coords[dim].values.tolist()
        if found != values:
            fail(f"{name}: coordinate {dim} is {found!r}, expected {values!r}")
    for array, content in expected.get("arrays", {}).items():
        check_array(f"{name}/{array}", group[array], content)


def check_tree(tree, expected):
    groups = {name: node for name, node in tree.children.items()}
    if not groups:
        fail("the store has no groups")
    if expected is not None:
        for key, value in expected.get("attributes", {}).items():
            if tree.attrs.get(key) != value:
                fail(f"root attribute {key} is {tree.attrs.get(key)!r}, expected {value!r}")
        if set(groups) != set(expected["groups"]):
            fail(f"groups {sorted(groups)}, expected {sorted(expected['groups'])}")
    for name, node in groups.items():
        check_group(name, node.to_dataset(), None if expected is None else expected["groups"][name])
    return groups


def check_arviz(tree, groups, expected):
    """ArviZ reads Zarr 3 by way of open_datatree: before version 1 converted, from then on as it is."""
    import arviz

    data = arviz.InferenceData.from_datatree(tree) if hasattr(arviz, "InferenceData") else tree
    seen = data.groups() if callable(data.groups) else data.children
    if set(seen) != set(groups):
        fail(f"ArviZ sees groups {sorted(seen)}")
    for name in groups:
        dataset = data[name] if hasattr(arviz, "InferenceData") else data[name].to_dataset()
        check_group(name, dataset, None if expected is None else expected["groups"][name])
    if "posterior" in groups:
        numbers = [n for n, v in data["posterior"].data_vars.items() if v.dtype.kind == "f"]
        table = arviz.summary(data, var_names=numbers)
        if len(table) == 0 or not np.isfinite(table["mean"]).all():
            fail("ArviZ's summary of the posterior is not finite")
        print(table[["mean", "sd", "ess_bulk", "r_hat"]].head(8).to_string())


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    path = sys.argv[1]
    expected = None
    if len(sys.argv) == 3:
        with open(sys.argv[2], encoding="utf-8") as file:
            expected = json.load(file)
    with warnings.catch_warnings():
        # Opening must be clean: no fallback to unconsolidated metadata, no conflicting names.
        warnings.simplefilter("error")
        import xarray
        import zarr

        store = zarr.storage.ZipStore(path, mode="r") if path.endswith(".zip") else path
        if not path.endswith(".zip"):
            consolidated = zarr.open_consolidated(path, mode="r")
            if sum(1 for _ in consolidated.members(max_depth=None)) == 0:
                fail("the consolidated metadata are empty")
        tree = xarray.open_datatree(store, engine="zarr")
        groups = check_tree(tree, expected)
    check_arviz(tree, groups, expected)
    tree.close()
    print(f"{path}: {len(groups)} groups, all as expected")


if __name__ == "__main__":
    main()
