// The last scene of the golden history: searches that a court signed beforehand, and a case that is flagged by one.
#include <algorithm>
#include <vector>

#include "server/base/assert.h"
#include "server/domain/instant.h"
#include "tests/golden/history.h"

namespace eagle::test {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

const AgencyOrdinal kSecondBank(2);

class Searches {
 public:
  explicit Searches(DomainWorld& world) : world_(world) {}

  // Searches that are signed beforehand: one is withdrawn; one begins, with half of its agencies, finds something in a
  // case that was closed for want of assets, and flags it; for one the case is closed when its day comes.
  void Tell() {
    for (const char* subject : {"court/C1", "agency/BANK2"})
      Restate(subject, "registrar", {"registrar1", "registrar2"});
    for (const char* name : {"handler", "leader"}) Restate(std::string("court/C1/officer/") + name, "C1", {"C1"});
    auto act = Proposing();
    *act.mutable_proposal()->mutable_policy()->mutable_table() = PolicyWithStanding(world_.state.policy->version() + 1);
    act.mutable_proposal()->mutable_policy()->mutable_table()->clear_directory();
    Adopts(act);
    const auto later = [&](int days, const std::vector<std::string>& agencies) {
      auto order = world_.InquireOrder(agencies);
      *order.mutable_not_before() = domain::ToProto(world_.now + absl::Hours(24 * days));
      *order.mutable_not_after() = domain::ToProto(world_.now + absl::Hours(24 * (days + 30)));
      return order;
    };
    const auto called_off = later(20, {"BANK1"}), search = later(10, {"BANK1", "BANK2"}),
               in_vain = later(50, {"BANK2"});
    Accepted(world_.Orders({called_off, search, in_vain}, {"handler"}));
    Refused(world_.Orders({later(24 * 40, {"BANK1"})}, {"handler"}));
    Accepted(
        domain::Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = called_off.order_id()});
    Accepted(world_.Cases({Staging(CASE_STAGE_CLOSED_NO_ASSETS)}));
    auto fewer = Proposing();
    RegisterAgency& bank = *fewer.mutable_proposal()->mutable_agency();
    const RegisterAgency before = world_.state.directory.AgencyByCode("BANK1")->row;
    bank = before, bank.clear_capabilities();
    for (const Capability& row : before.capabilities()) {
      if (row.action() != ACTION_INQUIRE) *bank.add_capabilities() = row;
    }
    Adopts(fewer);
    Later(world_.OrderNamed(search).begins - world_.now);
    // With it goes what was left there before it: nothing is passed over.
    std::vector<OrderSeq> goes;
    for (const auto& [seq, order] : world_.state.orders) {
      if (order.action == ACTION_INQUIRE && seq <= world_.OrderNamed(search).seq.value() &&
          order.Open().Contains(kSecondBank) && !order.delivered.Contains(kSecondBank))
        goes.push_back(OrderSeq(seq));
    }
    std::sort(goes.begin(), goes.end(), [](OrderSeq a, OrderSeq b) { return a.value() < b.value(); });
    Accepted(domain::Deliver{.agency = kSecondBank, .instance = "instance", .orders = goes});
    Receipt found = world_.ReceiptFor(search, "BANK2", RECEIPT_KIND_FINAL);
    found.set_searched_scope("all accounts");
    ItemResult* item = found.add_items();
    item->set_outcome(OUTCOME_FOUND);
    item->mutable_finding()->set_asset_kind("DEPOSIT"),
        item->mutable_finding()->set_asset_number("9900010000000054321");
    item->mutable_finding()->set_balance_known(true), item->mutable_finding()->set_balance_minor_units(7'000'00);
    Accepted(world_.Receipts("BANK2", {found}));
    Accepted(world_.Cases({Staging(CASE_STAGE_RESUMED)}));
    Accepted(world_.Cases({Staging(CASE_STAGE_CLOSED)}));
    Later(world_.OrderNamed(in_vain).begins - world_.now);
  }

 private:
  domain::Result Accepted(const domain::Command& command) {
    domain::Result result = world_.Do(command);
    GATEWAY_ASSERT(result.status.ok(), "the history is made of calls that are taken");
    for (const domain::MemberResult& member : result.members)
      GATEWAY_ASSERT(!member.refusal, "the scene needs this member");
    return result;
  }
  void Refused(const domain::Command& command) {
    const domain::Result result = world_.Do(command);
    GATEWAY_ASSERT(result.status.ok() && result.members.at(0).refusal, "the scene needs this refusal");
  }
  void Later(absl::Duration by) {
    world_.now += by;
    world_.Tick();
  }
  goldeneagle::v1::Administration Proposing() {
    goldeneagle::v1::Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("golden history");
    return act;
  }
  void Adopts(const goldeneagle::v1::Administration& act) {
    const uint64_t proposal = Accepted(world_.Administration("admin1", {act})).members[0].index;
    goldeneagle::v1::Administration approval;
    approval.set_request_id(world_.NewId());
    approval.mutable_approval()->set_proposal_index(proposal);
    approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(proposal).digest);
    Accepted(world_.Administration("admin2", {approval}));
  }
  CaseAct Staging(CaseStage to) {
    CaseAct act;
    act.set_request_id(world_.NewId()), act.set_court("C1");
    act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(to),
        act.mutable_stage()->set_ground("settlement talks");
    return act;
  }
  // Said once more, for another year.
  void Restate(const std::string& subject, const std::string& signer, const std::vector<std::string>& keys) {
    const domain::StatementOnFile& file = *world_.state.directory.StatementAbout(subject);
    Statement next = file.statement;
    next.set_sequence(next.sequence() + 1), next.set_previous_digest(file.digest);
    *next.mutable_valid_until() = domain::ToProto(world_.now + absl::Hours(24 * 365));
    std::vector<std::string> signed_by;
    for (const std::string& key : keys) signed_by.push_back(world_.Key(key));
    Accepted(world_.Statements(signer, {next}, signed_by));
    world_.Tick();  // what the directory is now
  }

  DomainWorld& world_;
};

}  // namespace

void TellOfSearches(DomainWorld& world) { Searches(world).Tell(); }

}  // namespace eagle::test
