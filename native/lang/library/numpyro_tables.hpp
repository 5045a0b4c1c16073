// Tables of the modelling statements.
#pragma once

#include "lang/library/registry.hpp"
#include "model/builder.hpp"

namespace dolab::lang {

const NativeTable& statement_functions();  // numpyro.sample, plate, ...
const NativeTable& handler_functions();    // numpyro.handlers
const NativeTable& reparam_functions();    // numpyro.infer.reparam
const NativeTable& setting_functions();    // numpyro.enable_x64 and others without effect

/// A site as user functions of handlers see it: a dict with name, type, fn, value, is_observed, infer.
Value site_value(const model::Site& site);

}  // namespace dolab::lang
