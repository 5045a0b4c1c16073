// A program of somebody else: public headers only, linked to the installed library. Fits a line and shifts its input.
#include <cmath>
#include <cstdio>
#include <dolab/error.hpp>
#include <dolab/impact_model.hpp>
#include <vector>

int main() {
  const dolab::Kernel kernel =
      dolab::make_kernel("line", {"X", {"y", dolab::kNone}}, [](dolab::ModelBuilder& m, const dolab::Arguments& data) {
        const dolab::Value x = dolab::column(m.data(data, "X"), 0);
        const dolab::Value slope = m.sample("slope", {"Normal", {0, 5}});
        const dolab::Value noise = m.sample("noise", {"HalfNormal", {1}});
        const dolab::Plate rows = m.plate("rows", x.extent(0));
        m.sample("y", {"Normal", {slope * x, noise}}, m.data(data, "y"));
      });
  std::vector<double> x, shifted, y;
  for (int i = 0; i < 50; ++i) {
    x.push_back(i / 25.0);
    shifted.push_back(x.back() + 1.0);
    y.push_back(2.0 * x.back() + 0.1 * std::sin(7.0 * i));
  }
  try {
    const dolab::Array X = dolab::Array::vector(x).reshaped({50, 1});
    const dolab::Array X_shifted = dolab::Array::vector(shifted).reshaped({50, 1});
    dolab::NutsSettings nuts;
    nuts.chains = 2;
    nuts.draws = 500;
    dolab::ImpactModel model(kernel, nuts);
    model.fit_on_batch(X, dolab::Array::vector(y));
    const dolab::ImpactEffect effect =
        model.estimate_effect(dolab::PredictCall{X, {}, {}}, dolab::PredictCall{X_shifted, {}, {}});
    const double mean = effect.at("y").average.mean;
    std::printf("effect of x + 1: %.3f\n", mean);
    return std::abs(mean - 2.0) < 0.05 ? 0 : 1;
  } catch (const dolab::Error& error) {
    std::printf("%s\n", error.render().c_str());
    return 1;
  }
}
