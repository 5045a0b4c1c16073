// jax.lax helpers: loops with a static number of steps, dynamic slices, parallel prefix.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

using LoopFunction = std::function<std::vector<Tensor>(const Tensor& i, const std::vector<Tensor>& carry)>;
/// carry = body(i, carry) for i = lower .. upper-1, as a scan. Throws E606 when the carry changes shape.
std::vector<Tensor> fori_loop(Graph& graph, std::int64_t lower, std::int64_t upper, const LoopFunction& body,
                              const std::vector<Tensor>& init);

using MapFunction = std::function<std::vector<Tensor>(const std::vector<Tensor>& x)>;
/// body over the entries of axis 0, one after the other; the results stacked (lax.map).
std::vector<Tensor> map_rows(Graph& graph, const MapFunction& body, const std::vector<Tensor>& xs);

/// Both branches computed, one chosen by a scalar predicate; the lists have equal lengths, shapes and kinds.
std::vector<Tensor> cond(const Tensor& predicate, const std::vector<Tensor>& if_true,
                         const std::vector<Tensor>& if_false);
/// Branch number `which` (scalar, clamped) of several.
std::vector<Tensor> switch_case(const Tensor& which, const std::vector<std::vector<Tensor>>& branches);

/// Block of extents `sizes` from `starts` (scalars, traced or not, wrapped once when negative); moved inwards to fit.
Tensor dynamic_slice(const Tensor& a, const std::vector<Tensor>& starts, const std::vector<std::int64_t>& sizes);
/// `a` with `update` written from `starts`; moved inwards to fit.
Tensor dynamic_update_slice(const Tensor& a, const Tensor& update, const std::vector<Tensor>& starts);
Tensor dynamic_slice_in_dim(const Tensor& a, const Tensor& start, std::int64_t size, std::int64_t axis = 0);
Tensor dynamic_index_in_dim(const Tensor& a, const Tensor& i, std::int64_t axis = 0, bool keep = true);

using CombineFunction =
    std::function<std::vector<Tensor>(const std::vector<Tensor>& earlier, const std::vector<Tensor>& later)>;
/// Inclusive prefix combination along `axis` in O(log n) steps (lax.associative_scan); `combine` is vectorised.
std::vector<Tensor> associative_scan(const CombineFunction& combine, const std::vector<Tensor>& elements,
                                     bool reverse = false, std::int64_t axis = 0);

}  // namespace dolab::tensor
