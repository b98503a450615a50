// Health and reflection on both listeners, channelz on the admin one, as any generic client finds them.
#include <gmock/gmock.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include "grpc/health/v1/health.pb.h"
#include "tests/server/api_grpc/gateway_world.h"

namespace eagle {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

// Answers of the reflection service, as bytes: a question is one field of ServerReflectionRequest.
std::string Reflect(const std::shared_ptr<grpc::Channel>& channel, char field, const std::string& value,
                    grpc::Status& status) {
  std::string question = {static_cast<char>((field << 3) | 2), static_cast<char>(value.size())};
  question += value;
  grpc::ClientContext context;
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(channel.get(), method,
                                                                                            &context));
  const grpc::Slice slice(question);
  stream->Write(grpc::ByteBuffer(&slice, 1));
  stream->WritesDone();
  grpc::ByteBuffer received;
  std::string out;
  while (stream->Read(&received)) {
    std::vector<grpc::Slice> slices;
    if (!received.Dump(&slices).ok()) break;
    for (const grpc::Slice& piece : slices) out.append(reinterpret_cast<const char*>(piece.begin()), piece.size());
  }
  status = stream->Finish();
  return out;
}
std::string ListServices(const std::shared_ptr<grpc::Channel>& channel, grpc::Status& status) {
  return Reflect(channel, 7, "*", status);
}
std::string FileWith(const std::shared_ptr<grpc::Channel>& channel, const std::string& symbol) {
  grpc::Status status;
  return Reflect(channel, 4, symbol, status);
}

grpc::health::v1::HealthCheckResponse::ServingStatus Health(const std::shared_ptr<grpc::Channel>& channel,
                                                            const std::string& service) {
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  return Parsed<grpc::health::v1::HealthCheckResponse>(Call(channel, kCheck, request.SerializeAsString())).status();
}

TEST(Health, IsToldToCallersAndToTheMachine) {
  GatewayWorld world;
  for (const auto& channel : {world.Channel(world.agency()), world.AdminChannel()}) {
    EXPECT_EQ(Health(channel, ""), grpc::health::v1::HealthCheckResponse::SERVING);
    EXPECT_EQ(Health(channel, "goldeneagle.v1.AdapterService"), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  const auto stranger = world.Channel(world.Issue(trust::SystemRole::kCourt, "辽9907"));
  EXPECT_EQ(Call(stranger, kCheck).code, grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Reflection, ListsTheContractAndHealth) {
  GatewayWorld world;
  for (const auto& channel : {world.Channel(world.court()), world.AdminChannel()}) {
    grpc::Status status;
    const std::string services = ListServices(channel, status);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_THAT(services, HasSubstr("grpc.health.v1.Health"));
    EXPECT_THAT(services, HasSubstr("goldeneagle.v1.AdminService"));
    // What is listed is also found.
    EXPECT_THAT(FileWith(channel, "grpc.health.v1.Health"), HasSubstr("grpc/health/v1/health.proto"));
    EXPECT_THAT(FileWith(channel, "goldeneagle.v1.AdminService"), HasSubstr("goldeneagle/v1/admin_service.proto"));
  }
  grpc::Status status;
  EXPECT_THAT(ListServices(world.Channel(world.court()), status), Not(HasSubstr("ProcessService")));
  EXPECT_THAT(ListServices(world.AdminChannel(), status), HasSubstr("goldeneagle.process.v1.ProcessService"));
  ListServices(world.Channel(world.Issue(trust::SystemRole::kCourt, "辽9907")), status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Reflection, CanBeSwitchedOff) {
  GatewayWorld world({.reflection = false});
  grpc::Status status;
  EXPECT_EQ(ListServices(world.Channel(world.court()), status), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(ListServices(world.AdminChannel(), status), HasSubstr("grpc.health.v1.Health"));
}

TEST(Channelz, IsForTheMachineOnly) {
  GatewayWorld world;
  const char* servers = "/grpc.channelz.v1.Channelz/GetServers";
  EXPECT_EQ(Call(world.AdminChannel(), servers).code, grpc::StatusCode::OK);
  EXPECT_EQ(Call(world.Channel(world.operator_system()), servers).code, grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace eagle
