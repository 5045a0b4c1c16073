// Reverse-mode differentiation, graph to graph. The result is an ordinary graph and can be differentiated again.
#include <algorithm>
#include <cmath>

#include "dolab/error.hpp"
#include "tensor/rebuild.hpp"

namespace dolab::tensor {

namespace {

constexpr double kTwoOverSqrtPi = 1.1283791670955126;
constexpr double kLogSqrtTwoPi = 0.91893853320467274178;

class Reverse {
 public:
  Reverse(Graph& graph, const std::vector<Tensor>& wrt) : graph_(graph) {
    for (const auto& t : wrt) active_.insert_or_assign(t.id(), true);
  }

  void mark_active(const std::vector<NodeId>& order) {
    for (const auto id : order) {
      bool on = active_.count(id) != 0;
      for (const auto input : graph_.node(id).inputs) on = on || is_active(input);
      if (graph_.node(id).op == Op::stop_gradient) on = active_.count(id) != 0;
      if (on) active_.insert_or_assign(id, true);
    }
  }

  bool is_active(NodeId id) const { return active_.count(id) != 0; }

  void seed(const Tensor& output, const Tensor& cotangent) { accumulate(output.id(), cotangent, false); }

  void propagate(NodeId id) {
    const Node node = graph_.node(id);  // a copy: the graph grows
    if (node.op == Op::scan) return scan_adjoint(id, node);
    const auto found = adjoint_.find(id);
    if (found == adjoint_.end()) return;
    if (node.op == Op::project) {
      cotangents_of_scan_[node.inputs[0]].emplace_back(node.ints[0], value_of(found->second));
      return;
    }
    out_ = Tensor(&graph_, id);
    g_ = value_of(found->second);
    masked_ = found->second.masked;
    node_adjoint(node);
  }

  Tensor result(const Tensor& wrt) const {
    const auto found = adjoint_.find(wrt.id());
    return found == adjoint_.end() ? full(graph_, wrt.shape(), 0.0)
                                   : broadcast_to(value_of(found->second), wrt.shape());
  }

 private:
  struct Adjoint {
    Tensor tensor;                 // may be undefined while there are only segments
    bool masked = false;           // went through a select: may be an exact zero beside an infinite derivative
    std::vector<Tensor> segments;  // adjoints of slices along one axis: padded pieces, joined at the end
  };

  /// The axis along which a padded piece is surrounded by zeros, -1 if it is of another form.
  static std::int64_t segment_axis(const Node& node) {
    if (node.op != Op::pad) return -1;
    std::int64_t axis = -1;
    for (std::size_t i = 0; i < node.shape.size(); ++i) {
      if (node.ints[3 * i + 1] != 0) return -1;
      if (node.ints[3 * i] == 0 && node.ints[3 * i + 2] == 0) continue;
      if (axis >= 0) return -1;
      axis = static_cast<std::int64_t>(i);
    }
    return axis;
  }

  /// Disjoint pieces are concatenated instead of added up under their zeros.
  Tensor join(std::vector<Tensor> segments) const {
    const std::int64_t axis = segment_axis(segments.front().node());
    const auto at = static_cast<std::size_t>(axis);
    const auto low = [at](const Tensor& t) { return t.node().ints[3 * at]; };
    std::stable_sort(segments.begin(), segments.end(),
                     [&](const Tensor& a, const Tensor& b) { return low(a) < low(b); });
    std::vector<Tensor> parts;
    std::int64_t next = 0;
    Tensor rest;
    for (const auto& segment : segments) {
      const Tensor piece(&graph_, segment.node().inputs[0]);
      if (segment_axis(segment.node()) != axis || low(segment) < next) {
        rest = rest.defined() ? rest + segment : segment;
        continue;
      }
      Shape gap = segment.shape();
      gap[at] = low(segment) - next;
      if (gap[at] > 0) parts.push_back(full(graph_, gap, 0.0));
      parts.push_back(piece);
      next = low(segment) + piece.extent(axis);
    }
    Shape gap = segments.front().shape();
    gap[at] -= next;
    if (gap[at] > 0) parts.push_back(full(graph_, gap, 0.0));
    const Tensor joined = concat(parts, axis);
    return rest.defined() ? joined + rest : joined;
  }

