// Steps of training on batches: one compiled program for all batches of a shape.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dolab/impact_model.hpp"
#include "infer/svi.hpp"

namespace dolab::impact {

/// What batches are made of.
struct BatchSource {
  const Kernel& kernel;
  const infer::SviOptions& engine;
  double rows = 0.0;                       // the likelihood stands for so many rows; 0: for those of the batch
  const model::Trace* all_rows = nullptr;  // a trace over them, if there are more than in a batch
};

/// Steps of one batch.
struct BatchSteps {
  std::shared_ptr<const infer::Svi> svi;
  std::vector<Array> data;  // for Svi::run
};

/// Programs by the shapes of the arguments. The data are inputs of a program, so that another batch only binds other
/// arrays. That holds if two batches give the same expressions; a kernel that reads values while it is traced (its
/// control flow or its shapes follow them) is traced and compiled for each batch. Which one a kernel is, its second
/// batch tells.
class BatchPrograms {
 public:
  /// Throws what the kernel raises, E704 for latent values of single rows.
  BatchSteps steps(const BatchSource& source, const Arguments& batch);
  /// Kernels that were compiled so far.
  std::int64_t compiled() const noexcept { return compiled_; }

 private:
  struct Entry {
    Arguments arguments;
    double rows = 0.0;
    std::uint64_t seed = 0;
    std::shared_ptr<const model::Trace> probe;  // until a second batch is compared with it
    std::shared_ptr<const infer::Svi> svi;
    bool follows_values = false;
  };
  std::shared_ptr<const infer::Svi> compile(const BatchSource& source, const Arguments& batch,
                                            const model::Trace& probe, bool streamed);

  std::vector<Entry> entries_;
  std::int64_t compiled_ = 0;
};

/// Throws E704 if there is a local site.
void refuse_local(const std::vector<std::string>& local, const char* what);

}  // namespace dolab::impact
