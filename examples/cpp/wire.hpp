// What docs/wire.md adds to msgpack, as far as this example needs it: tensors, arrays and tuples.
// msgpack-cxx writes whole floats as ints, minus zero too; a technique that must get floats gets a tensor.
#pragma once

#include <cstdint>
#include <msgpack.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace wire {

// Bytes that are no value.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Extension codes.
enum Code : std::int8_t { TENSOR = 1, ARRAY = 2, TUPLE = 3, SCALAR = 8 };

// Elements of one type, little-endian, in C order.
struct Tensor {
  Code code = TENSOR;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::string data;

  static Tensor of(const std::vector<float>& numbers, std::vector<std::uint64_t> shape);
  // Throws Error unless the dtype is float32.
  std::vector<float> floats() const;
};

// Reads one value; it lives as long as the handle. Throws Error for anything else.
msgpack::object_handle decode(std::string_view bytes);

// Throw Error where the value is no tensor, array or scalar; no tuple.
Tensor tensor(const msgpack::object& value);
msgpack::object_handle tuple(const msgpack::object& value);

// Writes a tensor as the next value.
void pack(msgpack::packer<msgpack::sbuffer>& packer, const Tensor& tensor);

}  // namespace wire
