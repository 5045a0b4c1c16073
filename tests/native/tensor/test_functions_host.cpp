#include <catch2/catch.hpp>
#include <cmath>

#include "dolab/error.hpp"
#include "tensor/functions/host.hpp"

namespace dolab::tensor {

namespace {

using Values = std::vector<double>;

Array integers(const Values& values) { return Array::vector(values, DType::integer); }

}  // namespace

TEST_CASE("unique gives sorted values, positions, codes and counts", "[tensor][functions]") {
  const Array a(DType::integer, {2, 3}, {3, 1, 3, 7, 1, 3});
  const Unique u = unique(a);
  CHECK(u.values.to_vector() == Values{1, 3, 7});
  CHECK(u.values.dtype() == DType::integer);
  CHECK(u.index.to_vector() == Values{1, 0, 3});
  CHECK(u.inverse.to_vector() == Values{1, 0, 1, 2, 0, 1});
  CHECK(u.inverse.shape() == Shape{2, 3});
  CHECK(u.counts.to_vector() == Values{2, 3, 1});
  for (std::int64_t i = 0; i < a.size(); ++i) CHECK(u.values[static_cast<std::int64_t>(u.inverse[i])] == a[i]);
}

TEST_CASE("NaN is one value, the last", "[tensor][functions]") {
  const Unique u = unique(Array::vector({std::nan(""), 1, std::nan(""), -1}));
  REQUIRE(u.values.size() == 3);
  CHECK(std::isnan(u.values[2]));
  CHECK(u.counts.to_vector() == Values{1, 1, 2});
  CHECK(unique(Array(DType::real, {0})).values.size() == 0);
}

TEST_CASE("distinct rows are in lexicographic order", "[tensor][functions]") {
  const Unique u = unique_rows(Array(DType::integer, {4, 2}, {1, 2, 0, 5, 1, 2, 1, 0}));
  CHECK(u.values.to_vector() == Values{0, 5, 1, 0, 1, 2});
  CHECK(u.inverse.to_vector() == Values{2, 0, 2, 1});
  CHECK(u.counts.to_vector() == Values{1, 1, 2});
  CHECK(u.index.to_vector() == Values{1, 3, 0});
  CHECK_THROWS_AS(unique_rows(Array::scalar(1)), Error);
}

TEST_CASE("positions of nonzero entries", "[tensor][functions]") {
  const Array a(DType::boolean, {2, 3}, {0, 1, 1, 1, 0, 0});
  const auto codes = nonzero(a);
  REQUIRE(codes.size() == 2);
  CHECK(codes[0].to_vector() == Values{0, 0, 1});
  CHECK(codes[1].to_vector() == Values{1, 2, 0});
  CHECK(flat_nonzero(a).to_vector() == Values{1, 2, 3});
  CHECK(argwhere(a).to_vector() == Values{0, 1, 0, 2, 1, 0});
  CHECK(argwhere(Array::scalar(1)).shape() == Shape{1, 0});
  CHECK(nonzero(Array(DType::real, {0}))[0].size() == 0);
}

TEST_CASE("sets of values", "[tensor][functions]") {
  const Array a = integers({5, 1, 3, 1}), b = integers({3, 8});
  CHECK(setdiff1d(a, b).to_vector() == Values{1, 5});
  CHECK(intersect1d(a, b).to_vector() == Values{3});
  CHECK(union1d(a, b).to_vector() == Values{1, 3, 5, 8});
  CHECK(isin(a, b).to_vector() == Values{0, 0, 1, 0});
  CHECK(isin(a, b, true).to_vector() == Values{1, 1, 0, 1});
  CHECK(isin(a, b).dtype() == DType::boolean);
}

TEST_CASE("counts of codes and bins", "[tensor][functions]") {
  CHECK(bincount_values(integers({3, 0, 3})).to_vector() == Values{1, 0, 0, 2});
  CHECK(bincount_values(integers({}), nullptr, 2).to_vector() == Values{0, 0});
  const Array weights = Array::vector({0.5, 1, 0.25});
  CHECK(bincount_values(integers({1, 0, 1}), &weights, 3).to_vector() == Values{1, 0.75, 0});
  CHECK_THROWS_AS(bincount_values(integers({-1})), Error);
  CHECK_THROWS_AS(bincount_values(integers({1e12})), Error);
  CHECK(histogram(Array::vector({0, 0.5, 1, 2, 3, -1}), Array::vector({0, 1, 2})).to_vector() == Values{2, 2});
  CHECK_THROWS_AS(histogram(weights, Array::vector({1, 0})), Error);
}

TEST_CASE("lexsort sorts by the last key first", "[tensor][functions]") {
  CHECK(lexsort({integers({1, 0, 2, 0}), integers({0, 1, 0, 0})}).to_vector() == Values{3, 0, 2, 1});
}

TEST_CASE("arrays are compared by value", "[tensor][functions]") {
  const Array a = Array::vector({1, std::nan("")});
  CHECK_FALSE(array_equal(a, a));
  CHECK(array_equal(a, a, true));
  CHECK_FALSE(array_equal(Array::vector({1, 2}), Array(DType::real, {2, 1}, {1, 2})));
  CHECK(allclose(Array(DType::real, {2, 2}, {1, 2, 1, 2 + 1e-9}), Array::vector({1, 2})));
  CHECK_FALSE(allclose(Array(DType::real, {2, 1}, {1, 2}), Array::vector({1, 2})));
}

}  // namespace dolab::tensor