  Tensor value_of(const Adjoint& adjoint) const {
    if (adjoint.segments.empty()) return adjoint.tensor;
    const Tensor joined = adjoint.segments.size() == 1 ? adjoint.segments.front() : join(adjoint.segments);
    return adjoint.tensor.defined() ? adjoint.tensor + joined : joined;
  }

  bool differentiable(NodeId id) const { return is_active(id) && graph_.node(id).dtype == DType::real; }

  void accumulate(NodeId id, const Tensor& value, bool masked) {
    Adjoint& adjoint = adjoint_[id];
    adjoint.masked = adjoint.masked || masked;
    if (segment_axis(value.node()) >= 0) {
      adjoint.segments.push_back(value);
    } else {
      adjoint.tensor = adjoint.tensor.defined() ? adjoint.tensor + value : value;
    }
  }

  /// Adds a contribution to operand `i`, summed back over broadcast axes.
  void give(const Node& node, std::size_t i, const Tensor& value, bool masked) {
    const Tensor operand(&graph_, node.inputs[i]);
    accumulate(node.inputs[i], sum_to_shape(value, operand.shape()), masked);
  }
  void give(const Node& node, std::size_t i, const Tensor& value) { give(node, i, value, masked_); }

  Tensor input(const Node& node, std::size_t i) const { return {&graph_, node.inputs[i]}; }

  /// g * slope, but 0 where g is an exact zero from an untaken branch (the double-where rule).
  Tensor guarded(const Tensor& slope) const {
    if (!masked_) return g_ * slope;
    const Tensor zero = graph_.scalar(0.0);
    return select(equal(g_, zero), zero, g_ * slope);
  }

  void node_adjoint(const Node& node) {
    switch (node.op) {
      case Op::unary:
        if (differentiable(node.inputs[0])) unary_adjoint(node);
        break;
      case Op::binary:
        binary_adjoint(node);
        break;
      case Op::select: {
        const Tensor c = input(node, 0), zero = graph_.scalar(0.0);
        if (differentiable(node.inputs[1])) give(node, 1, select(c, g_, zero), true);
        if (differentiable(node.inputs[2])) give(node, 2, select(c, zero, g_), true);
        break;
      }
      case Op::reduce:
        if (differentiable(node.inputs[0])) reduce_adjoint(node);
        break;
      case Op::logsumexp:
        if (differentiable(node.inputs[0])) {
          // exp(x - out); where all terms are -inf the gradient is 0 (a deliberate difference from NaN).
          const Tensor out = keep_axes(out_, node);
          const Tensor shift = select(unary(Unary::is_finite, out), out, graph_.scalar(0.0));
          give(node, 0, keep_axes(g_, node) * exp(input(node, 0) - shift));
        }
        break;
      default:
        structural_adjoint(node);
        break;
    }
  }

