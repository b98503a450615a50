// A key is revoked: which orders stand still, what is refused from then on, and how orders go on when signed anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using OrderProto = goldeneagle::v1::Order;
using test::DomainWorld;
using ::testing::Contains;
using ::testing::Not;

class PauseTest : public ::testing::Test {
 protected:
  // A next statement about the subject, of this kind.
  Statement Next(const std::string& subject, StatementKind kind) {
    const StatementOnFile& file = *world_.state.directory.StatementAbout(subject);
    Statement next;
    next.set_subject(subject), next.set_kind(kind), next.set_environment(ENVIRONMENT_TEST);
    next.set_sequence(file.statement.sequence() + 1), next.set_previous_digest(file.digest);
    *next.mutable_valid_from() = ToProto(world_.now - absl::Hours(1));
    *next.mutable_valid_until() = ToProto(world_.now + absl::Hours(10'000));
    return next;
  }
  Result State(const Statement& statement) {
    const bool organisation = statement.subject().find("/officer/") == std::string::npos &&
                              statement.subject().find("/account/") == std::string::npos;
    return organisation ? world_.Do(world_.Statements("registrar", {statement},
                                                      {world_.Key("registrar1"), world_.Key("registrar2")}))
                        : world_.Do(world_.Statements("C1", {statement}, {court_key_}));
  }
  Result Revoke(const std::string& subject, absl::Time since) {
    Statement revoked = Next(subject, STATEMENT_KIND_REVOKED);
    *revoked.mutable_compromised_since() = ToProto(since);
    return State(revoked);
  }
  Statement Officer(const std::string& name, OfficerRole role, const std::string& key) {
    Statement officer = Next("court/C1/officer/" + name, STATEMENT_KIND_OFFICER);
    officer.set_algorithm(KEY_ALGORITHM_ED25519), officer.set_key(world_.Key(key)), officer.add_roles(role);
    officer.mutable_officer()->set_name(name), officer.mutable_officer()->set_work_id_no("W");
    officer.mutable_officer()->set_duty_card_no("D");
    return officer;
  }
  // The batch that was submitted, signed anew by these keys.
  Result Resume(const SubmitOrders& submitted, const std::vector<std::string>& keys) {
    ResumeOrders command{.signed_head = submitted.signed_head, .court = submitted.court, .members = submitted.members};
    command.signed_head.keys.clear();
    for (const std::string& key : keys) command.signed_head.keys.push_back(world_.Key(key));
    command.signed_head.envelope.add_signatures()->set_sig("anew");
    return world_.Do(command);
  }
  const domain::Order& Row(const OrderProto& order) { return world_.OrderNamed(order); }
  uint64_t Deliver(const OrderProto& order, uint32_t agency) {
    return world_
        .Do(domain::Deliver{.agency = AgencyOrdinal(agency), .instance = "12345678", .orders = {Row(order).seq}})
        .index;
  }
  size_t Pauses() const {
    const std::vector<std::string> types = world_.Types();
    return static_cast<size_t>(std::count(types.begin(), types.end(), "ORDER_PAUSED"));
  }
  // The journal folded anew gives the same rows: a pause outlives the process.
  void ExpectReplayAgrees() {
    domain::State again;
    for (const Entry& entry : world_.journal) Apply(entry, again);
    ASSERT_EQ(again.orders.size(), world_.state.orders.size());
    for (const auto& [seq, order] : world_.state.orders) {
      EXPECT_EQ(again.orders.at(seq).Encode(), order.Encode());
      const auto decoded = domain::Order::Decode(order.Encode());
      ASSERT_TRUE(decoded.ok());
      EXPECT_EQ(decoded->Encode(), order.Encode());
      EXPECT_EQ(decoded->paused, order.paused);
      EXPECT_EQ(decoded->signed_index, order.signed_index);
    }
  }

  const std::string kCosigner = "court/C1/officer/cosigner";
  DomainWorld world_;
  std::string court_key_ = world_.Key("C1");
};

TEST_F(PauseTest, AnOrderThatLostASignatureIsNotHandedOut) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  ASSERT_EQ(DomainWorld::OnlyRefusal(Revoke(kCosigner, Row(freeze).accepted_at)), Reason::kNone);
  EXPECT_EQ(Pauses(), 1u);
  EXPECT_TRUE(Row(freeze).paused.Contains(AgencyOrdinal(1)));
  EXPECT_EQ(Row(freeze).TaskAt(AgencyOrdinal(1)), TASK_STATE_PAUSED);
  EXPECT_EQ(Deliver(freeze, 1), 0u);
  OrderPaused body;
  ASSERT_TRUE(body.ParseFromString(world_.journal.back().body));
  EXPECT_EQ(body.statement(), world_.journal.back().index - 1);
  EXPECT_EQ(FromMicros(body.since()), Row(freeze).accepted_at);
  EXPECT_TRUE(Row(freeze).deadline.armed()) << "its clocks go on";
  EXPECT_EQ(world_.TheCase().ledger.Sum().requested, 100) << "its money stays reserved";
  ExpectReplayAgrees();
}

TEST_F(PauseTest, WhatTheLogShowsToBeOlderStays) {
  const OrderProto old = world_.FreezeOrder("BANK1", 100), later = world_.FreezeOrder("BANK2", 100);
  world_.Do(world_.Orders({old}));
  world_.now += absl::Hours(1);
  world_.Do(world_.Orders({later}));
  Revoke(kCosigner, Row(later).accepted_at);
  EXPECT_TRUE(Row(old).paused.empty());
  EXPECT_NE(Deliver(old, 1), 0u);
  EXPECT_FALSE(Row(later).paused.empty());
}

// Whoever has the key writes into the head what time he likes.
TEST_F(PauseTest, TheTimeInTheHeadProvesNothing) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  SubmitOrders command = world_.Orders({freeze});
  *command.signed_head.head.mutable_signed_at() = ToProto(world_.now - absl::Hours(20));
  world_.Do(command);
  Revoke(kCosigner, world_.now - absl::Hours(1));
  EXPECT_FALSE(Row(freeze).paused.empty());
}

