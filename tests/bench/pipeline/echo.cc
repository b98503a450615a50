#include "tests/bench/pipeline/echo.h"

#include <grpcpp/grpcpp.h>

#include <thread>

#include "server/base/reason.h"
#include "tests/bench/pipeline/board.h"
#include "tests/bench/pipeline/channels.h"
#include "tests/bench/pipeline/echo.grpc.pb.h"
#include "tests/bench/pipeline/process.h"

namespace eagle::bench {
namespace {

using goldeneagle::bench::Echo;
using goldeneagle::bench::EchoMessage;

class EchoService final : public Echo::CallbackService {
  grpc::ServerUnaryReactor* Unary(grpc::CallbackServerContext* context, const EchoMessage* request,
                                  EchoMessage* response) override {
    response->set_body(request->body());
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// One of the calls that are always under way.
struct Lane {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<EchoMessage>> reader;
  EchoMessage response;
  grpc::Status status;
  int64_t from_us = 0;

  void Start(Echo::Stub& stub, const EchoMessage& request, grpc::CompletionQueue& queue) {
    context = std::make_unique<grpc::ClientContext>();
    from_us = NowUs();
    reader = stub.AsyncUnary(context.get(), request, &queue);
    reader->Finish(&response, &status, this);
  }
};

}  // namespace

absl::Status RunEchoServer(const std::string& folder) {
  EAGLE_ASSIGN_OR_RETURN(const World world, World::Load(folder));
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = world.authority_pem;
  options.pem_key_cert_pairs.push_back({world.gateway.key_pem, world.gateway.certificate_pem});
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return Fail(Reason::kConfigurationInvalid, "the echo server can't listen");
  EAGLE_RETURN_IF_ERROR(WriteFile(folder + "/echo.port.new", std::to_string(port)));
  if (rename((folder + "/echo.port.new").c_str(), (folder + "/echo.port").c_str()) != 0)
    return Fail(Reason::kConfigurationInvalid, "no echo.port");
  server->Wait();
  return absl::OkStatus();
}

absl::StatusOr<EchoFigures> MeasureEcho(const World& world, const std::string& address, pid_t server, int in_flight,
                                        double seconds) {
  const auto stub = Echo::NewStub(Connect(world, world.courts.at(0), address));
  EchoMessage request;
  request.set_body(std::string(kEchoBodyBytes, 'e'));
  Call(*stub, &Echo::Stub::Unary, request, "echo").IgnoreError();  // the handshake
  grpc::CompletionQueue queue;
  std::vector<Lane> lanes(static_cast<size_t>(in_flight));
  EchoFigures figures;
  const double cpu = CpuSeconds(server);
  const int64_t from_us = NowUs(), until_us = from_us + static_cast<int64_t>(seconds * 1e6);
  for (Lane& lane : lanes) lane.Start(*stub, request, queue);
  absl::Status trouble;
  int64_t now_us = from_us;
  void* tag = nullptr;
  for (bool ok = false; in_flight > 0 && queue.Next(&tag, &ok);) {
    auto* lane = static_cast<Lane*>(tag);
    now_us = NowUs();
    if (!lane->status.ok()) trouble = FromGrpc(lane->status, "echo");
    figures.us.Add(static_cast<double>(now_us - lane->from_us));
    if (now_us < until_us && trouble.ok()) {
      lane->Start(*stub, request, queue);
    } else {
      --in_flight;
    }
  }
  EAGLE_RETURN_IF_ERROR(trouble);
  const auto calls = static_cast<double>(figures.us.size());
  figures.calls_per_second = calls / (static_cast<double>(now_us - from_us) * 1e-6);
  figures.server_cpu_us_per_call = (CpuSeconds(server) - cpu) * 1e6 / calls;
  queue.Shutdown();
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
  }
  return figures;
}

}  // namespace eagle::bench
