#include "tests/bench/workload.h"

#include <utility>

#include "server/base/assert.h"
#include "server/domain/instant.h"

namespace eagle::bench {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr size_t kFreezesPerCase = 16, kCasesAtOnce = 64, kProposalsAtOnce = 128;

}  // namespace

Workload::Workload(size_t banks) {
  std::vector<goldeneagle::v1::Administration> proposals;
  std::vector<Statement> keys;
  for (size_t i = 0; i < banks; ++i) {
    const std::string code = "B" + std::to_string(1000 + i);
    banks_.push_back(code);
    proposals.emplace_back().set_request_id(world.NewId());
    proposals.back().mutable_proposal()->set_ground("bench");
    RegisterAgency* agency = proposals.back().mutable_proposal()->mutable_agency();
    agency->set_code(code), agency->set_name(code), agency->set_kind("BANK"), agency->set_region("990101");
    for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RELEASE, ACTION_DEDUCT}) {
      Capability* row = agency->add_capabilities();
      row->set_action(action), row->set_asset_kind("DEPOSIT");
    }
    agency->mutable_system()->set_spiffe_id("spiffe://test/agency/" + code),
        agency->mutable_system()->add_spki_sha256(std::string(32, 'p'));
    Statement& key = keys.emplace_back();
    key.set_subject("agency/" + code), key.set_sequence(1), key.set_kind(STATEMENT_KIND_KEY),
        key.set_environment(ENVIRONMENT_TEST);
    *key.mutable_valid_from() = domain::ToProto(world.now - absl::Hours(1)),
    *key.mutable_valid_until() = domain::ToProto(world.now + absl::Hours(1000));
    key.set_algorithm(KEY_ALGORITHM_ED25519), key.set_key(world.Key(code));
  }
  for (size_t at = 0; at < banks; at += kProposalsAtOnce) {
    const size_t end = std::min(banks, at + kProposalsAtOnce);
    const auto made = world.Do(world.Administration(
        "admin1", {proposals.begin() + static_cast<ptrdiff_t>(at), proposals.begin() + static_cast<ptrdiff_t>(end)}));
    std::vector<goldeneagle::v1::Administration> approvals;
    for (const domain::MemberResult& member : made.members) {
      approvals.emplace_back().set_request_id(world.NewId());
      approvals.back().mutable_approval()->set_proposal_index(member.index);
      approvals.back().mutable_approval()->set_proposal_digest(world.state.proposals.at(member.index).digest);
    }
    world.Do(world.Administration("admin2", approvals));
    world.Do(world.Statements("registrar",
                              {keys.begin() + static_cast<ptrdiff_t>(at), keys.begin() + static_cast<ptrdiff_t>(end)},
                              {world.Key("registrar1"), world.Key("registrar2")}));
  }
  GATEWAY_ASSERT(world.state.directory.agencies().size() == banks + 3, "every bank is registered");
}

void Workload::Begin(Apply apply) {
  apply_ = std::move(apply);
  for (const auto& [time, command] : world.script) apply_(command);
}

std::string Workload::NextCase() {
  if (freezes_++ % kFreezesPerCase == 0 && cases_++ == opened_) {
    std::vector<CaseAct> acts;
    for (size_t i = 0; i < kCasesAtOnce; ++i) acts.push_back(world.OpenCase("bench-" + std::to_string(++opened_)));
    apply_(world.Cases(acts));
  }
  return "bench-" + std::to_string(cases_);
}

domain::SubmitOrders Workload::Inquiries(size_t members) {
  std::vector<goldeneagle::v1::Order> orders;
  for (size_t i = 0; i < members; ++i) orders.push_back(world.InquireOrder(banks_));
  return world.Orders(orders, {"handler"});
}

domain::SubmitOrders Workload::Freezes(size_t members) {
  last_.clear();
  for (size_t i = 0; i < members; ++i) {
    last_.push_back(world.FreezeOrder("BANK1", 100'00));
    last_.back().set_case_number(NextCase());
  }
  return world.Orders(last_);
}

domain::ReportReceipts Workload::Answers(const std::vector<goldeneagle::v1::Order>& freezes) {
  std::vector<Receipt> receipts;
  for (const auto& freeze : freezes) receipts.push_back(world.Controlled(freeze, "BANK1", 100'00, 0));
  domain::ReportReceipts out = world.Receipts("BANK1", receipts);
  return out;
}

}  // namespace eagle::bench
