// Every rule about orders that wait and about flagged cases is broken once, in a log that is valid otherwise.
#include "tests/audit/rules_world.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int64_t kOneSecond = 1'000'000;

// The acceptances that wait, in order: one that is withdrawn, one that begins, one that ends.
class BeginRules : public RulesTest {
 protected:
  size_t NthWaiting(size_t nth) {
    size_t place = 0;
    for (const std::string& bytes : leaves_) {
      const auto leaf = journal::DecodeLeaf(bytes);
      if (leaf->type != ENTRY_TYPE_ORDER_ACCEPTED) continue;
      OrderAccepted body;
      body.ParseFromString(leaf->body);
      if (body.begins() != 0 && nth-- == 0) return place;
      ++place;
    }
    ADD_FAILURE() << "no such order";
    return 0;
  }
};

TEST_F(BeginRules, ABeginIsTheOneThatWasStored) {
  Body_<OrderBegun>(ENTRY_TYPE_ORDER_BEGUN, [](auto& body) { body.set_begins(body.begins() - kOneSecond); });
  ExpectFinding("order.begin");
}

TEST_F(BeginRules, ABeginIsNotEarly) {
  Leaf_(ENTRY_TYPE_ORDER_BEGUN, [](journal::Leaf& leaf) { leaf.time -= absl::Microseconds(1); });
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("order.begin@" + std::to_string(at_)));
}

TEST_F(BeginRules, WhatHasEndedSaysSoAndWhy) {
  Body_<OrderBegun>(ENTRY_TYPE_ORDER_BEGUN, [](auto& body) { body.set_outcome(BEGIN_OUTCOME_ENDED); });
  ExpectFinding("order.begin");
}

TEST_F(BeginRules, WhatDoesNotBeginHasAReason) {
  Leaf_(
      ENTRY_TYPE_ORDER_BEGUN, [](journal::Leaf& leaf) { leaf.outcome = 0; }, 1);
  ExpectFinding("order.begin");
}

TEST_F(BeginRules, ABeginNamesThePolicyInForce) {
  Body_<OrderBegun>(ENTRY_TYPE_ORDER_BEGUN, [](auto& body) { body.set_policy_version(9); });
  ExpectFinding("order.begin");
}

TEST_F(BeginRules, ABeginSaysWhetherAnythingIsOpen) {
  Body_<OrderBegun>(
      ENTRY_TYPE_ORDER_BEGUN, [](auto& body) { body.set_completes(false); }, 1);
  ExpectFinding("completion");
}

// Its clock stands at its begin: at another one every mark is wrong, and what follows comes at the wrong time.
TEST_F(BeginRules, ThePlaceOfTheMarksIsCountedFromTheBegin) {
  Body_<OrderAccepted>(
      ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) { body.set_marks(0, body.marks(0) + kOneSecond); }, NthWaiting(0));
  ExpectFinding("order.clock");
}

TEST_F(BeginRules, OnlyAnInquiryWaits) {
  Body_<OrderAccepted>(
      ENTRY_TYPE_ORDER_ACCEPTED, [](auto& body) { body.set_urgency(URGENCY_URGENT); }, NthWaiting(0));
  ExpectFinding("order.begin");
}

// Where an incident was marked the order is handed out, before its begin.
TEST_F(BeginRules, NothingGoesOutBeforeItsBegin) {
  const uint64_t begun = At(ENTRY_TYPE_ORDER_BEGUN);
  const uint64_t order = journal::DecodeLeaf(leaves_[begun])->order.value();
  for (uint64_t i = begun; i-- > order;) {
    const auto leaf = journal::DecodeLeaf(leaves_[i]);
    if (leaf->type != ENTRY_TYPE_INCIDENT_MARKED || leaf->order) continue;
    Delivered body;
    body.add_orders(order), body.set_instance("instance");
    ChangeLeaf(leaves_, i, [&](journal::Leaf& changed) {
      changed.type = ENTRY_TYPE_DELIVERED, changed.actor_kind = ACTOR_KIND_AGENCY, changed.actor_ordinal = 2;
      changed.case_seq = CaseSeq(), changed.agency = AgencyOrdinal(2), changed.body = body.SerializeAsString();
    });
    at_ = i;
    break;
  }
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("order.begin@" + std::to_string(at_)));
}

TEST_F(BeginRules, AFlagNamesTheAnswerBeforeIt) {
  Body_<ResumptionFlagged>(ENTRY_TYPE_RESUMPTION_FLAGGED, [](auto& body) { body.set_answer(body.answer() - 1); });
  ExpectFinding("case.flag");
}

TEST_F(BeginRules, AFlagIsOfACaseThatIsClosedForWantOfAssets) {
  size_t nth = 0;
  for (const std::string& bytes : leaves_) {
    const auto leaf = journal::DecodeLeaf(bytes);
    if (leaf->type != ENTRY_TYPE_CASE_STAGE_CHANGED) continue;
    CaseStageChanged body;
    body.ParseFromString(leaf->body);
    if (body.to() == CASE_STAGE_CLOSED_NO_ASSETS) break;
    ++nth;
  }
  Body_<CaseStageChanged>(
      ENTRY_TYPE_CASE_STAGE_CHANGED, [](auto& body) { body.set_to(CASE_STAGE_STAYED); }, nth);
  at_ = At(ENTRY_TYPE_RESUMPTION_FLAGGED);
  EXPECT_THAT(FindingsOf(leaves_), testing::Contains("case.flag@" + std::to_string(at_)));
}

}  // namespace
}  // namespace eagle::audit
