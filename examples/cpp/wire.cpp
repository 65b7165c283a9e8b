#include "wire.hpp"

#include <cstring>
#include <map>

namespace wire {
namespace {

constexpr std::uint64_t MAX_LENGTH = std::uint64_t{1} << 48;
constexpr std::size_t MAX_DIMENSIONS = 64, MAX_DEPTH = 511;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "elements are put as they lie in memory on a little-endian wire");

std::uint64_t element_size(const std::string& dtype) {
  static const std::map<std::string, std::uint64_t> sizes = {
      {"bool", 1},           {"uint8", 1},         {"uint16", 2},          {"uint32", 4},
      {"uint64", 8},         {"int8", 1},          {"int16", 2},           {"int32", 4},
      {"int64", 8},          {"float16", 2},       {"float32", 4},         {"float64", 8},
      {"complex64", 8},      {"complex128", 16},   {"bfloat16", 2},        {"float8_e4m3fn", 1},
      {"float8_e4m3fnuz", 1}, {"float8_e5m2", 1},  {"float8_e5m2fnuz", 1},
  };
  const auto found = sizes.find(dtype);
  if (found == sizes.end()) throw Error("unknown dtype");
  return found->second;
}

// The number of bytes that the elements take; a shape may not lie its way past 64 bits.
std::uint64_t data_size(const Tensor& tensor) {
  std::uint64_t size = element_size(tensor.dtype);
  for (const auto length : tensor.shape) {
    if (__builtin_mul_overflow(size, length, &size)) throw Error("a shape beyond 64 bits");
  }
  return size;
}

}  // namespace

Tensor Tensor::of(const std::vector<float>& numbers, std::vector<std::uint64_t> shape) {
  Tensor made;
  made.dtype = "float32";
  made.shape = std::move(shape);
  made.data.assign(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float));
  if (made.data.size() != data_size(made)) throw Error("as many numbers as the shape says");
  return made;
}

std::vector<float> Tensor::floats() const {
  if (dtype != "float32") throw Error("a tensor of " + dtype + " where float32 was expected");
  std::vector<float> numbers(data.size() / sizeof(float));
  std::memcpy(numbers.data(), data.data(), data.size());
  return numbers;
}

msgpack::object_handle decode(std::string_view bytes) {
  const std::size_t most = bytes.size();  // no header may claim more items than there are bytes
  std::size_t offset = 0;
  try {
    auto handle = msgpack::unpack(bytes.data(), bytes.size(), offset, nullptr, nullptr,
                                  msgpack::unpack_limit(most, most, most, most, most, MAX_DEPTH));
    if (offset != bytes.size()) throw Error("bytes are left over after the value");
    return handle;
  } catch (const msgpack::unpack_error& error) {
    throw Error(std::string("not well-formed msgpack: ") + error.what());
  }
}

Tensor tensor(const msgpack::object& value) {
  if (value.type != msgpack::type::EXT) throw Error("a tensor was expected");
  const int code = value.via.ext.type();
  if (code != TENSOR && code != ARRAY && code != SCALAR) throw Error("a tensor was expected");
  const std::string_view payload(value.via.ext.data(), value.via.ext.size);
  if (payload.size() < 2) throw Error("an array without a header");
  const std::size_t length =
      static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
  if (payload.size() < 2 + length) throw Error("an array without a header");
  const auto handle = decode(payload.substr(2, length));
  const auto& header = handle.get();
  if (header.type != msgpack::type::ARRAY || header.via.array.size != 2 ||
      header.via.array.ptr[0].type != msgpack::type::STR ||
      header.via.array.ptr[1].type != msgpack::type::ARRAY) {
    throw Error("an array's header is [dtype, shape]");
  }
  Tensor found;
  found.code = static_cast<Code>(code);
  found.dtype = header.via.array.ptr[0].as<std::string>();
  const auto& shape = header.via.array.ptr[1].via.array;
  if (shape.size > MAX_DIMENSIONS) throw Error("more than 64 dimensions");
  for (std::uint32_t index = 0; index < shape.size; ++index) {
    const auto& item = shape.ptr[index];
    if (item.type != msgpack::type::POSITIVE_INTEGER || item.via.u64 >= MAX_LENGTH) {
      throw Error("a shape holds whole numbers from 0");
    }
    found.shape.push_back(item.via.u64);
  }
  if (code == SCALAR && !found.shape.empty()) throw Error("a scalar has no dimensions");
  found.data = payload.substr(2 + length);
  if (found.data.size() != data_size(found)) {
    throw Error("the elements are not as many as the shape says");
  }
  if (found.dtype == "bool") {
    for (const char byte : found.data) {
      if (byte != 0 && byte != 1) throw Error("a bool is the byte 0 or 1");
    }
  }
  return found;
}

msgpack::object_handle tuple(const msgpack::object& value) {
  if (value.type != msgpack::type::EXT || value.via.ext.type() != TUPLE) {
    throw Error("a tuple was expected");
  }
  auto items = decode({value.via.ext.data(), value.via.ext.size});
  if (items.get().type != msgpack::type::ARRAY) throw Error("a tuple holds an array");
  return items;
}

void pack(msgpack::packer<msgpack::sbuffer>& packer, const Tensor& tensor) {
  msgpack::sbuffer header;
  msgpack::packer<msgpack::sbuffer> inner(header);
  inner.pack_array(2);
  inner.pack(tensor.dtype);
  inner.pack(tensor.shape);
  std::string payload;
  payload.push_back(static_cast<char>(header.size() >> 8));
  payload.push_back(static_cast<char>(header.size() & 0xff));
  payload.append(header.data(), header.size());
  payload.append(tensor.data);
  packer.pack_ext(payload.size(), tensor.code);
  packer.pack_ext_body(payload.data(), payload.size());
}

}  // namespace wire
