#include "tensor/graph.hpp"

#include <cstring>

#include "dolab/error.hpp"
#include "tensor/execute.hpp"

namespace dolab::tensor {

namespace {

constexpr std::int64_t kHashedConstant = 64;  // larger constants are told apart by identity

std::uint64_t mix(std::uint64_t h, std::uint64_t x) {
  h ^= x + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  return h * 0xff51afd7ed558ccdULL;
}

std::uint64_t hash_node(const Node& node) {
  std::uint64_t h = static_cast<std::uint64_t>(node.op) * 256 + node.kind;
  h = mix(h, static_cast<std::uint64_t>(node.dtype));
  for (const auto d : node.shape) h = mix(h, static_cast<std::uint64_t>(d));
  for (const auto i : node.inputs) h = mix(h, static_cast<std::uint64_t>(i));
  for (const auto i : node.ints) h = mix(h, static_cast<std::uint64_t>(i));
  h = mix(h, reinterpret_cast<std::uintptr_t>(node.body.get()));
  if (node.op == Op::constant) {
    if (node.value.size() > kHashedConstant) return mix(h, reinterpret_cast<std::uintptr_t>(node.value.data()));
    for (std::int64_t i = 0; i < node.value.size(); ++i) {
      std::uint64_t bits;
      const double x = node.value[i];
      std::memcpy(&bits, &x, sizeof bits);
      h = mix(h, bits);
    }
  }
  return h;
}

bool same_node(const Node& a, const Node& b) {
  if (a.op != b.op || a.kind != b.kind || a.dtype != b.dtype || a.shape != b.shape || a.inputs != b.inputs ||
      a.ints != b.ints || a.body != b.body) {
    return false;
  }
  if (a.op != Op::constant) return true;
  if (a.value.size() > kHashedConstant) return a.value.data() == b.value.data();
  return a.value.identical(b.value);
}

}  // namespace

ScanBody::ScanBody() = default;
ScanBody::~ScanBody() = default;

NodeId Graph::add(Node node) {
  if (static_cast<std::int64_t>(node.shape.size()) > limits.rank) {
    throw Error("E908", "a tensor of rank " + std::to_string(node.shape.size()) + " passes the limit of " +
                            std::to_string(limits.rank));
  }
  if (element_count(node.shape) > limits.elements) {
    throw Error("E907", "a tensor of shape " + to_string(node.shape) + " is too large");
  }
  if (size() >= limits.nodes) {
    throw Error("E906", "the model creates more than " + std::to_string(limits.nodes) + " operations");
  }
  const bool leaf = node.op == Op::input || node.op == Op::random;
  node.is_constant = !leaf;
  for (const auto i : node.inputs) node.is_constant = node.is_constant && this->node(i).is_constant;
  node.has_value = node.op == Op::constant;
  const std::uint64_t hash = hash_node(node);
  if (node.op != Op::input) {
    const auto [first, last] = index_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if (same_node(this->node(it->second), node)) return it->second;
    }
  }
  const auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(std::move(node));
  index_.emplace(hash, id);
  return id;
}

Tensor Graph::input(Shape shape, DType dtype) {
  Node node;
  node.op = Op::input;
  node.dtype = dtype;
  node.shape = std::move(shape);
  node.ints = {input_count()};
  const NodeId id = add(std::move(node));
  inputs_.push_back(id);
  return {this, id};
}

Tensor Graph::constant(Array value) {
  Node node;
  node.op = Op::constant;
  node.dtype = value.dtype();
  node.shape = value.shape();
  node.value = std::move(value);
  return {this, add(std::move(node))};
}

Tensor Graph::scalar(double value, DType dtype) { return constant(Array::scalar(value, dtype)); }

std::int64_t Tensor::extent(std::int64_t axis) const {
  const std::int64_t i = axis < 0 ? axis + rank() : axis;
  if (i < 0 || i >= rank()) {
    throw Error("E405", "axis " + std::to_string(axis) + " of a tensor of shape " + to_string(shape()),
                "axes of a rank-r array run from -r to r - 1");
  }
  return shape()[static_cast<std::size_t>(i)];
}

const Array& Tensor::value() const {
  if (!is_constant())
    throw Error("E302", "this value depends on a random site and is not known while the model is built");
  if (!node().has_value) {
    Array result = evaluate({*this})[0];
    Node& target = graph_->mutable_node(id_);
    target.value = std::move(result);
    target.has_value = true;
  }
  return node().value;
}

}  // namespace dolab::tensor
