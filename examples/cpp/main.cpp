// Asks a Cloche server about itself, runs a technique from a file, sends and receives a tensor, and meets
// a refusal.
//
//     example ADDRESS TECHNIQUE.py TEXT      as in 127.0.0.1:50051 ../../techniques/next_token.py Hello
//
// CLOCHE_TOKEN is a token, and CLOCHE_TLS the file with the certificate of who has signed the server's.
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cloche/v1/execution.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "wire.hpp"

namespace pb = cloche::v1;

namespace {

constexpr char UNIT_ROWS[] =
    "def unit_rows(model, tokenizer, vectors):\n"
    "    return vectors / vectors.norm(dim=-1, keepdim=True)\n";
constexpr char THIEF[] =
    "def thief(model, tokenizer):\n"
    "    return open('/etc/passwd').read()\n";

// A terminal must not obey what a server or a model wrote.
std::string visible(std::string text) {
  for (char& character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if ((byte < 0x20 && character != '\n' && character != '\t') || byte == 0x7f) character = '?';
  }
  return text;
}

// A call that gRPC ended: the server refused it or is not there.
struct Refusal : std::runtime_error {
  explicit Refusal(const grpc::Status& status) : std::runtime_error(describe(status)) {}

  // The reason and the places in the source come in the trailer grpc-status-details-bin.
  static std::string describe(const grpc::Status& status) {
    std::string text = status.error_message();
    google::rpc::Status details;
    if (!details.ParseFromString(status.error_details())) return text;
    for (const auto& detail : details.details()) {
      google::rpc::ErrorInfo info;
      pb::Diagnostics diagnostics;
      if (detail.UnpackTo(&info) && info.domain() == "cloche") text = info.reason() + ": " + text;
      if (!detail.UnpackTo(&diagnostics)) continue;
      for (const auto& item : diagnostics.items()) {
        text += "\n  line " + std::to_string(item.line()) + ": " + item.message();
      }
    }
    return text;
  }
};

// Arguments: a msgpack array after which `write` has written `count` values.
template <typename Write>
std::string array(std::uint32_t count, Write write) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer(buffer);
  packer.pack_array(count);
  write(packer);
  return {buffer.data(), buffer.size()};
}

// Runs a technique and returns its result, joined from the chunks and as long as they announced.
std::string run(pb::ExecutionService::Stub& stub, const std::string& source, const std::string& args,
                const std::string& kwargs = "") {
  pb::ExecuteStreamRequest request;
  auto& call = *request.mutable_call();
  call.mutable_technique()->set_source(source);
  call.set_args(args);
  call.set_kwargs(kwargs);
  call.mutable_options()->mutable_timeout()->set_seconds(60);

  grpc::ClientContext context;
  const auto stream = stub.ExecuteStream(&context, request);
  std::string result, broken;
  std::uint64_t total = 0;
  bool done = false;
  // A message without an event, which a silent stream sends now and then, is none of these, nor is one of a newer server.
  for (pb::ExecuteStreamResponse message; broken.empty() && stream->Read(&message);) {
    if (message.has_output()) {
      std::cout << visible(message.output().text());
    } else if (message.has_result_chunk()) {
      const auto& chunk = message.result_chunk();
      if (result.empty()) total = chunk.total_bytes();
      if (chunk.total_bytes() != total || result.size() + chunk.data().size() > total) {
        broken = "more of the result than the server announced";
      }
      result += chunk.data();
    } else if (message.has_done()) {
      done = true;
      const auto& failure = message.done().failure();
      if (message.done().has_failure()) broken = failure.type() + ": " + failure.message();
    }
  }
  if (!broken.empty()) {
    context.TryCancel();
    throw std::runtime_error(broken);
  }
  const auto status = stream->Finish();
  if (!status.ok()) throw Refusal(status);
  if (!done || result.empty() || result.size() != total) {
    throw std::runtime_error("less of the result than the server announced");
  }
  return result;
}

