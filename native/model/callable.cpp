// The public way to write a model as a C++ callable, on top of the builder that every front end uses.
#include "dolab/error.hpp"
#include "dolab/model.hpp"
#include "model/builder.hpp"
#include "prob/factory.hpp"

namespace dolab {

using tensor::Tensor;

namespace {

/// The graph of the kernel that runs on this thread: numbers and arrays become constants of it.
thread_local tensor::Graph* running_graph = nullptr;

tensor::Graph& current_graph() {
  if (running_graph == nullptr) throw Error("E209", "a model value is used outside a running kernel");
  return *running_graph;
}

class RunningGraph {
 public:
  explicit RunningGraph(tensor::Graph& graph) : before_(running_graph) { running_graph = &graph; }
  ~RunningGraph() { running_graph = before_; }
  RunningGraph(const RunningGraph&) = delete;
  RunningGraph& operator=(const RunningGraph&) = delete;

 private:
  tensor::Graph* before_;
};

}  // namespace

struct ValueAccess {
  static Value wrap(const Tensor& tensor) {
    Value value;
    if (tensor.defined()) {
      value.graph_ = &tensor.graph();
      value.node_ = tensor.id();
    }
    return value;
  }
  /// Undefined for an undefined value.
  static Tensor unwrap(const Value& value) {
    if (!value.defined()) return {};
    if (value.graph_ != &current_graph()) throw Error("E209", "a model value is used outside the run that made it");
    return {value.graph_, value.node_};
  }
};

namespace {

Value wrap(const Tensor& tensor) { return ValueAccess::wrap(tensor); }
Tensor optional_tensor(const Value& value) { return ValueAccess::unwrap(value); }
Tensor tensor_of(const Value& value) {
  if (!value.defined()) throw Error("E209", "a model value is missing: an argument that was not given?");
  return ValueAccess::unwrap(value);
}
std::vector<Tensor> tensors_of(const std::vector<Value>& values) {
  std::vector<Tensor> tensors;
  for (const Value& value : values) tensors.push_back(tensor_of(value));
  return tensors;
}
std::vector<std::int64_t> axes_of(std::optional<std::int64_t> axis) {
  return axis ? std::vector<std::int64_t>{*axis} : std::vector<std::int64_t>{};
}

}  // namespace

Value::Value(double number) : Value(wrap(current_graph().scalar(number))) {}
Value::Value(const Array& array) : Value(wrap(current_graph().constant(array))) {}
const Shape& Value::shape() const { return tensor_of(*this).node().shape; }
std::int64_t Value::extent(std::int64_t axis) const { return tensor_of(*this).extent(axis); }

Value operator+(const Value& a, const Value& b) { return wrap(tensor_of(a) + tensor_of(b)); }
Value operator-(const Value& a, const Value& b) { return wrap(tensor_of(a) - tensor_of(b)); }
Value operator*(const Value& a, const Value& b) { return wrap(tensor_of(a) * tensor_of(b)); }
Value operator/(const Value& a, const Value& b) { return wrap(tensor_of(a) / tensor_of(b)); }
Value operator-(const Value& a) { return wrap(-tensor_of(a)); }
Value operator<(const Value& a, const Value& b) { return wrap(tensor_of(a) < tensor_of(b)); }
Value operator<=(const Value& a, const Value& b) { return wrap(tensor_of(a) <= tensor_of(b)); }
Value operator>(const Value& a, const Value& b) { return wrap(tensor_of(a) > tensor_of(b)); }
Value operator>=(const Value& a, const Value& b) { return wrap(tensor_of(a) >= tensor_of(b)); }

Value exp(const Value& a) { return wrap(tensor::exp(tensor_of(a))); }
Value expm1(const Value& a) { return wrap(tensor::expm1(tensor_of(a))); }
Value log(const Value& a) { return wrap(tensor::log(tensor_of(a))); }
Value log1p(const Value& a) { return wrap(tensor::log1p(tensor_of(a))); }
Value sqrt(const Value& a) { return wrap(tensor::sqrt(tensor_of(a))); }
Value square(const Value& a) { return wrap(tensor::square(tensor_of(a))); }
Value abs(const Value& a) { return wrap(tensor::abs(tensor_of(a))); }
Value tanh(const Value& a) { return wrap(tensor::tanh(tensor_of(a))); }
Value sigmoid(const Value& a) { return wrap(tensor::sigmoid(tensor_of(a))); }
Value softplus(const Value& a) { return wrap(tensor::softplus(tensor_of(a))); }
Value pow(const Value& a, const Value& b) { return wrap(tensor::power(tensor_of(a), tensor_of(b))); }
Value maximum(const Value& a, const Value& b) { return wrap(tensor::maximum(tensor_of(a), tensor_of(b))); }
Value minimum(const Value& a, const Value& b) { return wrap(tensor::minimum(tensor_of(a), tensor_of(b))); }
Value where(const Value& condition, const Value& a, const Value& b) {
  return wrap(tensor::select(tensor_of(condition), tensor_of(a), tensor_of(b)));
}
Value matmul(const Value& a, const Value& b) { return wrap(tensor::matmul(tensor_of(a), tensor_of(b))); }
Value sum(const Value& a, std::optional<std::int64_t> axis) { return wrap(tensor::sum(tensor_of(a), axes_of(axis))); }
Value mean(const Value& a, std::optional<std::int64_t> axis) { return wrap(tensor::mean(tensor_of(a), axes_of(axis))); }
Value take(const Value& table, const Value& index) { return wrap(tensor::gather(tensor_of(table), tensor_of(index))); }
Value entry(const Value& a, std::int64_t axis, std::int64_t i) {
  return wrap(tensor::take_axis(tensor_of(a), axis, i));
}
Value reshape(const Value& a, const Shape& shape) { return wrap(tensor::reshape(tensor_of(a), shape)); }
Value stack(const std::vector<Value>& parts, std::int64_t axis) { return wrap(tensor::stack(tensors_of(parts), axis)); }

Distribution::Distribution(const std::string& family, const std::vector<Value>& parameters)
    : distribution_(prob::make_distribution(current_graph(), family, tensors_of(parameters))) {}

Distribution Distribution::named(const std::string& family,
                                 const std::vector<std::pair<std::string, Value>>& parameters) {
  prob::Arguments arguments;
  for (const auto& [name, value] : parameters) arguments.named.emplace_back(name, tensor_of(value));
  Distribution result;
  result.distribution_ = prob::make_distribution(current_graph(), family, arguments);
  return result;
}

Distribution Distribution::expand(const Shape& batch_shape) const {
  Distribution result;
  result.distribution_ = distribution_->expand(batch_shape);
  return result;
}
Distribution Distribution::to_event(int dims) const {
  Distribution result;
  result.distribution_ = distribution_->to_event(dims);
  return result;
}
Distribution Distribution::mask(const Value& mask) const {
  Distribution result;
  result.distribution_ = distribution_->mask(tensor_of(mask));
  return result;
}

struct Plate::Scope {
  Scope(model::Builder& builder, model::PlatePtr made) : plate(std::move(made)), scoped(builder, plate) {}
  model::PlatePtr plate;
  model::Scoped scoped;
};

Plate::Plate(std::unique_ptr<Scope> scope) : scope_(std::move(scope)) {}
Plate::Plate(Plate&&) noexcept = default;
Plate::~Plate() = default;
Value Plate::rows() const { return wrap(scope_->plate->indices()); }

Value ModelBuilder::sample(const std::string& name, const Distribution& distribution, const Value& observation) {
  model::SampleOptions options;
  options.observation = optional_tensor(observation);
  return wrap(builder_.sample(name, distribution.distribution_, options));
}
Value ModelBuilder::deterministic(const std::string& name, const Value& value) {
  return wrap(builder_.deterministic(name, tensor_of(value)));
}
void ModelBuilder::factor(const std::string& name, const Value& log_factor) {
  builder_.factor(name, tensor_of(log_factor));
}
Value ModelBuilder::param(const std::string& name, const Array& initial) {
  return wrap(builder_.param(name, builder_.graph().constant(initial)));
}
Plate ModelBuilder::plate(const std::string& name, std::int64_t size, std::optional<std::int64_t> subsample,
                          std::optional<std::int64_t> dim) {
  return Plate(std::make_unique<Plate::Scope>(builder_, builder_.plate(name, size, subsample, dim)));
}
Value ModelBuilder::data(const Arguments& arguments, const std::string& name) const {
  return arguments.has(name) ? Value(arguments.array(name)) : Value();
}

const KernelParameter* Signature::find(const std::string& name) const noexcept {
  for (const KernelParameter& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

Kernel make_kernel(std::string name, Signature signature, KernelFunction function) {
  Kernel kernel;
  kernel.name = std::move(name);
  kernel.signature = std::move(signature);
  if (!function) return kernel;
  kernel.function = [function = std::move(function)](model::Builder& builder, const Arguments& arguments) {
    const RunningGraph running(builder.graph());
    ModelBuilder front(builder);
    function(front, arguments);
  };
  return kernel;
}

}  // namespace dolab
