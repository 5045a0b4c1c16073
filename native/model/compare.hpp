// Traces of one model on different arguments, compared expression by expression.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/trace.hpp"

namespace dolab::model {

/// Sites that tell two traces apart. Expressions are compared node by node, inputs by the sites that they belong to.
struct Difference {
  std::set<std::string> direct;   // other distribution or expression, given the sites that they read
  std::set<std::string> treated;  // observed at other data
};
Difference compare_traces(const Trace& before, const Trace& after);

/// Whether the traces are one model whose data arrays alone differ: every site, with its values, scale and mask, is the
/// same expression once `before[i]` takes the place of `after[i]`. False as well if a small array of `before` cannot be
/// told from a constant of the model.
bool same_but_for(const Trace& first, const std::vector<Array>& before, const Trace& second,
                  const std::vector<Array>& after);

}  // namespace dolab::model
