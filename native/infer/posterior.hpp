// Draws of named sites, by chain and draw, in constrained space.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/array.hpp"
#include "base/draw_sink.hpp"
#include "infer/batched.hpp"
#include "infer/nuts.hpp"
#include "model/density.hpp"

namespace dolab::infer {

struct SiteDraws {
  std::string name;
  bool deterministic = false;
  Shape shape;                    // of one draw
  std::vector<std::string> dims;  // names of the axes of `shape`: plates, else NAME_dim_i
  Array values;                   // (chain, draw, shape...)
};

struct Posterior {
  std::int64_t chains = 1;
  std::int64_t draws = 0;  // per chain
  std::vector<SiteDraws> sites;
  std::vector<Warning> warnings;

  std::int64_t total() const noexcept { return chains * draws; }
  const SiteDraws* find(const std::string& name) const noexcept;
  /// Shapes of one value of the sites that are sampled (or params): what a simulation may be given.
  std::map<std::string, Shape> given() const;
  /// Writes a whole group.
  void write(DrawSink& sink, const std::string& group) const;
};

/// Names of the axes of a site's value: plate names for plate dims, NAME_dim_i elsewhere (i counts the axes of the
/// value).
std::vector<std::string> axis_names(const model::Site& site);

struct PosteriorOptions {
  /// Deterministic sites whose draws take more than this are left out with a warning, unless asked for by name.
  std::int64_t largest_deterministic_bytes = std::int64_t{256} << 20;
  std::vector<std::string> keep;
  std::vector<std::string> only;  // if not empty: no other sites than these
  std::uint64_t seed = 0;         // of the fixed rows of subsampled plates
  BatchedOptions batched;
};

/// Values of all latent and deterministic sites for the draws of a sampler. Chains of unequal length are cut to the
/// shortest.
Posterior constrain_draws(const model::Density& density, const std::vector<ChainResult>& chains,
                          const PosteriorOptions& options, ThreadPool& pool);

/// The same for expressions: `sites` holds each site's value as an expression of `inputs` and of random leaves;
/// chain is always one.
Posterior collect_draws(const model::Trace& trace, const std::map<std::string, tensor::Tensor>& sites,
                        const std::vector<DrawInput>& inputs, std::int64_t draws, const PosteriorOptions& options,
                        ThreadPool& pool);

}  // namespace dolab::infer
