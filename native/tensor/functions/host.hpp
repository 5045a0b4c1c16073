// Functions of known arrays whose result shape depends on the values: never part of a graph.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/array.hpp"

namespace dolab::tensor {

struct Unique {
  Array values;   // sorted, NaN last and once
  Array index;    // first position of each value in the flattened array
  Array inverse;  // position in `values` of each element, in the shape of the input
  Array counts;
};
/// np.unique of the flattened array.
Unique unique(const Array& a);
/// np.unique(a, axis=0): distinct rows in lexicographic order; `inverse` has one entry per row.
Unique unique_rows(const Array& a);
/// One integer vector per axis (np.nonzero); a scalar counts as shape (1,).
std::vector<Array> nonzero(const Array& a);
/// np.flatnonzero.
Array flat_nonzero(const Array& a);
/// np.argwhere: (count, rank).
Array argwhere(const Array& a);
/// Sorted distinct values of `a` that are not in `b`; of both; of either.
Array setdiff1d(const Array& a, const Array& b);
Array intersect1d(const Array& a, const Array& b);
Array union1d(const Array& a, const Array& b);
/// Boolean, in the shape of `a`.
Array isin(const Array& a, const Array& elements, bool invert = false);
/// Counts (or sums of weights) of non-negative codes; at least `min_length` long. Throws E405 for a negative code.
Array bincount_values(const Array& codes, const Array* weights = nullptr, std::int64_t min_length = 0);
/// Lexicographic order by the last key first (np.lexsort).
Array lexsort(const std::vector<Array>& keys);
/// np.histogram: counts between ascending `edges`, the last bin closed.
Array histogram(const Array& a, const Array& edges);
/// True if the arrays have one shape and equal values.
bool array_equal(const Array& a, const Array& b, bool equal_nan = false);
bool allclose(const Array& a, const Array& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);

}  // namespace dolab::tensor
