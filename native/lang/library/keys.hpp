// Random keys as values.
#pragma once

#include <cstdint>
#include <string>

#include "lang/interpret/objects.hpp"

namespace dolab::lang {

struct KeyObject : HostObject {
  explicit KeyObject(std::uint64_t k) : key(k) {}
  std::string describe() const override { return "a random key"; }
  std::string type_name() const override { return "key"; }
  bool equals(const HostObject& other) const override {
    const auto* same = dynamic_cast<const KeyObject*>(&other);
    return same != nullptr && same->key == key;
  }
  std::uint64_t key;
};

/// Child number `number` of a key.
std::uint64_t derive_key(std::uint64_t key, std::uint64_t number) noexcept;
/// Key of a key object or of a whole number used as seed; E209 otherwise.
std::uint64_t key_of(const Value& value);

}  // namespace dolab::lang
