#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/execute.hpp"
#include "tensor/functions/index.hpp"

namespace dolab::tensor {

namespace {

using testing::Tensors;
using Items = std::vector<IndexItem>;

IndexItem at(std::int64_t i) { return IndexItem::at(i); }
IndexItem of(const Tensor& t) { return IndexItem::of(t); }
IndexItem all() { return IndexItem::range(); }
IndexItem rest() { return IndexItem::rest(); }
IndexItem axis() { return IndexItem::axis(); }
constexpr auto range = IndexItem::range;

/// a[items] with items made of the inputs.
template <class F>
auto reading(F items) {
  return [items](const Tensors& x) { return Tensors{index(x[0], items(x))}; };
}

/// a.at[items].mode(value): the value is input 1.
template <class F>
auto writing(AtMode mode, F items) {
  return [mode, items](const Tensors& x) { return Tensors{at_update(x[0], items(x), x[1], mode)}; };
}

Tensor mask_of(const Tensor& a, const std::vector<double>& values, Shape shape) {
  return a.graph().constant(Array(DType::boolean, std::move(shape), values));
}

std::string code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

}  // namespace

TEST_CASE("indexing reads what NumPy reads", "[tensor][functions]") {
  const std::vector<double> rows{1, 0, 1, 1};
  testing::check_cases(
      "index", {
                   {"index_int", reading([](const Tensors&) { return Items{at(1)}; })},
                   {"index_negative_int", reading([](const Tensors&) {
                      return Items{at(-1), all(), at(-2)};
                    })},
                   {"index_slices", reading([](const Tensors&) {
                      return Items{range(1, 3, {}), range({}, {}, 2), range(-4, -1, {})};
                    })},
                   {"index_reverse", reading([](const Tensors&) {
                      return Items{range({}, {}, -1), range({}, {}, -2), range(3, 0, -1)};
                    })},
                   {"index_clipped_slice", reading([](const Tensors&) {
                      return Items{range(-10, 10, {}), range(2, 1, {}), range({}, 100, {})};
                    })},
                   {"index_new_axis", reading([](const Tensors&) {
                      return Items{all(), axis(), at(1), rest(), axis()};
                    })},
                   {"index_ellipsis", reading([](const Tensors&) {
                      return Items{rest(), at(2)};
                    })},
                   {"index_array", reading([](const Tensors& x) { return Items{of(x[1])}; })},
                   {"index_vector_by_matrix", reading([](const Tensors& x) { return Items{of(x[1])}; })},
                   {"index_array_middle", reading([](const Tensors& x) {
                      return Items{all(), of(x[1])};
                    })},
                   {"index_array_last", reading([](const Tensors& x) {
                      return Items{rest(), of(x[1])};
                    })},
                   {"index_adjacent", reading([](const Tensors& x) {
                      return Items{all(), of(x[1]), of(x[2])};
                    })},
                   {"index_separated", reading([](const Tensors& x) {
                      return Items{of(x[1]), all(), of(x[2])};
                    })},
                   {"index_int_and_array", reading([](const Tensors& x) {
                      return Items{at(0), all(), of(x[1])};
                    })},
                   {"index_int_beside_array", reading([](const Tensors& x) {
                      return Items{all(), at(1), of(x[1])};
                    })},
                   {"index_slice_and_array", reading([](const Tensors& x) {
                      return Items{range(1, {}, {}), of(x[1]), range({}, {}, 2)};
                    })},
                   {"index_new_axis_between", reading([](const Tensors& x) {
                      return Items{of(x[1]), axis(), of(x[1])};
                    })},
                   {"index_scalar_array", reading([](const Tensors& x) {
                      return Items{all(), of(x[1])};
                    })},
                   {"index_pairs", reading([](const Tensors& x) {
                      return Items{of(x[1]), of(x[2])};
                    })},
                   {"index_broadcast_grid", reading([](const Tensors& x) {
                      return Items{of(expand_dims(x[1], 1)), of(x[2])};
                    })},
                   {"index_arange", reading([](const Tensors& x) { return Items{of(x[1])}; })},
                   {"index_every_second", reading([](const Tensors& x) {
                      return Items{all(), all(), of(x[1])};
                    })},
                   {"index_mask", reading([&](const Tensors& x) { return Items{of(mask_of(x[0], rows, {4}))}; })},
                   {"index_mask_2d", reading([](const Tensors& x) {
                      return Items{of(mask_of(x[0], {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}, {4, 3}))};
                    })},
                   {"index_mask_and_int", reading([&](const Tensors& x) {
                      return Items{of(mask_of(x[0], rows, {4})), at(1)};
                    })},
               });
}

TEST_CASE("traced indices out of range are clamped", "[tensor][functions]") {
  Graph graph;
  const Array table = Array::vector({10, 11, 12});
  const Tensor codes = graph.input({4}, DType::integer);
  const Tensor out = index(graph.constant(table), {of(codes)});
  const auto values = evaluate({out}, {codes}, {Array::vector({7, -9, 2, -1}, DType::integer)});
  CHECK(values[0].to_vector() == std::vector<double>{12, 10, 12, 12});
}

TEST_CASE("functional writes do what jax.numpy's at does", "[tensor][functions]") {
  const auto first = [](const Tensors& x) { return Items{of(x[2])}; };
  testing::check_cases(
      "at",
      {
          {"at_set_int", writing(AtMode::set, [](const Tensors&) { return Items{at(1)}; })},
          {"at_set_traced_row", writing(AtMode::set, first)},
          {"at_set_traced_column", writing(AtMode::set,
                                           [](const Tensors& x) {
                                             return Items{all(), of(x[2])};
                                           })},
          {"at_set_rows", writing(AtMode::set, first)},
          {"at_set_slice", writing(AtMode::set,
                                   [](const Tensors&) {
                                     return Items{range(1, 3, {}), range({}, {}, 2)};
                                   })},
          {"at_set_element", writing(AtMode::set,
                                     [](const Tensors& x) {
                                       return Items{of(x[2]), at(1), at(2)};
                                     })},
          {"at_set_pairs", writing(AtMode::set,
                                   [](const Tensors& x) {
                                     return Items{of(x[2]), of(x[3])};
                                   })},
          {"at_set_last", writing(AtMode::set,
                                  [](const Tensors& x) {
                                    return Items{rest(), of(x[2])};
                                  })},
          {"at_add", writing(AtMode::add, first)},
          {"at_add_pairs", writing(AtMode::add,
                                   [](const Tensors& x) {
                                     return Items{of(x[2]), all(), of(x[3])};
                                   })},
          {"at_multiply", writing(AtMode::multiply, first)},
          {"at_divide", writing(AtMode::divide, first)},
          {"at_max", writing(AtMode::max, first), true, false},
          {"at_min", writing(AtMode::min, first), true, false},
          {"at_set_mask",
           [](const Tensors& x) { return Tensors{at_update(x[0], {of(x[1] > 0.0)}, x[2], AtMode::set)}; }, true, false},
          {"at_set_leading_mask",
           [](const Tensors& x) { return Tensors{at_update(x[0], {of(x[1] > 0.0)}, x[2], AtMode::multiply)}; }},
          {"at_set_integers", writing(AtMode::set, [](const Tensors&) { return Items{range(1, {}, {})}; })},
      });
}

TEST_CASE("the last of several writes to one element stays", "[tensor][functions]") {
  Graph graph;
  const Tensor codes = graph.input({4}, DType::integer);
  const Array where = Array::vector({1, 0, 1, -1}, DType::integer);
  const Tensor a = graph.constant(Array::vector({0, 0, 0})), v = graph.constant(Array::vector({5, 6, 7, 8}));
  const std::vector<double> expected{6, 7, 8};
  CHECK(evaluate({at_update(a, {of(codes)}, v, AtMode::set)}, {codes}, {where})[0].to_vector() == expected);
  CHECK(at_update(a, {of(graph.constant(where))}, v, AtMode::set).value().to_vector() == expected);
}

TEST_CASE("plate indices cost nothing", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({5, 2});
  CHECK(index(a, {of(arange(graph, 5))}).id() == a.id());
  CHECK(index(a, {of(graph.constant(Array::vector({1, 3}, DType::integer)))}).node().op == Op::slice);
  CHECK(index(a, {of(graph.constant(Array::vector({1, 3, 4}, DType::integer)))}).node().op == Op::gather);
}

TEST_CASE("bad indices are located errors", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3, 4});
  const Tensor one_based = graph.constant(Array::vector({1, 2, 3}, DType::integer));
  const Tensor traced_mask = graph.input({3}, DType::boolean);
  CHECK(code_of([&] { index(a, {at(3)}); }) == "E405");
  CHECK(code_of([&] { index(a, {of(one_based)}); }) == "E405");
  CHECK(code_of([&] { index(a, {of(one_based), of(one_based)}); }) == "E405");
  CHECK(code_of([&] { index(a, {of(traced_mask)}); }) == "E304");
  CHECK(code_of([&] { index(a, {of(mask_of(a, {1, 0}, {2}))}); }) == "E405");
  CHECK(code_of([&] { index(a, {at(0), at(0), at(0)}); }) == "E406");
  CHECK(code_of([&] { index(a, {rest(), rest()}); }) == "E406");
  CHECK(code_of([&] { index(a, {range({}, {}, 0)}); }) == "E406");
  CHECK(code_of([&] { index(a, {of(graph.constant(Array::vector({0.5})))}); }) == "E209");
  try {
    index(a, {of(one_based)});
  } catch (const Error& error) {
    CHECK(error.message().find("run from 1 to 3") != std::string::npos);
    CHECK(error.hint().find("subtract 1") != std::string::npos);
  }
}

}  // namespace dolab::tensor
