// What `--data` names: a table whose columns are bound, or arguments that bind by name.
#pragma once

#include <memory>
#include <string>

#include "io/arguments.hpp"
#include "io/table.hpp"

namespace dolab::io {

struct DataFile {
  std::string source;
  bool is_table = false;  // CSV, TSV, a JSON list of rows
  /// The rows; of an arguments file, its one-dimensional numbers, so that interventions can name them.
  Table table;
  /// Arguments by name (JSON object, NPY by the file's name, NPZ, Zarr); empty for a table.
  ArgumentMap arguments;
};
/// Data on their way to a command, which empties it: a table may be most of the memory there is.
using GivenData = std::shared_ptr<DataFile>;

/// Arguments that are in memory already.
DataFile from_arguments(ArgumentMap arguments, const std::string& source);

/// Reads by extension (.csv .tsv .txt .json .npy .npz .zarr .zarr.zip, each but the stores also with .gz), else
/// by content. Of a store, the groups `constant_data` and `observed_data` are read, or else the root's arrays;
/// coordinates that are text are left out. Throws E1001 to E1005 and E1007.
DataFile read_data(const std::string& path);

/// The same for bytes that are in memory; `name` gives the extension and is used in messages.
DataFile parse_data(std::string bytes, const std::string& name);

}  // namespace dolab::io
