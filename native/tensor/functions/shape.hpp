// Creation, joining, splitting and rearranging of arrays (jax.numpy).
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

// ---- creation ------------------------------------------------------------------------------------------
/// start, start + step, ... below stop (above, if step < 0). Integers if `dtype` is integer.
Tensor arange(Graph& graph, double start, double stop, double step, DType dtype);
/// `count` points from start to stop (included if `endpoint`) on a new axis 0; start and stop broadcast.
Tensor linspace(const Tensor& start, const Tensor& stop, std::int64_t count, bool endpoint = true);
/// base ** linspace.
Tensor logspace(const Tensor& start, const Tensor& stop, std::int64_t count, bool endpoint = true, double base = 10.0);
Tensor eye(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k = 0, DType dtype = DType::real);
/// Ones at and below diagonal k.
Tensor tri(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k = 0, DType dtype = DType::real);
/// np.diag: a vector becomes a matrix with it on diagonal k; of a matrix diagonal k is taken.
Tensor diag(const Tensor& a, std::int64_t k = 0);
/// Coordinates of a grid; `matrix_indexing` is NumPy's indexing="ij" (otherwise "xy").
std::vector<Tensor> meshgrid(const std::vector<Tensor>& axes, bool matrix_indexing = false, bool sparse = false);
/// Row and column numbers of the entries at and below diagonal k (columns = rows if negative).
std::pair<Tensor, Tensor> tril_indices(Graph& graph, std::int64_t rows, std::int64_t k = 0, std::int64_t columns = -1);
std::pair<Tensor, Tensor> triu_indices(Graph& graph, std::int64_t rows, std::int64_t k = 0, std::int64_t columns = -1);

// ---- repetition and padding ------------------------------------------------------------------------------
Tensor tile(const Tensor& a, const std::vector<std::int64_t>& counts);
/// Every element `count` times, along `axis` (flattened if absent).
Tensor repeat(const Tensor& a, std::int64_t count, std::optional<std::int64_t> axis = {});
/// Element i counts[i] times.
Tensor repeat(const Tensor& a, const std::vector<std::int64_t>& counts, std::optional<std::int64_t> axis = {});
using PadWidths = std::vector<std::pair<std::int64_t, std::int64_t>>;
/// One (before, after) pair per axis, or one pair for all. `value` broadcasts to (rank, 2): one number, (before,
/// after) or such a pair per axis; in the corners the later axis wins. `edge` repeats the border elements.
Tensor pad(const Tensor& a, const PadWidths& widths, const Tensor& value);
Tensor pad_edge(const Tensor& a, const PadWidths& widths);

// ---- joining and splitting ---------------------------------------------------------------------------------
/// np.concatenate; the kinds of the parts are promoted. No axis: flattened.
Tensor concatenate(const std::vector<Tensor>& parts, std::optional<std::int64_t> axis = 0);
Tensor hstack(const std::vector<Tensor>& parts);
Tensor vstack(const std::vector<Tensor>& parts);
Tensor dstack(const std::vector<Tensor>& parts);
Tensor column_stack(const std::vector<Tensor>& parts);
/// np.append: flattened if no axis is given.
Tensor append(const Tensor& a, const Tensor& values, std::optional<std::int64_t> axis = {});
/// `sections` equal parts; `uneven` allows NumPy's array_split.
std::vector<Tensor> split(const Tensor& a, std::int64_t sections, std::int64_t axis = 0, bool uneven = false);
/// Cuts before each of `positions`.
std::vector<Tensor> split_at(const Tensor& a, const std::vector<std::int64_t>& positions, std::int64_t axis = 0);
/// The entries along `axis`, that axis dropped.
std::vector<Tensor> unstack(const Tensor& a, std::int64_t axis = 0);

// ---- rearranging ----------------------------------------------------------------------------------------------
Tensor ravel(const Tensor& a);
Tensor moveaxis(const Tensor& a, const std::vector<std::int64_t>& source, const std::vector<std::int64_t>& target);
/// All axes of extent 1, or the given ones (E407 if one is not 1).
Tensor squeeze_axes(const Tensor& a, const std::vector<std::int64_t>& axes = {});
Tensor expand_axes(const Tensor& a, const std::vector<std::int64_t>& axes);  // positions in the result
/// Reversed along all axes (none given) or the given ones.
Tensor flip_axes(const Tensor& a, const std::vector<std::int64_t>& axes = {});
/// No axes: the flattened array is rolled by the sum of the shifts.
Tensor roll(const Tensor& a, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes = {});
Tensor rot90(const Tensor& a, std::int64_t times = 1);
Tensor atleast_1d(const Tensor& a);
Tensor atleast_2d(const Tensor& a);
Tensor atleast_3d(const Tensor& a);
std::vector<Tensor> broadcast_arrays(const std::vector<Tensor>& parts);

// ---- selection ---------------------------------------------------------------------------------------------------
/// Entries `indices` along `axis` (flattened if absent). Out of range after wrapping: NaN (0 for other kinds).
Tensor take(const Tensor& a, const Tensor& indices, std::optional<std::int64_t> axis = {});
/// out[..., i, ...] = a[..., indices[..., i, ...], ...]; the other axes broadcast. Out of range: NaN.
Tensor take_along_axis(const Tensor& a, const Tensor& indices, std::optional<std::int64_t> axis);
/// 1 where code == class, on a new axis; codes out of range give zeros.
Tensor one_hot(const Tensor& codes, std::int64_t classes, DType dtype = DType::real, std::int64_t axis = -1);
/// Rows of `a` where the constant 1-D `condition` holds (np.compress, np.extract).
Tensor compress(const Tensor& condition, const Tensor& a, std::optional<std::int64_t> axis = {});
/// The first condition that holds chooses (np.select).
Tensor select_first(const std::vector<Tensor>& conditions, const std::vector<Tensor>& choices, const Tensor& otherwise);

}  // namespace dolab::tensor
