// Tables of the array functions.
#pragma once

#include "lang/library/registry.hpp"

namespace dolab::lang {

const NativeTable& elementwise_functions();
const NativeTable& creation_functions();
const NativeTable& shape_functions();
const NativeTable& reduction_functions();
const NativeTable& host_functions();    // results whose shape depends on values
const NativeTable& linear_functions();  // of jax.numpy itself
const NativeTable& linalg_functions();  // jax.numpy.linalg
const NativeTable& scipy_linalg_functions();
const NativeTable& nn_functions();
const NativeTable& one_hot_functions();
const NativeTable& logsumexp_functions();
const NativeTable& special_functions();
const NativeTable& normal_functions();  // jax.scipy.stats.norm
const NativeTable& lax_functions();
const NativeTable& lax_array_functions();      // arrays in jax.lax under other names than in jax.numpy
const NativeTable& further_array_functions();  // of jax.numpy
const NativeTable& transform_functions();      // jax.vmap, grad, jit, checkpoint
const NativeTable& tree_functions();
const NativeTable& segment_functions();  // jax.ops
const NativeTable& random_functions();
const std::vector<LibraryValue>& array_values();
const std::vector<LibraryValue>& array_types();

/// np.where with one argument.
Value where_positions(Interpreter& in, NativeCall& c);

}  // namespace dolab::lang
