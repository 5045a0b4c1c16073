// Shape operations and reductions.
#include <algorithm>
#include <cmath>
#include <optional>

#include "dolab/error.hpp"
#include "tensor/build.hpp"

namespace dolab::tensor {

namespace {

std::int64_t normal_axis(const Tensor& a, std::int64_t axis) {
  a.extent(axis);  // checks
  return axis < 0 ? axis + a.rank() : axis;
}

Tensor make(const Tensor& a, Op op, Shape shape, std::vector<std::int64_t> ints, std::uint8_t kind = 0) {
  Node node;
  node.op = op;
  node.kind = kind;
  node.dtype = a.dtype();
  node.shape = std::move(shape);
  node.inputs = {a.id()};
  node.ints = std::move(ints);
  return {&a.graph(), a.graph().add(std::move(node))};
}

std::vector<std::int64_t> normal_axes(const Tensor& a, std::vector<std::int64_t> axes) {
  if (axes.empty()) {
    for (std::int64_t i = 0; i < a.rank(); ++i) axes.push_back(i);
    return axes;
  }
  for (auto& axis : axes) axis = normal_axis(a, axis);
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) throw Error("E405", "an axis is named twice");
  return axes;
}

Shape reduced_shape(const Tensor& a, const std::vector<std::int64_t>& axes, bool keep) {
  Shape shape;
  for (std::int64_t i = 0; i < a.rank(); ++i) {
    const bool dropped = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (!dropped) shape.push_back(a.shape()[static_cast<std::size_t>(i)]);
    if (dropped && keep) shape.push_back(1);
  }
  return shape;
}

/// Reduction of a broadcast: of its source, times the number of repetitions for a sum.
Tensor reduce_broadcast(Reduction kind, const Tensor& a, const std::vector<std::int64_t>& axes, bool keep) {
  const Tensor source = operand(a, 0);
  Shape aligned(a.shape().size() - source.shape().size(), 1);
  aligned.insert(aligned.end(), source.shape().begin(), source.shape().end());
  double copies = 1.0;
  for (const auto axis : axes) {
    const auto i = static_cast<std::size_t>(axis);
    if (aligned[i] == 1) copies *= static_cast<double>(a.shape()[i]);
  }
  const Tensor inner = reduce(kind, reshape(source, aligned), axes, keep);
  const bool counts = kind == Reduction::sum && copies != 1.0;
  const Tensor total = counts ? inner * a.graph().scalar(copies, DType::integer) : inner;
  return broadcast_to(total, reduced_shape(a, axes, keep));
}

/// Sums shed scalar factors, and terms that are constant or of a lower rank: the loop over the data gets shorter.
std::optional<Tensor> simplify_sum(const Tensor& a, const std::vector<std::int64_t>& axes, bool keep) {
  const Node& node = a.node();
  if (a.dtype() != DType::real || node.inputs.size() != 2 || node.op != Op::binary) return std::nullopt;
  const Tensor x = operand(a, 0), y = operand(a, 1);
  const auto scalar = [](const Tensor& t) { return reshape(t, {}); };
  switch (static_cast<Binary>(node.kind)) {
    case Binary::multiply:
      if (y.size() == 1)
        return reduce(Reduction::sum, broadcast_to(cast(x, DType::real), a.shape()), axes, keep) * scalar(y);
      if (x.size() == 1)
        return reduce(Reduction::sum, broadcast_to(cast(y, DType::real), a.shape()), axes, keep) * scalar(x);
      return std::nullopt;
    case Binary::divide:
      if (y.size() == 1)
        return reduce(Reduction::sum, broadcast_to(cast(x, DType::real), a.shape()), axes, keep) / scalar(y);
      return std::nullopt;
    case Binary::add:
    case Binary::subtract: {
      const bool smaller = x.size() < a.size() || y.size() < a.size();
      if (!smaller && !x.is_constant() && !y.is_constant()) return std::nullopt;
      const Tensor left = reduce(Reduction::sum, broadcast_to(cast(x, DType::real), a.shape()), axes, keep);
      const Tensor right = reduce(Reduction::sum, broadcast_to(cast(y, DType::real), a.shape()), axes, keep);
      return static_cast<Binary>(node.kind) == Binary::add ? left + right : left - right;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

Tensor reshape(const Tensor& a, Shape shape) {
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) {
    *open = 1;
    const std::int64_t known = element_count(shape);
    if (known == 0 || a.size() % known != 0) {
      throw Error("E407", "cannot reshape " + to_string(a.shape()) + " with one open extent");
    }
    *open = a.size() / known;
  }
  if (element_count(shape) != a.size() || std::any_of(shape.begin(), shape.end(), [](auto d) { return d < 0; })) {
    throw Error("E407", "cannot reshape " + to_string(a.shape()) + " to " + to_string(shape));
  }
  if (shape == a.shape()) return a;
  if (a.node().op == Op::constant) return a.graph().constant(a.node().value.reshaped(std::move(shape)));
  if (a.node().op == Op::reshape) return reshape(Tensor(&a.graph(), a.node().inputs[0]), std::move(shape));
  return make(a, Op::reshape, std::move(shape), {});
}

Tensor transpose(const Tensor& a, std::vector<std::int64_t> permutation) {
  if (static_cast<std::int64_t>(permutation.size()) != a.rank()) {
    throw Error("E407", "transpose of shape " + to_string(a.shape()) + " needs " + std::to_string(a.rank()) + " axes");
  }
  for (auto& p : permutation) p = normal_axis(a, p);
  std::vector<std::int64_t> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  Shape shape;
  bool identity = true;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    if (sorted[i] != static_cast<std::int64_t>(i)) throw Error("E405", "an axis is named twice");
    identity = identity && permutation[i] == static_cast<std::int64_t>(i);
    shape.push_back(a.shape()[static_cast<std::size_t>(permutation[i])]);
  }
  if (identity) return a;
  if (a.node().op == Op::transpose) {
    std::vector<std::int64_t> joint;
    for (const auto p : permutation) joint.push_back(a.node().ints[static_cast<std::size_t>(p)]);
    return transpose(Tensor(&a.graph(), a.node().inputs[0]), joint);
  }
  return make(a, Op::transpose, std::move(shape), std::move(permutation));
}

Tensor swap_axes(const Tensor& a, std::int64_t i, std::int64_t j) {
  std::vector<std::int64_t> permutation;
  for (std::int64_t k = 0; k < a.rank(); ++k) permutation.push_back(k);
  std::swap(permutation[static_cast<std::size_t>(normal_axis(a, i))],
            permutation[static_cast<std::size_t>(normal_axis(a, j))]);
  return transpose(a, permutation);
}

Tensor matrix_transpose(const Tensor& a) {
  if (a.rank() < 2) throw Error("E407", "a matrix is needed, not shape " + to_string(a.shape()));
  return swap_axes(a, -1, -2);
}

Tensor broadcast_to(const Tensor& a, const Shape& shape) {
  if (a.shape() == shape) return a;
  if (broadcast_shapes(a.shape(), shape) != shape) {
    throw Error("E407", "cannot broadcast " + to_string(a.shape()) + " to " + to_string(shape));
  }
  if (a.node().op == Op::broadcast) {
    const Tensor source(&a.graph(), a.node().inputs[0]);
    if (broadcast_shapes(source.shape(), shape) == shape && source.rank() == a.rank())
      return broadcast_to(source, shape);
  }
  if (element_count(shape) == a.size()) return reshape(a, shape);
  return make(a, Op::broadcast, shape, {});
}

Tensor expand_dims(const Tensor& a, std::int64_t axis) {
  const std::int64_t at = axis < 0 ? axis + a.rank() + 1 : axis;
  if (at < 0 || at > a.rank())
    throw Error("E405", "axis " + std::to_string(axis) + " of shape " + to_string(a.shape()));
  Shape shape = a.shape();
  shape.insert(shape.begin() + at, 1);
  return reshape(a, shape);
}

Tensor squeeze(const Tensor& a, std::int64_t axis) {
  const std::int64_t at = normal_axis(a, axis);
  if (a.extent(at) != 1) {
    throw Error("E407", "axis " + std::to_string(axis) + " of shape " + to_string(a.shape()) + " has not extent 1");
  }
  Shape shape = a.shape();
  shape.erase(shape.begin() + at);
  return reshape(a, shape);
}

Tensor slice_axis(const Tensor& a, std::int64_t axis, std::int64_t start, std::int64_t count, std::int64_t step) {
  const std::int64_t at = normal_axis(a, axis);
  const std::int64_t extent = a.extent(at);
  const std::int64_t last = start + (count - 1) * step;
  if (count < 0 || (count > 0 && (start < 0 || start >= extent || last < 0 || last >= extent))) {
    throw Error("E405", "elements " + std::to_string(start) + " to " + std::to_string(last) + " of axis " +
                            std::to_string(axis) + " (size " + std::to_string(extent) + ")");
  }
  if (count == extent && step == 1) return a;
  Shape shape = a.shape();
  shape[static_cast<std::size_t>(at)] = count;
  std::vector<std::int64_t> ints;
  for (std::int64_t i = 0; i < a.rank(); ++i) {
    ints.push_back(i == at && count > 0 ? start : 0);
    ints.push_back(i == at ? step : 1);
  }
  return make(a, Op::slice, std::move(shape), std::move(ints));
}

Tensor take_axis(const Tensor& a, std::int64_t axis, std::int64_t i) {
  const std::int64_t at = normal_axis(a, axis);
  const std::int64_t extent = a.extent(at);
  const std::int64_t index = i < 0 ? i + extent : i;
  if (index < 0 || index >= extent) {
    throw Error("E405", "index " + std::to_string(i) + " into axis " + std::to_string(axis) + " (size " +
                            std::to_string(extent) + ")");
  }
  return squeeze(slice_axis(a, at, index, 1), at);
}

Tensor concat(const std::vector<Tensor>& parts, std::int64_t axis) {
  if (parts.empty()) throw Error("E407", "nothing to concatenate");
  const Tensor& first = parts.front();
  if (first.rank() == 0) throw Error("E407", "scalars cannot be concatenated", "use stack");
  const std::int64_t at = normal_axis(first, axis);
  Node node;
  node.op = Op::concat;
  node.ints = {at};
  node.shape = first.shape();
  node.shape[static_cast<std::size_t>(at)] = 0;
  for (const auto& part : parts) {
    Shape shape = part.shape();
    if (shape.size() != node.shape.size()) {
      throw Error("E407", "cannot concatenate " + to_string(first.shape()) + " and " + to_string(shape));
    }
    const std::int64_t extent = shape[static_cast<std::size_t>(at)];
    shape[static_cast<std::size_t>(at)] = first.shape()[static_cast<std::size_t>(at)];
    if (shape != first.shape()) {
      throw Error("E407", "cannot concatenate " + to_string(first.shape()) + " and " + to_string(part.shape()));
    }
    node.shape[static_cast<std::size_t>(at)] += extent;
    node.dtype = std::max(part.dtype(), node.inputs.empty() ? part.dtype() : node.dtype);
    node.inputs.push_back(part.id());
  }
  if (parts.size() == 1) return first;
  return {&first.graph(), first.graph().add(std::move(node))};
}

Tensor stack(const std::vector<Tensor>& parts, std::int64_t axis) {
  if (parts.empty()) throw Error("E407", "nothing to stack");
  std::vector<Tensor> expanded;
  for (const auto& part : parts) {
    if (part.shape() != parts.front().shape()) {
      throw Error("E407", "cannot stack " + to_string(parts.front().shape()) + " and " + to_string(part.shape()));
    }
    expanded.push_back(expand_dims(part, axis));
  }
  return concat(expanded, axis);
}

Tensor flip(const Tensor& a, std::int64_t axis) {
  const std::int64_t extent = a.extent(axis);
  return extent <= 1 ? a : slice_axis(a, axis, extent - 1, extent, -1);
}

Tensor pad_zeros(const Tensor& a, const std::vector<std::int64_t>& low, const std::vector<std::int64_t>& high) {
  if (low.size() != a.shape().size() || high.size() != a.shape().size()) {
    throw Error("E407", "padding needs one width per axis of " + to_string(a.shape()));
  }
  Shape shape = a.shape();
  std::vector<std::int64_t> ints;
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (low[i] < 0 || high[i] < 0) throw Error("E407", "negative padding");
    shape[i] += low[i] + high[i];
    ints.insert(ints.end(), {low[i], 0, high[i]});
  }
  return shape == a.shape() ? a : make(a, Op::pad, std::move(shape), std::move(ints));
}

Tensor reduce(Reduction kind, const Tensor& a, std::vector<std::int64_t> axes, bool keep) {
  axes = normal_axes(a, std::move(axes));
  const Shape shape = reduced_shape(a, axes, keep);
  if (a.size() == 0 && (kind == Reduction::max || kind == Reduction::min)) {
    throw Error("E407", "maximum or minimum of an empty tensor");
  }
  if (element_count(shape) == a.size()) {
    const bool count = kind == Reduction::sum || kind == Reduction::prod;
    return reshape(count && a.dtype() == DType::boolean ? cast(a, DType::integer) : a, shape);
  }
  // sum(-x) = -sum(x), sum(c x) = c sum(x): the chain shrinks to the reduced size.
  if (kind == Reduction::sum && a.node().op == Op::unary && a.node().kind == static_cast<std::uint8_t>(Unary::negate)) {
    return -reduce(kind, operand(a, 0), axes, keep);
  }
  if (a.node().op == Op::broadcast && kind != Reduction::prod) return reduce_broadcast(kind, a, axes, keep);
  if (kind == Reduction::sum && !a.is_constant()) {
    if (const auto simple = simplify_sum(a, axes, keep)) return *simple;
  }
  Tensor out = make(a, Op::reduce, reduced_shape(a, axes, false), axes, static_cast<std::uint8_t>(kind));
  if (a.dtype() == DType::boolean && (kind == Reduction::sum || kind == Reduction::prod)) {
    Node node = out.node();
    node.dtype = DType::integer;
    out = {&a.graph(), a.graph().add(std::move(node))};
  }
  return keep ? reshape(out, shape) : out;
}

Tensor sum(const Tensor& a) { return reduce(Reduction::sum, a); }

Tensor sum(const Tensor& a, std::vector<std::int64_t> axes, bool keep) {
  return reduce(Reduction::sum, a, std::move(axes), keep);
}

Tensor mean(const Tensor& a, std::vector<std::int64_t> axes, bool keep) {
  const Tensor total = reduce(Reduction::sum, cast(a, DType::real), std::move(axes), keep);
  return total.size() == 0 ? total : total / (static_cast<double>(a.size()) / static_cast<double>(total.size()));
}

Tensor reduce_max(const Tensor& a, std::vector<std::int64_t> axes, bool keep) {
  return reduce(Reduction::max, a, std::move(axes), keep);
}

namespace {

constexpr std::int64_t kUnrolledExtent = 4;  // a short axis beside long ones is unrolled into separate vectors
constexpr std::int64_t kUnrolledRest = 32;

/// Entry k of `a` along an axis (dropped), with the selection pushed through elementwise operations.
Tensor entry(const Tensor& a, std::int64_t axis, std::int64_t k) {
  const Node& node = a.node();  // stays where it is while the graph grows
  const bool elementwise = node.op == Op::unary || node.op == Op::binary || node.op == Op::select;
  if (!elementwise || a.is_constant()) return take_axis(a, axis, k);
  std::vector<Tensor> in;
  for (const auto id : node.inputs) {
    const Tensor operand(&a.graph(), id);
    const std::int64_t own = axis - (a.rank() - operand.rank());
    if (own < 0) {
      in.push_back(operand);
    } else if (operand.extent(own) == 1) {
      in.push_back(squeeze(operand, own));
    } else {
      in.push_back(entry(operand, own, k));
    }
  }
  Shape shape = a.shape();
  shape.erase(shape.begin() + axis);
  if (node.op == Op::unary && static_cast<Unary>(node.kind) == Unary::copy) return take_axis(a, axis, k);
  if (node.op == Op::unary) return broadcast_to(unary(static_cast<Unary>(node.kind), in[0]), shape);
  if (node.op == Op::binary) return broadcast_to(binary(static_cast<Binary>(node.kind), in[0], in[1]), shape);
  return broadcast_to(select(in[0], in[1], in[2]), shape);
}

bool unrolls(const Tensor& a, const std::vector<std::int64_t>& axes) {
  if (axes.size() != 1 || a.is_constant()) return false;
  const std::int64_t extent = a.extent(axes[0]);
  return extent > 1 && extent <= kUnrolledExtent && a.size() / extent >= kUnrolledRest;
}

/// log sum exp over a short axis, entry by entry: vectors run along the long axes.
Tensor unrolled_logsumexp(const Tensor& x, std::int64_t axis) {
  std::vector<Tensor> terms;
  for (std::int64_t k = 0; k < x.extent(axis); ++k) terms.push_back(entry(x, axis, k));
  Tensor peak = terms[0];
  for (std::size_t k = 1; k < terms.size(); ++k) peak = maximum(peak, terms[k]);
  peak = stop_gradient(peak);
  const Tensor zero = x.graph().scalar(0.0);
  const Tensor shift = select(unary(Unary::is_finite, peak), peak, zero);
  Tensor total;
  for (const auto& term : terms) {
    const Tensor weight = exp(term - shift);
    total = total.defined() ? total + weight : weight;
  }
  // All terms -inf: the sum is 0, the result -inf and the gradient 0.
  const Tensor some = total > 0.0;
  return select(some, log(select(some, total, x.graph().scalar(1.0))), x.graph().scalar(-INFINITY)) + shift;
}

}  // namespace

Tensor logsumexp(const Tensor& a, std::vector<std::int64_t> axes, bool keep) {
  axes = normal_axes(a, std::move(axes));
  const Tensor x = cast(a, DType::real);
  const Shape shape = reduced_shape(x, axes, keep);
  if (element_count(shape) == x.size()) return reshape(x, shape);
  if (unrolls(x, axes)) return reshape(unrolled_logsumexp(x, axes[0]), shape);
  return reshape(make(x, Op::logsumexp, reduced_shape(x, axes, false), axes), shape);
}

Tensor log_softmax(const Tensor& a, std::int64_t axis) { return a - logsumexp(a, {axis}, true); }

Tensor cumsum(const Tensor& a, std::int64_t axis, bool reverse) {
  const Tensor x = a.dtype() == DType::boolean ? cast(a, DType::integer) : a;
  return make(x, Op::cumsum, x.shape(), {normal_axis(x, axis), reverse ? 1 : 0});
}

namespace {

Tensor argreduce(const Tensor& a, std::int64_t axis, std::uint8_t kind) {
  const std::int64_t at = normal_axis(a, axis);
  if (a.extent(at) == 0) throw Error("E407", "argmax or argmin of an empty axis");
  Shape shape = a.shape();
  shape.erase(shape.begin() + at);
  Node node;
  node.op = Op::argreduce;
  node.kind = kind;
  node.dtype = DType::integer;
  node.shape = std::move(shape);
  node.inputs = {a.id()};
  node.ints = {at};
  return {&a.graph(), a.graph().add(std::move(node))};
}

}  // namespace

Tensor argmax(const Tensor& a, std::int64_t axis) { return argreduce(a, axis, 0); }
Tensor argmin(const Tensor& a, std::int64_t axis) { return argreduce(a, axis, 1); }

Tensor sort_order(const Tensor& a) {
  if (a.rank() == 0) throw Error("E405", "a scalar has no axis to sort");
  Node node;
  node.op = Op::sort_order;
  node.dtype = DType::integer;
  node.shape = a.shape();
  node.inputs = {a.id()};
  return {&a.graph(), a.graph().add(std::move(node))};
}

}  // namespace dolab::tensor