  void unary_adjoint(const Node& node) {
    const Tensor x = input(node, 0);
    switch (static_cast<Unary>(node.kind)) {
      case Unary::copy:
        give(node, 0, g_);
        break;
      case Unary::negate:
        give(node, 0, -g_);
        break;
      case Unary::abs:
        give(node, 0, g_ * unary(Unary::sign, x));
        break;
      case Unary::square:
        give(node, 0, masked_ ? guarded(x + x) : (2.0 * g_) * x);
        break;
      case Unary::sqrt:
        give(node, 0, guarded(0.5 / out_));
        break;
      case Unary::reciprocal:
        give(node, 0, guarded(-square(out_)));
        break;
      case Unary::exp:
        give(node, 0, guarded(out_));
        break;
      case Unary::expm1:
        give(node, 0, guarded(out_ + 1.0));
        break;
      case Unary::log:
        give(node, 0, guarded(reciprocal(x)));
        break;
      case Unary::log1p:
        give(node, 0, guarded(reciprocal(1.0 + x)));
        break;
      case Unary::sin:
        give(node, 0, guarded(unary(Unary::cos, x)));
        break;
      case Unary::cos:
        give(node, 0, guarded(-unary(Unary::sin, x)));
        break;
      case Unary::tan:
        give(node, 0, guarded(1.0 + square(out_)));
        break;
      case Unary::arcsin:
        give(node, 0, guarded(reciprocal(sqrt(1.0 - square(x)))));
        break;
      case Unary::arccos:
        give(node, 0, guarded(-reciprocal(sqrt(1.0 - square(x)))));
        break;
      case Unary::arctan:
        give(node, 0, guarded(reciprocal(1.0 + square(x))));
        break;
      case Unary::sinh:
        give(node, 0, guarded(unary(Unary::cosh, x)));
        break;
      case Unary::cosh:
        give(node, 0, guarded(unary(Unary::sinh, x)));
        break;
      case Unary::tanh:
        give(node, 0, guarded(1.0 - square(out_)));
        break;
      case Unary::sigmoid:
        give(node, 0, g_ * (out_ * (1.0 - out_)));
        break;
      case Unary::log_sigmoid:
        give(node, 0, g_ * sigmoid(-x));
        break;
      case Unary::softplus:
        give(node, 0, g_ * sigmoid(x));
        break;
      case Unary::erf:
        give(node, 0, guarded(kTwoOverSqrtPi * exp(-square(x))));
        break;
      case Unary::erfc:
        give(node, 0, guarded(-kTwoOverSqrtPi * exp(-square(x))));
        break;
      case Unary::erfinv:
        give(node, 0, guarded(exp(square(out_)) / kTwoOverSqrtPi));
        break;
      case Unary::ndtri:
        give(node, 0, guarded(exp(0.5 * square(out_) + kLogSqrtTwoPi)));
        break;
      case Unary::log_ndtr:
        give(node, 0, guarded(exp(-0.5 * square(x) - kLogSqrtTwoPi - out_)));
        break;
      case Unary::lgamma:
        give(node, 0, guarded(digamma(x)));
        break;
      case Unary::digamma:
        give(node, 0, guarded(unary(Unary::trigamma, x)));
        break;
      case Unary::log1mexp:
        give(node, 0, guarded(reciprocal(expm1(x))));
        break;
      case Unary::trigamma:
        throw Error("E1999", "the derivative of trigamma is not available");
      default:
        break;  // sign, floor, ceil, round and predicates: zero almost everywhere
    }
  }

