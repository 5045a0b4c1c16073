// Golden hashes of the strict kernels (tests/data/kernels/strict_hashes.txt); see kernel_hashes.hpp.
#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "tests/native/tensor/kernel_hashes.hpp"

using namespace dolab::tensor;

namespace {

template <class T>
void compare(const std::map<std::string, std::string>& golden) {
  for (const auto* set : available_kernel_sets<T>(Flavour::strict)) {
    for (const auto& [name, hash] : testing::kernel_hashes(*set)) {
      char text[17];
      std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
      INFO(set->name << " " << name);
      REQUIRE(golden.count(name) == 1);
      CHECK(golden.at(name) == text);
    }
  }
}

}  // namespace

TEST_CASE("strict kernels have their golden hashes", "[tensor][kernels]") {
  std::ifstream file("tests/data/kernels/strict_hashes.txt");
  REQUIRE(file.good());
  std::map<std::string, std::string> golden;
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.rfind(' ');
    golden[line.substr(0, space)] = line.substr(space + 1);
  }
  CHECK(golden.size() > 130);
  compare<double>(golden);
  compare<float>(golden);
}
