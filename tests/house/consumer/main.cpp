// A program of somebody else: public headers only, linked to the installed library.
#include <cstdio>
#include <dolab/array.hpp>
#include <dolab/error.hpp>

int main() {
  const dolab::Shape shape = dolab::broadcast_shapes({3, 1}, {4});
  try {
    dolab::broadcast_shapes({3}, {4});
  } catch (const dolab::Error& error) {
    std::printf("%s %s\n", dolab::to_string(shape).c_str(), error.code().c_str());
    return shape == dolab::Shape{3, 4} ? 0 : 1;
  }
  return 1;
}
