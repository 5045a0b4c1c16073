// Where a command that starts from a fit gets the fit and its data: `fit` names a store, or `opened` is it; `given` or
// `data` are the rows, else the fit's own.
#pragma once

#include <utility>

#include "experiment/effect.hpp"
#include "experiment/own_data.hpp"
#include "experiment/store.hpp"

namespace dolab::experiment {

/// The fit that a command starts from, its own to change; arrays are shared.
template <class Command>
StoredFit fit_for(const Command& command) {
  return command.opened != nullptr ? *command.opened : read_fit(command.fit);
}

/// The data of a command that starts from a fit.
template <class Command>
BoundData data_for(const Fitted& fitted, const Command& command) {
  if (command.given != nullptr) return bind_for_fit(fitted, std::move(*command.given));
  return command.data.empty() ? bind_own_data(fitted, command.fit) : bind_for_fit(fitted, io::read_data(command.data));
}

/// Whether the command names rows of its own.
template <class Command>
bool has_data(const Command& command) {
  return command.given != nullptr || !command.data.empty();
}

}  // namespace dolab::experiment
