// OrderedLogistic.
#include "prob/families/family.hpp"

namespace dolab::prob {

using Kind = Constraint::Kind;

namespace {

/// Category k has probability sigmoid(c_k - eta) - sigmoid(c_{k-1} - eta), the ends open.
class OrderedLogistic final : public Copyable<OrderedLogistic> {
 public:
  explicit OrderedLogistic(const Bound& b)
      : Copyable(b.graph(), "OrderedLogistic", {b.slot(0, b.tensor(0)), b.slot(1, cut_vector(b), 1)}) {
    if (b.checks() && cutpoints().is_constant() &&
        !known_and_all(Constraint(Kind::ordered_vector).check(cutpoints()), [](double v) { return v != 0.0; })) {
      b.invalid(1, "must increase");
    }
  }
  Constraint support() const override {
    return Constraint(Kind::integer_interval, graph().scalar(0.0), graph().scalar(static_cast<double>(breaks())));
  }
  Tensor mean() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor variance() const override { return full_shape(graph().scalar(kNaN)); }
  Tensor parameter(std::string_view parameter_name) const override {
    if (parameter_name != "probs") return Family::parameter(parameter_name);
    const Tensor below = tensor::sigmoid(cutpoints() - append_axes(slot(0), 1));
    Shape edge = below.shape();
    edge.back() = 1;
    const Tensor upper = tensor::concat({below, tensor::full(graph(), edge, 1.0)}, -1);
    return upper - tensor::concat({tensor::full(graph(), edge, 0.0), below}, -1);
  }

 protected:
  /// With a = lower cut - eta < b = upper cut - eta:
  /// sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)), an open end leaving its factors out.
  Tensor density(const Tensor& y) const override {
    const Tensor zero = graph().scalar(0.0);
    const double last = static_cast<double>(breaks());
    const Tensor is_first = y <= 0.0, is_last = y >= last;
    const Tensor hi = cut_at(clip(y, 0.0, last - 1.0));
    const Tensor lo = cut_at(tensor::maximum(y - 1.0, zero));
    const Tensor upper = tensor::select(is_last, zero, tensor::log_sigmoid(hi - slot(0)));
    const Tensor lower = tensor::select(is_first, zero, tensor::softplus(lo - slot(0)));
    if (breaks() < 2) return upper - lower;
    const Tensor middle = tensor::logical_not(tensor::logical_or(is_first, is_last));
    return upper - lower + tensor::select(middle, gap_at(y), zero);
  }
  Tensor draw(const SampleKey& key, const Shape& shape) const override {
    const Tensor u = tensor::random_uniform(graph(), key.site(), shape);
    const Tensor latent = slot(0) + (tensor::log(u) - tensor::log1p(-u));
    return tensor::sum(as_real(append_axes(latent, 1) > cutpoints()), {-1});
  }

 private:
  static Tensor cut_vector(const Bound& b) {
    const Tensor cuts = b.tensor(1);
    if (cuts.rank() < 1 || cuts.extent(-1) < 1) b.invalid(1, "must be a vector, got shape " + to_string(cuts.shape()));
    return cuts;
  }
  const Tensor& cutpoints() const { return slot(1); }
  std::int64_t breaks() const { return cutpoints().extent(-1); }
  /// table[..., index] for a table with or without batch dims.
  Tensor entry(const Tensor& table, const Tensor& index) const {
    if (table.rank() == 1) return tensor::gather(table, tensor::cast(index, DType::integer));
    const Tensor hit = tensor::equal(append_axes(index, 1), real_range(graph(), table.extent(-1)));
    return tensor::sum(tensor::select(hit, table, graph().scalar(0.0)), {-1});
  }
  Tensor cut_at(const Tensor& index) const { return entry(cutpoints(), index); }
  /// log(1 - exp(-(c_y - c_{y-1}))) at y clamped to the middle categories.
  Tensor gap_at(const Tensor& y) const {
    const std::int64_t n = breaks();
    const Tensor gaps = tensor::log1mexp(slice_last(cutpoints(), 1, n - 1) - slice_last(cutpoints(), 0, n - 1));
    return entry(gaps, clip(y - 1.0, 0.0, static_cast<double>(n - 2)));
  }
};

}  // namespace

std::vector<FamilyEntry> ordered_families() {
  return {{{"OrderedLogistic", {required("predictor"), required("cutpoints")}}, build<OrderedLogistic>}};
}

}  // namespace dolab::prob