TEST_F(PauseTest, OnlyALostSignatureThatIsNeededPauses) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100), inquiry = world_.InquireOrder({"BANK1"});
  world_.Do(world_.Orders({freeze}, {"handler", "cosigner", "leader"}));
  world_.Do(world_.Orders({inquiry}, {"handler", "cosigner"}));
  Revoke("court/C1/officer/leader", world_.now - absl::Hours(1));
  EXPECT_TRUE(Row(freeze).paused.empty());
  Revoke(kCosigner, world_.now - absl::Hours(1));
  EXPECT_FALSE(Row(freeze).paused.empty());
  EXPECT_TRUE(Row(inquiry).paused.empty()) << "an inquiry needs its handler alone";
}

TEST_F(PauseTest, WhatHasBegunIsListedAndGoesOn) {
  const OrderProto inquiry = world_.InquireOrder({"BANK1", "BANK2"}), freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({inquiry, freeze}));
  ASSERT_NE(Deliver(inquiry, 1), 0u);
  ASSERT_NE(Deliver(freeze, 1), 0u);
  Revoke("court/C1/officer/handler", world_.now - absl::Hours(1));
  EXPECT_EQ(Pauses(), 2u) << "one that began everywhere is on record too";
  EXPECT_EQ(Row(inquiry).paused.bytes(), std::string("\x02"));
  EXPECT_TRUE(Row(freeze).paused.empty());
  EXPECT_NE(Deliver(freeze, 1), 0u) << "asking again is safe, and the answer is owed";
  EXPECT_EQ(Deliver(inquiry, 2), 0u);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 100, 0)}))),
            Reason::kNone);
  ExpectReplayAgrees();
}

TEST_F(PauseTest, EndingAnOfficerPausesNothing) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  ASSERT_EQ(DomainWorld::OnlyRefusal(State(Next(kCosigner, STATEMENT_KIND_ENDED))), Reason::kNone);
  EXPECT_EQ(Pauses(), 0u);
  // Later it turns out that his key was stolen: the end doesn't hide what it signed.
  ASSERT_EQ(DomainWorld::OnlyRefusal(Revoke(kCosigner, world_.now - absl::Hours(1))), Reason::kNone);
  EXPECT_EQ(Pauses(), 1u);
}

