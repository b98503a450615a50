// Connections of the bench: mutual TLS to the gateway under one party's certificate, each its own (nothing is shared
// between channels), and the plain one to the admin listener.
//
// Threads: as gRPC: any.
//
//   auto channel = Connect(world, world.oper, "127.0.0.1:40123");
//   EAGLE_ASSIGN_OR_RETURN(auto answer, Call(admin, &v1::AdminService::Stub::SubmitAdministration, request));
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/pipeline/world.h"

namespace eagle::bench {

std::shared_ptr<grpc::Channel> Connect(const World& world, const Party& party, const std::string& address);
// `address`: "unix:/path" or a loopback address.
std::shared_ptr<grpc::Channel> ConnectPlain(const std::string& address);
// gRPC's status with what its details say (reason and violations), as one line for people.
absl::Status FromGrpc(const grpc::Status& status, const std::string& what);

// One blocking call with a time limit.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                              const Request& request, const std::string& what,
                              std::chrono::seconds limit = std::chrono::seconds(30)) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + limit);
  Response response;
  if (const grpc::Status status = (stub.*method)(&context, request, &response); !status.ok())
    return FromGrpc(status, what);
  return response;
}

}  // namespace eagle::bench
