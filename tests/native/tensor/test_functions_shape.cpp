#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/execute.hpp"
#include "tensor/functions/index.hpp"
#include "tensor/functions/linear.hpp"
#include "tensor/functions/shape.hpp"

namespace dolab::tensor {

namespace {

using testing::Tensors;

Tensor condition(const Tensor& like, const std::vector<double>& values) {
  return like.graph().constant(Array::vector(values, DType::boolean));
}

/// a[:1, :, :1].
Tensor corner(const Tensor& a) { return slice_axis(slice_axis(a, 0, 0, 1), 2, 0, 1); }

}  // namespace

TEST_CASE("arrays are made, joined and rearranged as in NumPy", "[tensor][functions]") {
  testing::check_cases(
      "shape", {
                   {"linspace", [](const Tensors& x) { return Tensors{linspace(x[0], x[1], 5)}; }},
                   {"linspace_open", [](const Tensors& x) { return Tensors{linspace(x[0], x[1], 4, false)}; }},
                   {"linspace_one", [](const Tensors& x) { return Tensors{linspace(x[0], x[1], 1)}; }},
                   {"logspace", [](const Tensors& x) { return Tensors{logspace(x[0], x[1], 3)}; }},
                   {"diag_vector", [](const Tensors& x) { return Tensors{diag(x[0])}; }},
                   {"diag_vector_up", [](const Tensors& x) { return Tensors{diag(x[0], 1)}; }},
                   {"diag_vector_down", [](const Tensors& x) { return Tensors{diag(x[0], -2)}; }},
                   {"diag_matrix",
                    [](const Tensors& x) {
                      return Tensors{diag(x[0]), diag(x[0], 1), diag(x[0], -1), diag(x[0], 7)};
                    }},
                   {"meshgrid_xy",
                    [](const Tensors& x) {
                      return meshgrid({x[0], x[1]});
                    }},
                   {"meshgrid_ij",
                    [](const Tensors& x) {
                      return meshgrid({x[0], x[1], x[2]}, true);
                    }},
                   {"tile",
                    [](const Tensors& x) {
                      return Tensors{tile(x[0], {2}), tile(x[0], {2, 1}), tile(x[0], {2, 1, 3})};
                    }},
                   {"repeat",
                    [](const Tensors& x) {
                      return Tensors{repeat(x[0], 2), repeat(x[0], 3, 0), repeat(x[0], 2, -1)};
                    }},
                   {"repeat_counts",
                    [](const Tensors& x) {
                      return Tensors{repeat(x[0], std::vector<std::int64_t>{2, 0, 1}, 0)};
                    }},
                   {"pad",
                    [](const Tensors& x) {
                      return Tensors{pad(x[0], {{1, 0}, {2, 3}}, x[0].graph().scalar(0))};
                    }},
                   {"pad_value",
                    [](const Tensors& x) {
                      return Tensors{pad(x[0], {{1, 1}}, x[1])};
                    }},
                   {"pad_values",
                    [](const Tensors& x) {
                      return Tensors{pad(x[0], {{1, 2}, {0, 1}}, x[1])};
                    }},
                   {"pad_edge",
                    [](const Tensors& x) {
                      return Tensors{pad_edge(x[0], {{1, 0}, {2, 3}})};
                    }},
                   {"hstack", [](const Tensors& x) { return Tensors{hstack(x)}; }},
                   {"hstack_matrices", [](const Tensors& x) { return Tensors{hstack(x)}; }},
                   {"vstack", [](const Tensors& x) { return Tensors{vstack(x)}; }},
                   {"dstack", [](const Tensors& x) { return Tensors{dstack(x)}; }},
                   {"column_stack", [](const Tensors& x) { return Tensors{column_stack(x)}; }},
                   {"append", [](const Tensors& x) { return Tensors{append(x[0], x[1])}; }},
                   {"append_axis", [](const Tensors& x) { return Tensors{append(x[0], x[1], 1)}; }},
                   {"concatenate_kinds", [](const Tensors& x) { return Tensors{concatenate(x)}; }},
                   {"split", [](const Tensors& x) { return split(x[0], 2, 1); }},
                   {"split_at",
                    [](const Tensors& x) {
                      return split_at(x[0], {1, 1, 4});
                    }},
                   {"array_split", [](const Tensors& x) { return split(x[0], 3, 0, true); }},
                   {"moveaxis",
                    [](const Tensors& x) {
                      return Tensors{moveaxis(x[0], {0}, {-1}), moveaxis(x[0], {0, 1}, {2, 0})};
                    }},
                   {"squeeze",
                    [](const Tensors& x) {
                      return Tensors{squeeze_axes(corner(x[0])), squeeze_axes(corner(x[0]), {0})};
                    }},
                   {"expand_dims",
                    [](const Tensors& x) {
                      return Tensors{expand_axes(x[0], {0, -1})};
                    }},
                   {"flip",
                    [](const Tensors& x) {
                      return Tensors{flip_axes(x[0]), flip_axes(x[0], {1})};
                    }},
                   {"roll",
                    [](const Tensors& x) {
                      return Tensors{roll(x[0], {5}), roll(x[0], {-1}, {0}), roll(x[0], {1, 2}, {0, 1})};
                    }},
                   {"rot90",
                    [](const Tensors& x) {
                      return Tensors{rot90(x[0]), rot90(x[0], 2), rot90(x[0], -1)};
                    }},
                   {"atleast",
                    [](const Tensors& x) {
                      return Tensors{atleast_2d(x[0]), atleast_3d(x[0]), atleast_1d(take_axis(x[0], 0, 0))};
                    }},
                   {"broadcast_arrays", [](const Tensors& x) { return broadcast_arrays(x); }},
                   {"take",
                    [](const Tensors& x) {
                      return Tensors{take(x[0], x[1]), take(x[0], x[1], 1)};
                    }},
                   {"take_out_of_range", [](const Tensors& x) { return Tensors{take(x[0], x[1])}; }, true, false},
                   {"take_along_axis",
                    [](const Tensors& x) { return Tensors{take_along_axis(x[0], matrix_transpose(x[1]), 1)}; }},
                   {"take_along_axis_0", [](const Tensors& x) { return Tensors{take_along_axis(x[0], x[1], 0)}; }},
                   {"take_along_axis_out", [](const Tensors& x) { return Tensors{take_along_axis(x[0], x[1], 0)}; },
                    true, false},
                   {"one_hot",
                    [](const Tensors& x) {
                      return Tensors{one_hot(x[0], 3), one_hot(x[0], 3, DType::real, 0)};
                    }},
                   {"compress",
                    [](const Tensors& x) {
                      return Tensors{compress(condition(x[0], {1, 0, 1}), x[0], 0)};
                    }},
                   {"select",
                    [](const Tensors& x) {
                      return Tensors{select_first({x[0] > 1.0, x[0] < -1.0}, {x[0], x[1]}, x[0].graph().scalar(0.5))};
                    }},
                   {"tril",
                    [](const Tensors& x) {
                      return Tensors{tril(x[0]), tril(x[0], 1), triu(x[0]), triu(x[0], -1)};
                    }},
                   {"tril_indices",
                    [](const Tensors& x) {
                      const auto [rows, columns] = tril_indices(x[0].graph(), 3, -1);
                      return Tensors{index(x[0], {IndexItem::of(rows), IndexItem::of(columns)})};
                    }},
               });
}

TEST_CASE("created arrays have NumPy's kinds and lengths", "[tensor][functions]") {
  Graph graph;
  CHECK(arange(graph, 1, 10, 3, DType::integer).value().to_vector() == std::vector<double>{1, 4, 7});
  CHECK(arange(graph, 5, 0, -2, DType::integer).value().to_vector() == std::vector<double>{5, 3, 1});
  CHECK(arange(graph, 0, 1, 0.25, DType::real).size() == 4);
  CHECK(arange(graph, 3, 3, 1, DType::integer).size() == 0);
  CHECK(eye(graph, 2, 3, 1).value().to_vector() == std::vector<double>{0, 1, 0, 0, 0, 1});
  CHECK(eye(graph, 2, 2, -1).value().to_vector() == std::vector<double>{0, 0, 1, 0});
  CHECK(tri(graph, 2, 3).value().to_vector() == std::vector<double>{1, 0, 0, 1, 1, 0});
  CHECK(one_hot(arange(graph, 3), 2, DType::boolean).dtype() == DType::boolean);
  CHECK_THROWS_AS(arange(graph, 0, 1e18, 1, DType::integer), Error);
  CHECK_THROWS_AS(arange(graph, 0, 1, 0, DType::integer), Error);
}

TEST_CASE("empty arrays pass through shape functions", "[tensor][functions]") {
  Graph graph;
  const Tensor empty = graph.input({0, 3});
  const auto shapes = evaluate({tile(empty, {2, 1}), repeat(empty, 2, 1), roll(empty, {1}, {0}), sum(empty, {0}),
                                concatenate({empty, empty}), sum(empty, {1}), sum(ravel(empty))},
                               {empty}, {Array(DType::real, {0, 3})});
  CHECK(shapes[0].shape() == Shape{0, 3});
  CHECK(shapes[1].shape() == Shape{0, 6});
  CHECK(shapes[3].to_vector() == std::vector<double>{0, 0, 0});
  CHECK(shapes[4].shape() == Shape{0, 3});
  CHECK(shapes[5].shape() == Shape{0});
  CHECK(shapes[6].to_vector() == std::vector<double>{0});
}

TEST_CASE("arrays beyond the limits are refused before they are made", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3, 4});
  const std::int64_t huge = std::int64_t{1} << 40;
  const auto code_of = [](const std::function<void()>& f) -> std::string {
    try {
      f();
    } catch (const Error& error) {
      return error.code();
    }
    return "none";
  };
  CHECK(code_of([&] { tile(a, {huge}); }) == "E907");
  CHECK(code_of([&] { tile(a, {1 << 30, 1 << 30}); }) == "E907");
  CHECK(code_of([&] { repeat(a, huge, 0); }) == "E907");
  CHECK(code_of([&] { pad(a, {{0, huge}}, graph.scalar(0)); }) == "E907");
  CHECK(code_of([&] { eye(graph, 1 << 30, 1 << 30); }) == "E907");
  CHECK(code_of([&] { one_hot(arange(graph, 3), huge); }) == "E907");
  CHECK(code_of([&] { linspace(graph.scalar(0), graph.scalar(1), huge); }) == "E907");
  CHECK(code_of([&] { diag(ravel(a), huge); }) == "E907");
}

TEST_CASE("bad shapes are errors", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3, 4});
  CHECK_THROWS_AS(split(a, 3, 1), Error);
  CHECK_THROWS_AS(pad(a, {{1, 1}, {1, 1}, {1, 1}}, graph.scalar(0)), Error);
  CHECK_THROWS_AS(moveaxis(a, {0, 0}, {0, 1}), Error);
  CHECK_THROWS_AS(repeat(a, std::vector<std::int64_t>{1, 2}, 0), Error);
  CHECK_THROWS_AS(repeat(a, -1), Error);
  CHECK_THROWS_AS(squeeze_axes(a, {0}), Error);
  CHECK_THROWS_AS(concatenate({}), Error);
  CHECK_THROWS_AS(take(a, graph.constant(Array::vector({0.5}))), Error);
}

}  // namespace dolab::tensor
