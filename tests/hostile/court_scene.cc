#include "tests/hostile/court_scene.h"

#include <gtest/gtest.h>

namespace eagle::hostile {

using test::kBeiling;
using test::kSongyue;

CourtWorld& CourtWorld::Get() {
  static auto* const kWorld = new CourtWorld;
  return *kWorld;
}

CourtWorld::CourtWorld() {
  old_checkpoint = gateway.Call(&api::Handlers::GetCheckpoint, demo.court, v1::GetCheckpointRequest())->checkpoint();
  inquiry = demo.Inquire({kBeiling, kSongyue});
  other_inquiry = demo.Inquire({kBeiling, kSongyue});
  earlier = *demo.Submit({inquiry, other_inquiry});
  for (const char* agency : {kBeiling, kSongyue}) demo.Pull(agency);
  // As the agencies sign them; how a gateway lists them is not what is tried here.
  const auto answer = [&](const v1::Order& order, const char* agency, int64_t balance) {
    const v1::Receipt receipt = demo.Found(order, agency, "9900010000000001016", balance);
    const v1::SignedBatch batch = gateway.Sign(v1::MEMBER_TYPE_RECEIPT, agency, std::vector<v1::Receipt>{receipt},
                                               {std::string("agency/") + agency});
    v1::FindingsOfAgency finding;
    finding.set_agency(agency);
    *finding.mutable_receipt() = trust::TravelForm(batch, 0);
    return finding;
  };
  findings = {answer(inquiry, kBeiling, 61'350'27), answer(inquiry, kSongyue, 15'000'00)};
  other_findings = {answer(other_inquiry, kBeiling, 1), answer(other_inquiry, kSongyue, 2)};
}

v1::GetInclusionProofResponse CourtWorld::ProofOf(uint64_t index, uint64_t size) {
  v1::GetInclusionProofRequest request;
  request.set_index(index);
  request.set_size(size);
  return *gateway.Call(&api::Handlers::GetInclusionProof, test::GatewayFixture::Auditor(), request);
}

uint64_t CourtWorld::NewestOf(const std::string& type) const {
  const std::vector<std::string> types = gateway.Types();
  for (size_t i = types.size(); i-- > 0;) {
    if (types[i] == type) return i;
  }
  ADD_FAILURE() << "no " << type;
  return 0;
}

absl::StatusOr<v1::SubmitOrdersResponse> Wire::SubmitOrders(const v1::SubmitOrdersRequest& request) {
  auto response = world_.gateway.Call(&api::Handlers::SubmitOrders, world_.demo.court, request);
  if (response.ok() && on_orders) on_orders(*response);
  return response;
}

absl::StatusOr<v1::SubmitCaseActsResponse> Wire::SubmitCaseActs(const v1::SubmitCaseActsRequest& request) {
  auto response = world_.gateway.Call(&api::Handlers::SubmitCaseActs, world_.demo.court, request);
  if (response.ok() && on_case) on_case(*response);
  return response;
}

absl::StatusOr<v1::GetConsistencyProofResponse> Wire::GetConsistencyProof(
    const v1::GetConsistencyProofRequest& request) {
  auto response = world_.gateway.Call(&api::Handlers::GetConsistencyProof, world_.demo.court, request);
  if (response.ok() && on_consistency) on_consistency(*response);
  return response;
}

absl::StatusOr<v1::ListStatementsResponse> Wire::ListStatements(const v1::ListStatementsRequest& request) {
  auto response = world_.gateway.Call(&api::Handlers::ListStatements, world_.demo.court, request);
  if (response.ok() && on_statements) on_statements(*response);
  return response;
}

CourtDesk::CourtDesk(CourtWorld& world) : clock_(world.gateway.clock.wall), wire_(world) {
  client::DeskOptions options{.state_folder = folder_ / "state",
                              .organisation = test::kCourt,
                              .environment = v1::ENVIRONMENT_TEST,
                              .log_key = world.gateway.log_signer->VerifierKey(),
                              .registrar_threshold = 2};
  for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
    options.registrar_keys.push_back(world.gateway.Key(name).public_key());
  auto desk = client::Desk::Open(options, {clock_, entropy_, world.gateway.real_checker});
  EXPECT_TRUE(desk.ok()) << desk.status();
  desk_ = *std::move(desk);
  EXPECT_TRUE(desk_->Observe(world.old_checkpoint, wire_).ok());
}

}  // namespace eagle::hostile