TEST_F(PauseTest, ACourtsKeyTakesAllItsOfficersWithIt) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  ASSERT_EQ(DomainWorld::OnlyRefusal(Revoke("court/C1", world_.now - absl::Hours(1))), Reason::kNone);
  EXPECT_FALSE(Row(freeze).paused.empty());
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 1)}))), Reason::kKeyRevoked);
  EXPECT_EQ(DomainWorld::OnlyRefusal(State(Officer("handler", OFFICER_ROLE_HANDLER, "handler"))), Reason::kKeyRevoked)
      << "its old key states nothing any more";
  Statement fresh = Next("court/C1", STATEMENT_KIND_KEY);
  fresh.set_algorithm(KEY_ALGORITHM_ED25519), fresh.set_key(world_.Key("C1"));
  EXPECT_EQ(DomainWorld::Problems(State(fresh)), std::vector<std::string>{"key KEY_REVOKED"});
  fresh.set_key(world_.Key("C1 new"));
  ASSERT_EQ(DomainWorld::OnlyRefusal(State(fresh)), Reason::kNone);
  court_key_ = world_.Key("C1 new");
  EXPECT_NE(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 1)}))), Reason::kNone)
      << "its officers and accounts are to be stated anew";
  // Their own keys were not stolen: the same ones will do.
  ASSERT_EQ(DomainWorld::OnlyRefusal(State(Officer("handler", OFFICER_ROLE_HANDLER, "handler"))), Reason::kNone);
  ASSERT_EQ(DomainWorld::OnlyRefusal(State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "cosigner"))), Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 1)}))), Reason::kNone);
}

TEST_F(PauseTest, ARevokedKeySignsNothingAndIsNeverStatedAgain) {
  Revoke(kCosigner, world_.now);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 100)}))),
            Reason::kKeyRevoked);
  EXPECT_EQ(
      DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.InquireOrder({"BANK1"})}, {"handler", "cosigner"}))),
      Reason::kKeyRevoked)
      << "even where another signature would do";
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Cases({world_.OpenCase("case-2")}, {"handler", "leader"}))),
            Reason::kNone);
  EXPECT_EQ(DomainWorld::OnlyRefusal(State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "cosigner"))),
            Reason::kKeyRevoked);
  Statement other = Officer("leader", OFFICER_ROLE_LEADER, "cosigner");
  EXPECT_EQ(DomainWorld::OnlyRefusal(State(other)), Reason::kKeyRevoked);
  EXPECT_EQ(DomainWorld::OnlyRefusal(State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "fresh"))), Reason::kNone);
  EXPECT_EQ(
      DomainWorld::OnlyRefusal(world_.Do(world_.Orders({world_.FreezeOrder("BANK1", 100)}, {"handler", "fresh"}))),
      Reason::kNone);
}

// What was accepted stays accepted: a faithful repeat gets the stored facts.
TEST_F(PauseTest, ARepeatAfterTheRevocationGetsTheStoredFacts) {
  const SubmitOrders batch = world_.Orders({world_.FreezeOrder("BANK1", 100)});
  const uint64_t index = world_.Do(batch).members[0].index;
  Revoke(kCosigner, world_.now);
  const Result again = world_.Do(batch);
  EXPECT_TRUE(again.members[0].repeated);
  EXPECT_EQ(again.members[0].index, index);
}

TEST_F(PauseTest, ARevokedAgencysReceiptIsRefused) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  ASSERT_EQ(DomainWorld::OnlyRefusal(Revoke("agency/BANK1", world_.now)), Reason::kNone);
  EXPECT_EQ(Pauses(), 0u) << "an agency signs no orders";
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 100, 0)}))),
            Reason::kKeyRevoked);
}

TEST_F(PauseTest, SignedAnewItGoesOut) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  const SubmitOrders batch = world_.Orders({freeze});
  world_.Do(batch);
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(batch, {"handler", "cosigner"})), Reason::kOrderNotPaused);
  Revoke(kCosigner, world_.now);
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(batch, {"handler", "cosigner"})), Reason::kKeyRevoked);
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(batch, {"handler"})), Reason::kSignaturesMissing);
  State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "fresh"));
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(batch, {"fresh"})), Reason::kSignaturesMissing);
  const Result resumed = Resume(batch, {"handler", "fresh"});
  ASSERT_EQ(DomainWorld::OnlyRefusal(resumed), Reason::kNone);
  EXPECT_EQ(Row(freeze).signed_index, resumed.members[0].index);
  EXPECT_TRUE(Row(freeze).paused.empty());
  const Result again = Resume(batch, {"handler", "fresh"});
  EXPECT_TRUE(again.members[0].repeated);
  EXPECT_EQ(again.members[0].index, resumed.members[0].index);
  EXPECT_NE(Deliver(freeze, 1), 0u);
  ExpectReplayAgrees();
}

