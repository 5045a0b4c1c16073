// What a model leaves behind when it is traced: its named statements.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "prob/bijection.hpp"
#include "prob/distribution.hpp"
#include "tensor/build.hpp"

namespace dolab::model {

using dolab::to_string;
using tensor::Tensor;

enum class SiteKind : std::uint8_t { sample, deterministic, factor, param, plate };
/// "sample", "deterministic", ...
const char* to_string(SiteKind kind) noexcept;

/// One plate that surrounds a site. `dim` counts batch axes from the right (-1 is the rightmost).
struct PlateFrame {
  std::string name;
  std::int64_t dim = -1;
  std::int64_t size = 0;    // rows of the population
  std::int64_t extent = 0;  // rows of one evaluation: the subsample size, or `size`
  double scale() const noexcept { return static_cast<double>(size) / static_cast<double>(extent); }
};

/// The `infer=` dictionary of a sample statement.
struct InferOptions {
  bool is_auxiliary = false;
  std::string enumerate;  // "", "parallel" or "sequential"
  bool analytic_kl = false;
};

/// What an intervention puts in place of a site's value; it may read the natural value (shifts, policies).
using Intervention = std::function<Tensor(const Tensor& natural)>;
/// A constant intervention; broadcast to the site's shape.
Intervention impose(const Array& value);

/// One named statement of a traced model. Every value that later statements may read is a node of its own
/// (`downstream`, an input of the graph), so that dependence between sites is reachability in the graph, and
/// conditioning, intervening and sampling are substitutions.
struct Site {
  std::string name;
  SiteKind kind = SiteKind::sample;
  prob::DistributionPtr distribution;  // sample sites, broadcast to their plates
  Tensor value;       // own value: an input (latent, param, subsampled plate), the data (observed) or an expression
  Tensor downstream;  // what the statement returned to the model; equals `value` if nothing was put in its place
  Tensor imposed;     // what an intervention put downstream; undefined without one
  bool observed = false;
  bool fixed = false;              // an unobserved value given by `substitute`
  Tensor scale;                    // product of handler and plate scales; undefined means 1
  Tensor mask;                     // conjunction of the masks of handlers; undefined means true
  double plate_scale = 1.0;        // product of size/extent of the plates
  std::vector<PlateFrame> plates;  // outermost first
  InferOptions infer;
  prob::Constraint constraint;  // params
  Array initial;                // params: initial value
  std::int64_t event_dim = 0;   // params
  std::uint32_t hash = 0;       // address of its random numbers, unique within the trace
  SourceSpan span;

  bool latent() const noexcept { return kind == SiteKind::sample && !observed && !fixed; }
  /// Axis of `value` that counts the rows of the innermost plate; -1 outside plates.
  std::int64_t row_axis() const;
};

}  // namespace dolab::model
