// What a call costs: GetCheckpoint over mutual TLS at the gateway, against an empty unary call of a bare gRPC server
// with the same credentials and message sizes, in the same run. By hand, no test.
//
//   call_bench [seconds]          serves both, starts clients as processes of their own, prints a table
//
// Callers keep `in flight` calls open on one channel each (closed loop), so this measures what a call costs, not how
// long one waits.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "goldeneagle/v1/audit_service.grpc.pb.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

namespace v1 = ::goldeneagle::v1;

std::string Text(const std::string& path) {
  std::stringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  return all.str();
}
void Put(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

class Bare final : public v1::AuditService::CallbackService {
 public:
  explicit Bare(std::string checkpoint) : checkpoint_(std::move(checkpoint)) {}
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context, const v1::GetCheckpointRequest*,
                                          v1::GetCheckpointResponse* response) override {
    response->set_checkpoint(checkpoint_);
    auto* call = context->DefaultReactor();
    call->Finish(grpc::Status::OK);
    return call;
  }

 private:
  const std::string checkpoint_;
};

// The client's half: calls for so long, prints how many.
class Caller {
 public:
  Caller(std::shared_ptr<grpc::Channel> channel, absl::Time end)
      : stub_(v1::AuditService::NewStub(channel)), end_(end) {}
  void Start(int in_flight) {
    open_ = in_flight;
    for (int i = 0; i < in_flight; ++i) Next();
  }
  uint64_t Wait() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](int* open) { return *open == 0; }, &open_));
    return done_;
  }

 private:
  struct One {
    grpc::ClientContext context;
    v1::GetCheckpointRequest request;
    v1::GetCheckpointResponse response;
  };
  void Next() {
    auto* one = new One;
    one->context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    stub_->async()->GetCheckpoint(&one->context, &one->request, &one->response,
                                  [this, one](const grpc::Status& status) {
                                    if (!status.ok())
                                      std::fprintf(stderr, "%s\n", status.error_message().c_str()), std::exit(1);
                                    delete one;
                                    ++done_;
                                    if (absl::Now() < end_) return Next();
                                    absl::MutexLock lock(&mu_);
                                    --open_;
                                  });
  }
  std::unique_ptr<v1::AuditService::Stub> stub_;
  const absl::Time end_;
  std::atomic<uint64_t> done_{0};
  absl::Mutex mu_;
  int open_ = 0;
};

int Client(const std::string& address, const std::string& folder, int in_flight, double seconds) {
  grpc::SslCredentialsOptions options{Text(folder + "/ca"), Text(folder + "/key"), Text(folder + "/cert")};
  auto channel = grpc::CreateChannel(address, grpc::SslCredentials(options));
  channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  const absl::Time began = absl::Now();
  Caller caller(channel, began + absl::Seconds(seconds));
  caller.Start(in_flight);
  const uint64_t done = caller.Wait();
  std::printf("%.0f\n", static_cast<double>(done) / absl::ToDoubleSeconds(absl::Now() - began));
  return 0;
}

absl::Duration Cpu() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return absl::DurationFromTimeval(used.ru_utime) + absl::DurationFromTimeval(used.ru_stime);
}

double RunClient(const std::string& command) {
  std::FILE* out = popen(command.c_str(), "r");
  double rate = 0;
  if (std::fscanf(out, "%lf", &rate) != 1) rate = 0;
  pclose(out);
  return rate;
}

int Serve(const std::string& self, double seconds) {
  GatewayWorld world;
  const std::string folder = world.folder();
  Put(folder + "/ca", world.authority().certificate_pem());
  Put(folder + "/cert", world.auditor().certificate_pem);
  Put(folder + "/key", world.auditor().key_pem);
  const Answer answer = Call(world.Channel(world.auditor()), "/goldeneagle.v1.AuditService/GetCheckpoint");
  Bare bare(Parsed<v1::GetCheckpointResponse>(answer).checkpoint());
  grpc::SslServerCredentialsOptions options(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = world.authority().certificate_pem();
  options.pem_key_cert_pairs.push_back({Text(world.config().api_key), Text(world.config().api_certificate)});
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port);
  builder.RegisterService(&bare);
  const auto server = builder.BuildAndStart();
  std::printf("%-9s %9s %12s %14s %9s\n", "in flight", "repeat", "bare calls/s", "gateway calls/s", "ratio");
  for (const int in_flight : {1, 16, 128}) {
    for (int repeat = 1; repeat <= 3; ++repeat) {
      double rate[2], cpu[2];
      const std::string addresses[] = {"127.0.0.1:" + std::to_string(port), world.api_address()};
      for (int i = 0; i < 2; ++i) {
        std::ostringstream command;
        command << self << " client " << addresses[i] << " " << folder << " " << in_flight << " " << seconds;
        const absl::Duration before = Cpu();
        rate[i] = RunClient(command.str());
        cpu[i] = absl::ToDoubleMicroseconds(Cpu() - before) / (rate[i] * seconds);
      }
      std::printf("%-9d %9d %12.0f %14.0f %9.2f   server CPU us/call: %.0f, %.0f\n", in_flight, repeat, rate[0],
                  rate[1], rate[1] / rate[0], cpu[0], cpu[1]);
      std::fflush(stdout);
    }
  }
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace eagle

int main(int argc, char** argv) {
  if (argc == 6 && std::string(argv[1]) == "client")
    return eagle::Client(argv[2], argv[3], std::atoi(argv[4]), std::atof(argv[5]));
  return eagle::Serve(argv[0], argc > 1 ? std::atof(argv[1]) : 3);
}
