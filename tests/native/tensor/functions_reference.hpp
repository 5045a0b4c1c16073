// Checks functions of tensors against tests/data/functions.json (values and gradients by JAX, see
// tests/reference/generate_functions.py).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor::testing {

using Tensors = std::vector<Tensor>;

struct FunctionCase {
  std::string name;
  std::function<Tensors(const Tensors&)> function;
  bool traced_integers = true;  // false: integer and boolean inputs are constants in every run
  bool smooth = true;           // false: a kink, a tie or the end of a domain, so that differences say nothing
};

/// Every case of `group` in the file has to be in `cases` and the other way round. Each is run with traced inputs
/// and with constant ones; gradients are compared with JAX and, where smooth, with central differences.
void check_cases(const std::string& group, const std::vector<FunctionCase>& cases);

/// sum_k sum(outputs_k * cos(1, 2, 3, ...)) over the real outputs: the scalar whose gradient is compared.
Tensor weighted_total(Graph& graph, const Tensors& outputs);

}  // namespace dolab::tensor::testing
