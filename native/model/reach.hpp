// Reachability in the graph.
#pragma once

#include <functional>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::model {

/// Visits every node that `roots` depend on, each once, roots included; `descend` says whether to go on below a node.
void visit_ancestors(const std::vector<tensor::Tensor>& roots, const std::function<bool(tensor::NodeId)>& descend);
/// The inputs of the graph that the expressions read, in order of their numbers.
std::vector<tensor::Tensor> inputs_of(const std::vector<tensor::Tensor>& expressions);

}  // namespace dolab::model