// The server's description, once its model is loaded.
pb::GetServerInfoResponse ready(pb::ExecutionService::Stub& stub) {
  for (;;) {
    grpc::ClientContext context;
    pb::GetServerInfoResponse info;
    const auto status = stub.GetServerInfo(&context, {}, &info);
    if (!status.ok()) throw Refusal(status);
    if (info.state() != pb::SERVER_STATE_STARTING) return info;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

void print_pairs(const std::string& bytes) {
  const auto handle = wire::decode(bytes);
  for (const auto& item : handle.get().as<std::vector<msgpack::object>>()) {
    const auto items = wire::tuple(item);
    const auto pair = items.get().as<std::vector<msgpack::object>>();
    std::cout << std::setw(16) << visible(pair.at(0).as<std::string>()) << "  "
              << pair.at(1).as<double>() << '\n';
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// gRPC sends a token over TLS only, or within this machine: in clear it makes no channel of both.
std::shared_ptr<grpc::ChannelCredentials> credentials(const std::string& address) {
  const char* const token = std::getenv("CLOCHE_TOKEN");
  const char* const ca = std::getenv("CLOCHE_TLS");
  std::shared_ptr<grpc::ChannelCredentials> way;
  if (ca != nullptr) {
    way = grpc::SslCredentials({read_file(ca), "", ""});
  } else if (token == nullptr) {
    return grpc::InsecureChannelCredentials();
  } else if (address.rfind("unix:", 0) == 0) {
    way = grpc::experimental::LocalCredentials(UDS);
  } else {
    throw std::runtime_error("a token goes over TLS only: set CLOCHE_TLS too");
  }
  if (token == nullptr) return way;
  return grpc::CompositeChannelCredentials(way, grpc::AccessTokenCredentials(token));
}

void show(const std::string& address, const std::string& path, const std::string& text) {
  const auto channel = grpc::CreateChannel(address, credentials(address));
  const auto owned = pb::ExecutionService::NewStub(channel);
  auto& stub = *owned;

  const auto info = ready(stub);
  std::cout << "== server\n"
            << pb::ServerState_Name(info.state()) << ' ' << visible(info.model().architecture())
            << ' ' << info.model().parameters() << " parameters\n";

  const std::string source = read_file(path);
  msgpack::sbuffer kwargs;
  msgpack::pack(kwargs, std::map<std::string, int>{{"top_k", 5}});
  std::cout << "== next tokens\n";
  print_pairs(run(stub, source, array(1, [&](auto& packer) { packer.pack(text); }),
                  {kwargs.data(), kwargs.size()}));

  std::cout << "== a tensor, there and back\n";
  const auto vectors = wire::Tensor::of({3, 4, 0, 5, 1, 0}, {3, 2});
  const auto bytes =
      run(stub, UNIT_ROWS, array(1, [&](auto& packer) { wire::pack(packer, vectors); }));
  const auto handle = wire::decode(bytes);
  const auto units = wire::tensor(handle.get());
  std::cout << units.dtype << " of " << units.shape.size() << " dimensions:";
  for (const float number : units.floats()) std::cout << ' ' << number;
  std::cout << '\n';

  std::cout << "== a refusal\n";
  try {
    run(stub, THIEF, "");
  } catch (const Refusal& refusal) {
    std::cout << visible(refusal.what()) << '\n';
  }

  std::cout << "== a failure\n";
  try {
    run(stub, source, array(1, [](auto& packer) { packer.pack(""); }));
  } catch (const std::runtime_error& failure) {
    std::cout << visible(failure.what()) << '\n';
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::cerr << "usage: example ADDRESS TECHNIQUE.py TEXT\n";
    return 2;
  }
  try {
    show(words[1], words[2], words[3]);
  } catch (const std::exception& error) {
    std::cerr << visible(error.what()) << '\n';
    return 1;
  }
}