  void binary_adjoint(const Node& node) {
    const Tensor a = input(node, 0), b = input(node, 1);
    const bool da = differentiable(node.inputs[0]), db = differentiable(node.inputs[1]);
    const Tensor zero = graph_.scalar(0.0);
    switch (static_cast<Binary>(node.kind)) {
      case Binary::add:
        if (da) give(node, 0, g_);
        if (db) give(node, 1, g_);
        break;
      case Binary::subtract:
        if (da) give(node, 0, g_);
        if (db) give(node, 1, -g_);
        break;
      case Binary::multiply:
        if (da) give(node, 0, guarded(b));
        if (db) give(node, 1, guarded(a));
        break;
      case Binary::divide:
        if (da) give(node, 0, masked_ ? guarded(reciprocal(b)) : g_ / b);
        if (db) give(node, 1, masked_ ? guarded(-(out_ / b)) : -(g_ * (out_ / b)));
        break;
      case Binary::power: {
        if (da) give(node, 0, guarded(power_slope(a, b)));
        if (db) give(node, 1, guarded(select(a > 0.0, log(select(a > 0.0, a, graph_.scalar(1.0))), zero) * out_));
        break;
      }
      case Binary::arctan2: {
        const Tensor norm = square(a) + square(b);
        if (da) give(node, 0, guarded(b / norm));
        if (db) give(node, 1, guarded(-(a / norm)));
        break;
      }
      case Binary::modulo:
        if (da) give(node, 0, g_);
        if (db) give(node, 1, -(g_ * binary(Binary::floor_divide, a, b)));
        break;
      case Binary::minimum:
      case Binary::maximum: {
        const bool is_max = static_cast<Binary>(node.kind) == Binary::maximum;
        const Tensor wins = is_max ? a > b : a < b;
        const Tensor half =
            select(equal(a, b), 0.5 * g_, zero);  // ties share evenly; selected, so that inf * 0 never occurs
        const Tensor loses = is_max ? a < b : a > b;
        if (da) give(node, 0, select(wins, g_, half), true);
        if (db) give(node, 1, select(loses, g_, half), true);
        break;
      }
      case Binary::logaddexp: {
        const Tensor weight = select(equal(a, b), graph_.scalar(0.5), sigmoid(a - b));
        if (da) give(node, 0, g_ * weight);
        if (db) give(node, 1, g_ * (1.0 - weight));
        break;
      }
      case Binary::xlogy:
        if (da) give(node, 0, guarded(log(b)));
        if (db) give(node, 1, select(equal(a, zero), zero, g_ * (a / b)), true);
        break;
      case Binary::xlog1py:
        if (da) give(node, 0, guarded(log1p(b)));
        if (db) give(node, 1, select(equal(a, zero), zero, g_ * (a / (1.0 + b))), true);
        break;
      default:
        break;  // comparisons, logic, floor division
    }
  }

  Tensor power_slope(const Tensor& a, const Tensor& b) const {
    if (b.node().op == Op::constant && b.size() == 1) {
      const double p = b.value()[0];
      return p == 0.0 ? graph_.scalar(0.0) : p * power(a, graph_.scalar(p - 1.0));
    }
    const Tensor zero = graph_.scalar(0.0);
    return select(equal(b, zero), zero, b * power(a, b - 1.0));
  }

  /// `t` (of a reduced shape) with the dropped axes back as extents of 1.
  Tensor keep_axes(const Tensor& t, const Node& node) const {
    Shape shape = input(node, 0).shape();
    for (const auto axis : node.ints) shape[static_cast<std::size_t>(axis)] = 1;
    return reshape(t, shape);
  }

  void reduce_adjoint(const Node& node) {
    const Tensor x = input(node, 0);
    const Tensor g = keep_axes(g_, node);
    switch (static_cast<Reduction>(node.kind)) {
      case Reduction::sum:
        give(node, 0, broadcast_to(g, x.shape()));
        break;
      case Reduction::prod: {
        const Tensor zero = graph_.scalar(0.0);
        const Tensor slope = keep_axes(out_, node) / select(equal(x, zero), graph_.scalar(1.0), x);
        give(node, 0, g * select(equal(x, zero), zero, slope));
        break;
      }
      default: {  // max, min: ties share evenly
        const Tensor hit = cast(equal(x, keep_axes(out_, node)), DType::real);
        const Tensor ties = reduce(Reduction::sum, hit, node.ints, true);
        give(node, 0, (g / ties) * hit);
        break;
      }
    }
  }

  void structural_adjoint(const Node& node) {
    switch (node.op) {
      case Op::gather:
        if (differentiable(node.inputs[0])) {
          give(node, 0, tensor::scatter_add(clamped_index(node), g_, input(node, 0).extent(0)));
        }
        break;
      case Op::scatter_add:
        if (differentiable(node.inputs[1])) give(node, 1, scatter_update_adjoint(node));
        break;
      case Op::concat: {
        std::int64_t start = 0;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
          const std::int64_t extent = input(node, i).extent(node.ints[0]);
          if (differentiable(node.inputs[i])) give(node, i, slice_axis(g_, node.ints[0], start, extent));
          start += extent;
        }
        break;
      }
      case Op::matmul:
        matmul_adjoint(node);
        break;
      case Op::tri_solve:
        tri_solve_adjoint(node);
        break;
      case Op::random:
        break;  // values of a leaf do not depend on its parameters pathwise
      default:
        if (!node.inputs.empty() && differentiable(node.inputs[0])) give(node, 0, single_input_adjoint(node));
        break;
    }
  }

