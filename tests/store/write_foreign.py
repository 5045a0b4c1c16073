"""Writes a store with zarr-python and Xarray, for dolab's reader: python write_foreign.py FOLDER.

Then `DOLAB_STORE_FOREIGN=FOLDER` makes the test "[foreign]" read it.
"""

import os
import sys
import warnings

import numpy as np
import xarray
import zarr


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")  # strings have no final Zarr 3 specification yet
    folder = sys.argv[1]
    x = np.sin(0.7 * np.arange(2 * 7 * 3)).reshape(2, 7, 3)
    posterior = xarray.Dataset(
        {"x": (("chain", "draw", "school"), x), "k": (("chain", "draw"), np.arange(14, dtype="int32").reshape(2, 7))},
        coords={"chain": [0, 1], "draw": np.arange(7), "school": np.array(["Äpfel", "b", ""])},
    )
    tree = xarray.DataTree.from_dict({"/": xarray.Dataset(), "/posterior": posterior})
    tree.to_zarr(os.path.join(folder, "xarray.zarr"), mode="w", zarr_format=3, consolidated=True)

    root = zarr.open_group(os.path.join(folder, "plain.zarr"), mode="w", zarr_format=3)
    group = root.create_group("g")
    codecs = {"none": None, "gzip": zarr.codecs.GzipCodec(level=6), "zstd": zarr.codecs.ZstdCodec(level=3)}
    for name, codec in codecs.items():
        array = group.create_array(name, shape=x.shape, chunks=(1, 4, 2), dtype="float64", compressors=codec)
        array[:] = x
    sparse = group.create_array("sparse", shape=(10,), chunks=(2,), dtype="int16", fill_value=7)
    sparse[4:6] = [1, -2]  # the other chunks stay absent


if __name__ == "__main__":
    main()