// An earlier key of the same officer: its theft concerns the signatures before, not those that came since.
TEST_F(PauseTest, ASecondRevocationPausesWhatWasSignedAnew) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  const SubmitOrders batch = world_.Orders({freeze});
  world_.Do(batch);
  Revoke(kCosigner, world_.now);
  Revoke("court/C1/officer/handler", world_.now);
  EXPECT_EQ(Pauses(), 1u) << "it stands still already";
  State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "fresh"));
  State(Officer("handler", OFFICER_ROLE_HANDLER, "handler 2"));
  world_.now += absl::Hours(1);
  ASSERT_EQ(DomainWorld::OnlyRefusal(Resume(batch, {"handler 2", "fresh"})), Reason::kNone);
  Revoke(kCosigner, world_.now + absl::Minutes(1));
  EXPECT_TRUE(Row(freeze).paused.empty()) << "signed before the new key was stolen";
  Revoke(kCosigner, world_.now);
  EXPECT_FALSE(Row(freeze).paused.empty());
  EXPECT_EQ(Pauses(), 2u);
}

TEST_F(PauseTest, OtherBytesAreNotResumed) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100), other = world_.FreezeOrder("BANK2", 100);
  const SubmitOrders batch = world_.Orders({freeze}), foreign = world_.Orders({other});
  world_.Do(batch);
  world_.Do(foreign);
  Revoke(kCosigner, world_.now);
  State(Officer("cosigner", OFFICER_ROLE_COSIGNER, "fresh"));
  SubmitOrders mixed = batch;
  mixed.members = foreign.members, mixed.signed_head.digests = foreign.signed_head.digests;
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(mixed, {"handler", "fresh"})), Reason::kOrderUnknown) << "not of this head";
  mixed = batch;
  mixed.signed_head.head_digest.back() ^= 1;
  EXPECT_EQ(DomainWorld::OnlyRefusal(Resume(mixed, {"handler", "fresh"})), Reason::kNotFound);
}

TEST_F(PauseTest, APauseEndsWithAWithdrawal) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  Revoke(kCosigner, world_.now);
  const Result withdrawn =
      world_.Do(Withdraw{.court = CourtOrdinal(1), .request_id = world_.NewId(), .order_id = freeze.order_id()});
  ASSERT_TRUE(withdrawn.status.ok());
  EXPECT_TRUE(Row(freeze).paused.empty());
  EXPECT_EQ(Row(freeze).state(), ORDER_STATE_WITHDRAWN);
  EXPECT_EQ(world_.TheCase().ledger.Sum().requested, 0);
  ExpectReplayAgrees();
}

TEST_F(PauseTest, AnAnswerFromWhereItIsPausedEndsThePauseThere) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  Revoke(kCosigner, world_.now);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Receipts("BANK1", {world_.Controlled(freeze, "BANK1", 100, 0)}))),
            Reason::kNone)
      << "facts beat sessions";
  EXPECT_TRUE(Row(freeze).paused.empty());
  EXPECT_TRUE(Row(freeze).complete());
}

TEST_F(PauseTest, ARevocationContinuesAChain) {
  Statement first = Next(kCosigner, STATEMENT_KIND_REVOKED);
  *first.mutable_compromised_since() = ToProto(world_.now);
  first.set_subject("court/C1/officer/nobody"), first.set_sequence(1), first.clear_previous_digest();
  EXPECT_EQ(DomainWorld::OnlyRefusal(State(first)), Reason::kStatementStale);
  Statement revoked = Next("court/C1", STATEMENT_KIND_REVOKED);
  *revoked.mutable_compromised_since() = ToProto(world_.now);
  EXPECT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Statements("registrar", {revoked}, {world_.Key("registrar1")}))),
            Reason::kSignaturesMissing);
  EXPECT_EQ(Pauses(), 0u);
}

// A journal of before signatures were recorded keeps its rows byte for byte, and a doubt pauses.
TEST_F(PauseTest, OrdersWithoutRecordedSignersArePausedInDoubt) {
  const OrderProto freeze = world_.FreezeOrder("BANK1", 100);
  world_.Do(world_.Orders({freeze}));
  domain::Order& row = world_.state.orders.at(Row(freeze).seq.value());
  row.signatures.clear(), row.roles.clear();
  EXPECT_EQ(row.Encode()[0], 1);
  Revoke("court/C1/officer/leader", world_.now - absl::Hours(1));
  EXPECT_FALSE(Row(freeze).paused.empty());
  EXPECT_EQ(row.Encode()[0], 2);
}

}  // namespace
}  // namespace eagle::domain