  Tensor single_input_adjoint(const Node& node) {
    const Tensor x = input(node, 0);
    switch (node.op) {
      case Op::reshape:
        return reshape(g_, x.shape());
      case Op::broadcast:
        return g_;  // summed by give()
      case Op::transpose: {
        std::vector<std::int64_t> inverse(node.ints.size());
        for (std::size_t i = 0; i < inverse.size(); ++i)
          inverse[static_cast<std::size_t>(node.ints[i])] = static_cast<std::int64_t>(i);
        return transpose(g_, inverse);
      }
      case Op::slice:
        return slice_adjoint(node, x.shape());
      case Op::pad:
        return pad_adjoint(node, x.shape());
      case Op::cumsum:
        return cumsum(g_, node.ints[0], node.ints[1] == 0);
      case Op::cholesky:
        return cholesky_adjoint();
      default:
        return full(graph_, x.shape(), 0.0);  // argsort, argmax
    }
  }

  Tensor clamped_index(const Node& node) const {
    const Tensor index = input(node, 1);
    if (index.is_constant()) return index;
    const double last = static_cast<double>(input(node, 0).extent(0) - 1);
    return minimum(maximum(index, graph_.scalar(0, DType::integer)), graph_.scalar(last, DType::integer));
  }

  Tensor scatter_update_adjoint(const Node& node) const {
    const Tensor index = input(node, 0);
    const double rows = static_cast<double>(node.shape[0]);
    const Tensor back = tensor::gather(
        g_, minimum(maximum(index, graph_.scalar(0, DType::integer)), graph_.scalar(rows - 1.0, DType::integer)));
    Shape mask_shape = index.shape();
    mask_shape.resize(back.shape().size(), 1);
    const Tensor inside = reshape(logical_and(index >= 0.0, index < rows), mask_shape);
    return select(inside, back, graph_.scalar(0.0));
  }

  Tensor slice_adjoint(const Node& node, const Shape& shape) const {
    Tensor g = g_;
    std::vector<std::int64_t> ints;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      std::int64_t start = node.ints[2 * i], step = node.ints[2 * i + 1];
      const std::int64_t count = g.shape()[i];
      if (step < 0 && count > 0) {
        g = flip(g, static_cast<std::int64_t>(i));
        start += (count - 1) * step;
        step = -step;
      }
      const std::int64_t span = count == 0 ? 0 : (count - 1) * step + 1;
      ints.insert(ints.end(), {start, step - 1, shape[i] - start - span});
    }
    Node pad;
    pad.op = Op::pad;
    pad.shape = shape;
    pad.inputs = {g.id()};
    pad.ints = std::move(ints);
    return {&graph_, graph_.add(std::move(pad))};
  }

