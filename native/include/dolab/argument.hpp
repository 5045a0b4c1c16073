// Arguments of a model: arrays, and static values that shape the trace.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dolab/array.hpp"

namespace dolab::model {

/// One argument: None, a static scalar, a string, a data array, or a list of arguments.
struct Argument {
  using List = std::vector<Argument>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, List> value;

  Argument() = default;
  Argument(Array array) : value(std::move(array)) {}
  Argument(double number) : value(number) {}
  Argument(std::int64_t number) : value(number) {}
  Argument(int number) : value(static_cast<std::int64_t>(number)) {}
  Argument(bool flag) : value(flag) {}
  Argument(std::string text) : value(std::move(text)) {}
  Argument(const char* text) : value(std::string(text)) {}
  Argument(List list) : value(std::move(list)) {}

  bool is_none() const noexcept { return std::holds_alternative<std::monostate>(value); }
  const Array* array() const noexcept { return std::get_if<Array>(&value); }
};

/// Named arguments in the order of the model's signature.
class Arguments {
 public:
  Arguments() = default;
  Arguments(std::initializer_list<std::pair<std::string, Argument>> items) : items_(items) {}

  /// Replaces or appends.
  void set(const std::string& name, Argument argument);
  void erase(const std::string& name);
  /// nullptr if the name is absent.
  const Argument* find(const std::string& name) const noexcept;
  /// True if present and not None.
  bool has(const std::string& name) const noexcept;
  /// The array (numbers and flags become scalars). Throws E205 if absent, E209 if it is something else.
  Array array(const std::string& name) const;
  /// A whole number. Throws E205 or E209.
  std::int64_t integer(const std::string& name) const;
  double number(const std::string& name) const;

  const std::vector<std::pair<std::string, Argument>>& items() const noexcept { return items_; }

 private:
  std::vector<std::pair<std::string, Argument>> items_;
};

}  // namespace dolab::model
