// Reads one value in hexadecimal a line. Writes it again in hexadecimal, tensors taken apart and put
// together; or "refused".
#include <iostream>
#include <string>

#include "wire.hpp"

namespace {

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

std::string to_hex(const msgpack::sbuffer& buffer) {
  static const char* const digits = "0123456789abcdef";
  std::string text;
  for (std::size_t at = 0; at < buffer.size(); ++at) {
    const auto byte = static_cast<unsigned char>(buffer.data()[at]);
    text += {digits[byte >> 4], digits[byte & 15]};
  }
  return text;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    try {
      const std::string bytes = from_hex(line);
      const auto handle = wire::decode(bytes);
      msgpack::sbuffer buffer;
      msgpack::packer<msgpack::sbuffer> packer(buffer);
      const auto& value = handle.get();
      if (value.type != msgpack::type::EXT) {
        packer.pack(value);
      } else if (value.via.ext.type() == wire::TUPLE) {
        const auto items = wire::tuple(value);
        msgpack::sbuffer payload;
        msgpack::pack(payload, items.get());
        packer.pack_ext(payload.size(), wire::TUPLE);
        packer.pack_ext_body(payload.data(), payload.size());
      } else {
        wire::pack(packer, wire::tensor(value));
      }
      std::cout << to_hex(buffer) << '\n';
    } catch (const wire::Error&) {
      std::cout << "refused\n";
    }
  }
}