  Tensor pad_adjoint(const Node& node, const Shape& shape) const {
    Tensor g = g_;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      g = slice_axis(g, static_cast<std::int64_t>(i), node.ints[3 * i], shape[i], node.ints[3 * i + 1] + 1);
    }
    return g;
  }

  void matmul_adjoint(const Node& node) {
    const Tensor a = input(node, 0), b = input(node, 1);
    if (differentiable(node.inputs[0])) give(node, 0, tensor::matmul(g_, matrix_transpose(b)));
    if (differentiable(node.inputs[1])) give(node, 1, tensor::matmul(matrix_transpose(a), g_));
  }

  /// dA = sym(L^-T P L^-1), P = tril(L^T dL) with halved diagonal (Murray 2016, arXiv:1602.07527).
  Tensor cholesky_adjoint() const {
    const Tensor l = out_;
    const Tensor p = matmul(matrix_transpose(l), lower_triangle(g_));
    const std::int64_t n = l.extent(-1);
    Array weight(DType::real, {n, n});
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) weight.mutable_data()[i * n + j] = i == j ? 0.5 : 1.0;
    }
    const Tensor phi = p * graph_.constant(std::move(weight));
    const Tensor left = tri_solve(l, phi, true);
    const Tensor both = matrix_transpose(tri_solve(l, matrix_transpose(left), true));
    return 0.5 * (both + matrix_transpose(both));
  }

  void tri_solve_adjoint(const Node& node) {
    const Tensor l = input(node, 0);
    const bool transposed = node.ints[0] != 0;
    const Tensor db = tri_solve(l, g_, !transposed);
    if (differentiable(node.inputs[1])) give(node, 1, db);
    if (differentiable(node.inputs[0])) {
      const Tensor product =
          transposed ? tensor::matmul(out_, matrix_transpose(db)) : tensor::matmul(db, matrix_transpose(out_));
      give(node, 0, -lower_triangle(product));
    }
  }

  /// A scan running the other way over the saved carries.
  void scan_adjoint(NodeId id, const Node& node) {
    const auto found = cotangents_of_scan_.find(id);
    if (found == cotangents_of_scan_.end()) return;
    const ScanBody& body = *node.body;
    const Tensor loop(&graph_, id);
    const auto carries = static_cast<std::size_t>(body.carries), steps = static_cast<std::size_t>(body.xs);
    std::vector<Tensor> final_cotangent(carries);
    std::vector<std::pair<std::size_t, Tensor>> y_cotangents, saved_cotangents;
    for (const auto& [number, g] : found->second) {
      const auto i = static_cast<std::size_t>(number);
      if (i >= body.outputs.size())
        saved_cotangents.emplace_back(i - body.outputs.size(), g);
      else if (i < carries)
        final_cotangent[i] = final_cotangent[i].defined() ? final_cotangent[i] + g : g;
      else
        y_cotangents.emplace_back(i, g);
    }
    // Real carries travel back; real active captures collect their adjoints in the carry as well.
    std::vector<std::size_t> real_carries, active_captures, active_xs;
    for (std::size_t i = 0; i < carries; ++i) {
      if (graph_.node(node.inputs[i]).dtype == DType::real) real_carries.push_back(i);
    }
    for (std::size_t i = carries; i < node.inputs.size(); ++i) {
      if (!differentiable(node.inputs[i])) continue;
      (i < carries + steps ? active_xs : active_captures).push_back(i);
    }
    std::vector<Tensor> init, xs;
    for (const auto i : real_carries) {
      init.push_back(final_cotangent[i].defined() ? broadcast_to(final_cotangent[i], input(node, i).shape())
                                                  : full(graph_, input(node, i).shape(), 0.0));
    }
    for (const auto i : active_captures) init.push_back(full(graph_, input(node, i).shape(), 0.0));
    for (std::size_t i = 0; i < carries; ++i) {
      xs.push_back(project(loop, saved_carry_result(body, static_cast<std::int64_t>(i))));
    }
    for (std::size_t i = carries; i < carries + steps; ++i) xs.push_back(input(node, i));
    for (const auto& [number, g] : y_cotangents) {
      const Tensor y = project(loop, static_cast<std::int64_t>(number));
      xs.push_back(broadcast_to(g, y.shape()));
    }
    for (const auto& [number, g] : saved_cotangents) {
      xs.push_back(broadcast_to(g, project(loop, saved_carry_result(body, static_cast<std::int64_t>(number))).shape()));
    }
    const auto step = [&](const std::vector<Tensor>& carry, const std::vector<Tensor>& x) {
      std::vector<Tensor> arguments(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(carries + steps));
      // Captures become leaves of the step: one may be computed from another outside the loop.
      Replacement captures;
      for (std::size_t i = carries + steps; i < node.inputs.size(); ++i) {
        const Tensor value = input(node, i);
        if (differentiable(node.inputs[i])) {
          arguments.push_back(graph_.input(value.shape(), value.dtype()));
          captures.emplace(arguments.back().id(), value);
        } else {
          arguments.push_back(value);
        }
      }
      const auto results = instantiate(graph_, body, arguments);
      std::vector<Tensor> outputs, cotangents, wrt;
      for (std::size_t k = 0; k < real_carries.size(); ++k) {
        outputs.push_back(results[real_carries[k]]);
        cotangents.push_back(carry[k]);
        wrt.push_back(arguments[real_carries[k]]);
      }
      for (std::size_t k = 0; k < y_cotangents.size(); ++k) {
        outputs.push_back(results[y_cotangents[k].first]);
        cotangents.push_back(x[carries + steps + k]);
      }
      for (const auto i : active_captures) wrt.push_back(arguments[i]);
      for (const auto i : active_xs) wrt.push_back(arguments[i]);
      const auto partials = substitute(vector_jacobian(outputs, cotangents, wrt), captures);
      ScanStep out;
      for (std::size_t k = 0; k < real_carries.size(); ++k) {
        // What read the carry before this step (an outer derivative) adds to its adjoint.
        Tensor adjoint = partials[k];
        for (std::size_t j = 0; j < saved_cotangents.size(); ++j) {
          if (saved_cotangents[j].first == real_carries[k])
            adjoint = adjoint + x[carries + steps + y_cotangents.size() + j];
        }
        out.carry.push_back(adjoint);
      }
      for (std::size_t k = 0; k < active_captures.size(); ++k) {
        out.carry.push_back(carry[real_carries.size() + k] + partials[real_carries.size() + k]);
      }
      for (std::size_t k = 0; k < active_xs.size(); ++k) {
        out.y.push_back(partials[real_carries.size() + active_captures.size() + k]);
      }
      return out;
    };
    const ScanStep back = scan(graph_, step, init, xs, body.length, !body.reverse);
    for (std::size_t k = 0; k < real_carries.size(); ++k) {
      if (differentiable(node.inputs[real_carries[k]])) give(node, real_carries[k], back.carry[k], false);
    }
    for (std::size_t k = 0; k < active_captures.size(); ++k) {
      give(node, active_captures[k], back.carry[real_carries.size() + k], false);
    }
    for (std::size_t k = 0; k < active_xs.size(); ++k) give(node, active_xs[k], back.y[k], false);
  }

  Graph& graph_;
  std::unordered_map<NodeId, bool> active_;
  std::unordered_map<NodeId, Adjoint> adjoint_;
  std::unordered_map<NodeId, std::vector<std::pair<std::int64_t, Tensor>>> cotangents_of_scan_;
  Tensor out_, g_;
  bool masked_ = false;
};

}  // namespace

std::vector<Tensor> vector_jacobian(const std::vector<Tensor>& outputs, const std::vector<Tensor>& cotangents,
                                    const std::vector<Tensor>& wrt) {
  if (wrt.empty()) return {};
  Graph& graph = wrt.front().graph();
  std::vector<NodeId> ids;
  for (const auto& t : outputs) ids.push_back(t.id());
  const auto order = reachable(graph, ids);
  Reverse reverse(graph, wrt);
  reverse.mark_active(order);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (reverse.is_active(outputs[i].id()) && outputs[i].dtype() == DType::real) {
      reverse.seed(outputs[i], broadcast_to(cotangents[i], outputs[i].shape()));
    }
  }
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    if (reverse.is_active(*it)) reverse.propagate(*it);
  }
  std::vector<Tensor> results;
  for (const auto& t : wrt) results.push_back(reverse.result(t));
  return results;
}

std::vector<Tensor> gradient(const Tensor& target, const std::vector<Tensor>& wrt) {
  if (target.size() != 1) throw Error("E1999", "a gradient needs a scalar, not shape " + to_string(target.shape()));
  return vector_jacobian({target}, {target.graph().scalar(1.0)}, wrt);
}

}  // namespace dolab::tensor
