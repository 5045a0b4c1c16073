// NumPy's array files.
#pragma once

#include <string>
#include <string_view>

#include "base/array.hpp"
#include "io/arguments.hpp"

namespace dolab::io {

/// An NPY array (format 1 to 3): float, integer and boolean types of any width and byte order, C or Fortran
/// order; the result is row-major. Throws E1002 for anything else and for a file of the wrong length.
Array parse_npy(std::string_view bytes, const std::string& source);

/// Every array of an NPZ archive by its name; whole and real scalars become static scalars. Throws E1002, E1007.
ArgumentMap parse_npz(std::string archive, const std::string& source);

}  // namespace dolab::io
