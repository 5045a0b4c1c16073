#include "model/argument.hpp"

#include <cmath>

#include "dolab/error.hpp"

namespace dolab::model {

void Arguments::set(const std::string& name, Argument argument) {
  for (auto& item : items_) {
    if (item.first != name) continue;
    item.second = std::move(argument);
    return;
  }
  items_.emplace_back(name, std::move(argument));
}

void Arguments::erase(const std::string& name) {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].first != name) continue;
    items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

const Argument* Arguments::find(const std::string& name) const noexcept {
  for (const auto& item : items_) {
    if (item.first == name) return &item.second;
  }
  return nullptr;
}

bool Arguments::has(const std::string& name) const noexcept {
  const Argument* argument = find(name);
  return argument != nullptr && !argument->is_none();
}

Array Arguments::array(const std::string& name) const {
  const Argument* argument = find(name);
  if (argument == nullptr || argument->is_none()) throw Error("E205", "argument \"" + name + "\" is missing");
  if (const Array* array = argument->array()) return *array;
  if (const double* number = std::get_if<double>(&argument->value)) return Array::scalar(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&argument->value)) {
    return Array::scalar(static_cast<double>(*whole), DType::integer);
  }
  if (const bool* flag = std::get_if<bool>(&argument->value)) return Array::scalar(*flag ? 1.0 : 0.0, DType::boolean);
  throw Error("E209", "argument \"" + name + "\" is not an array");
}

double Arguments::number(const std::string& name) const {
  const Array value = array(name);
  if (value.size() != 1) throw Error("E209", "argument \"" + name + "\" is not a number");
  return value[0];
}

std::int64_t Arguments::integer(const std::string& name) const {
  const double value = number(name);
  if (value != std::floor(value) || std::fabs(value) > 0x1.0p53) {
    throw Error("E209", "argument \"" + name + "\" is not a whole number");
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace dolab::model
