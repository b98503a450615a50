// For those who have a gRPC channel already: tests with an in-process server.
#pragma once

#include <memory>

#include "client/lib/channel.h"
#include "grpcpp/channel.h"

namespace eagle::client {

// Why the peer's certificate was refused, told by the one who looked at it; null: nobody looks.
class PeerComplaint;

// `waiter` and `entropy` must outlive it.
std::unique_ptr<Gateway> GatewayOver(std::shared_ptr<grpc::Channel> channel, const CallOptions& options, Waiter& waiter,
                                     Entropy& entropy, std::shared_ptr<PeerComplaint> complaint = nullptr);

}  // namespace eagle::client
