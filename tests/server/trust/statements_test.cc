#include "server/trust/statements.h"

#include <gtest/gtest.h>

#include "server/trust/make_batch.h"
#include "tests/server/trust/support.h"
#include "tests/support/trust/keyed_hash.h"

namespace eagle::trust {
namespace {

constexpr char kCourt[] = "court/辽9901", kOfficer[] = "court/辽9901/officer/001",
               kAccount[] = "court/辽9901/account/1";

class StatementsTest : public ::testing::Test {
 protected:
  static absl::Time Day(int day) { return SomeDay() + absl::Hours(24 * day); }

  // A statement that continues what the book holds, valid from day 0 to day 365.
  v1::Statement About(std::string_view subject, v1::StatementKind kind) const {
    v1::Statement statement;
    statement.set_subject(std::string(subject));
    statement.set_kind(kind);
    statement.set_sequence(1);
    if (const auto* held = book_.HeldAbout(subject); held != nullptr) {
      statement.set_sequence(held->sequence + 1);
      statement.set_previous_digest(std::string(journal::View(held->digest)));
    }
    *statement.mutable_valid_from() = TimestampOf(Day(0));
    *statement.mutable_valid_until() = TimestampOf(Day(365));
    statement.set_environment(v1::ENVIRONMENT_TEST);
    return statement;
  }
  v1::Statement Key(std::string_view subject, const Signer& key) const {
    v1::Statement statement = About(subject, v1::STATEMENT_KIND_KEY);
    statement.set_algorithm(key.algorithm());
    statement.set_key(key.public_key());
    return statement;
  }
  v1::Statement OfficerWith(std::string_view subject, const Signer& key) const {
    v1::Statement statement = About(subject, v1::STATEMENT_KIND_OFFICER);
    statement.set_algorithm(key.algorithm());
    statement.set_key(key.public_key());
    statement.add_roles(v1::OFFICER_ROLE_LEADER);
    statement.add_roles(v1::OFFICER_ROLE_HANDLER);
    statement.mutable_officer()->set_name("沈若川");
    statement.mutable_officer()->set_work_id_no("W-001");
    statement.mutable_officer()->set_duty_card_no("D-001");
    return statement;
  }
  v1::Statement AccountAt(std::string_view subject) const {
    v1::Statement statement = About(subject, v1::STATEMENT_KIND_ACCOUNT);
    statement.mutable_account()->set_account_name("北陵市松月区人民法院执行款专户");
    statement.mutable_account()->set_bank("9900001");
    statement.mutable_account()->set_account_number("9900010000000099010");
    return statement;
  }

  HeadFields Head(std::string_view signer) {
    return {.member_type = v1::MEMBER_TYPE_STATEMENT,
            .environment = v1::ENVIRONMENT_TEST,
            .signer = std::string(signer),
            .sequence = ++sequence_,
            .signed_at = signed_at_};
  }
  v1::SignedMember Signed(const v1::Statement& statement, std::string_view signer,
                          std::initializer_list<Signer*> signers) {
    return TravelForm(MakeBatch(Head(signer), {statement.SerializeAsString()}, signers), 0);
  }
  v1::SignedMember ByRegistrars(const v1::Statement& statement) {
    return Signed(statement, kRegistrar, {&registrar1_, &registrar2_});
  }
  v1::SignedMember ByCourt(const v1::Statement& statement) { return Signed(statement, "辽9901", {&court_}); }
  std::string Why(const v1::SignedMember& member) { return WhyNot(book_.Accept(member, checker_)); }

  // The court, one officer and one account, all in force.
  void Furnish() {
    ASSERT_EQ(Why(ByRegistrars(Key(kCourt, court_))), "OK");
    ASSERT_EQ(Why(ByCourt(OfficerWith(kOfficer, officer_))), "OK");
    ASSERT_EQ(Why(ByCourt(AccountAt(kAccount))), "OK");
  }

  KeyedHashSigner registrar1_{"registrar 1"}, registrar2_{"registrar 2"}, registrar3_{"registrar 3"};
  KeyedHashSigner court_{"court"}, other_court_{"other court"}, agency_{"agency"}, officer_{"officer"},
      second_{"second officer"};
  KeyedHashChecker checker_;
  uint64_t sequence_ = 0;
  absl::Time signed_at_ = Day(1);
  StatementBook book_ = *StatementBook::Make(
      {.registrar_keys = {registrar1_.public_key(), registrar2_.public_key(), registrar3_.public_key()},
       .threshold = 2,
       .environment = v1::ENVIRONMENT_TEST});
};

TEST_F(StatementsTest, KeysOfficersAndAccountsAreLearnt) {
  Furnish();
  EXPECT_EQ(Why(ByRegistrars(Key("agency/9900001", agency_))), "OK");
  EXPECT_EQ(book_.KeyOf(kCourt, Day(1))->key, court_.public_key());
  EXPECT_EQ(book_.KeyOf("agency/9900001", Day(1))->key, agency_.public_key());
  EXPECT_FALSE(book_.KeyOf("court/9900001", Day(1)).has_value());
  EXPECT_FALSE(book_.KeyOf(kOfficer, Day(1)).has_value());

  const std::vector<Officer> officers = book_.OfficersOf("辽9901", Day(1));
  ASSERT_EQ(officers.size(), 1u);
  EXPECT_EQ(officers[0].code, "001");
  EXPECT_EQ(officers[0].key, officer_.public_key());
  EXPECT_EQ(officers[0].details.work_id_no(), "W-001");
  EXPECT_EQ(officers[0].roles, (std::vector<v1::OfficerRole>{v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_LEADER}));
  EXPECT_TRUE(officers[0].Has(v1::OFFICER_ROLE_LEADER));
  EXPECT_FALSE(officers[0].Has(v1::OFFICER_ROLE_COSIGNER));
  EXPECT_EQ(officers[0].valid.from, Day(0));
  EXPECT_EQ(officers[0].valid.until, Day(365));
  EXPECT_EQ(book_.OfficerOf("辽9901", "001", Day(1))->details.name(), "沈若川");
  EXPECT_FALSE(book_.OfficerOf("辽9901", "002", Day(1)).has_value());
  EXPECT_EQ(book_.OfficerByKey("辽9901", officer_.public_key(), Day(1))->code, "001");
  EXPECT_FALSE(book_.OfficerByKey("辽9902", officer_.public_key(), Day(1)).has_value());

  const journal::Hash digest = book_.HeldAbout(kAccount)->digest;
  const auto account = book_.AccountByDigest(digest, Day(1));
  ASSERT_TRUE(account.has_value());
  EXPECT_EQ(account->court, "辽9901");
  EXPECT_EQ(account->code, "1");
  EXPECT_EQ(account->details.account_number(), "9900010000000099010");
  EXPECT_FALSE(book_.AccountByDigest(book_.HeldAbout(kOfficer)->digest, Day(1)).has_value());
  EXPECT_FALSE(book_.AccountByDigest(journal::Sha256("x"), Day(1)).has_value());
}

TEST_F(StatementsTest, OfficersOfOneCourtAreNotThoseOfItsNamesake) {
  Furnish();
  ASSERT_EQ(Why(ByRegistrars(Key("court/辽99", other_court_))), "OK");  // a code that is the beginning of the other
  EXPECT_TRUE(book_.OfficersOf("辽99", Day(1)).empty());
  ASSERT_EQ(Why(Signed(OfficerWith("court/辽99/officer/001", second_), "辽99", {&other_court_})), "OK");
  EXPECT_EQ(book_.OfficersOf("辽99", Day(1)).size(), 1u);
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 1u);
}

TEST_F(StatementsTest, AnOrderIsOpenedWithTheOfficersOfItsCourt) {
  Furnish();
  ASSERT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "OK");
  const std::vector<Officer> officers = book_.OfficersOf("辽9901", Day(1));
  const auto opened =
      OpenBatch(MakeBatch(OrderHead(), Orders(2), {&second_, &officer_}), CandidatesOf(officers), checker_);
  ASSERT_EQ(WhyNot(opened), "OK");
  ASSERT_EQ(opened->signed_by.size(), 2u);
  EXPECT_EQ(officers[opened->signed_by[0]].code, "001");
  EXPECT_EQ(officers[opened->signed_by[1]].code, "002");
}

TEST_F(StatementsTest, OrganisationsNeedTwoDifferentRegistrars) {
  const v1::Statement statement = Key(kCourt, court_);
  EXPECT_EQ(Why(Signed(statement, kRegistrar, {&registrar1_})), "SIGNATURES_MISSING");
  EXPECT_EQ(Why(Signed(statement, kRegistrar, {&registrar1_, &registrar1_})), "SIGNATURES_MISSING");
  v1::SignedMember twice = Signed(statement, kRegistrar, {&registrar1_});
  *twice.mutable_head()->add_signatures() = twice.head().signatures(0);
  twice.mutable_head()->mutable_signatures(1)->clear_keyid();
  EXPECT_EQ(Why(twice), "SIGNATURES_MISSING");
  EXPECT_EQ(Why(Signed(statement, kRegistrar, {&registrar1_, &court_})), "SIGNATURES_MISSING");
  EXPECT_EQ(Why(Signed(statement, kRegistrar, {&court_, &officer_})), "SIGNATURE_INVALID");
  EXPECT_EQ(book_.size(), 0u);
  const auto accepted = book_.Accept(Signed(statement, kRegistrar, {&registrar3_, &registrar1_}), checker_);
  ASSERT_EQ(WhyNot(accepted), "OK");
  EXPECT_EQ(accepted->registrars, (std::vector<uint64_t>{1, 3}));
  EXPECT_FALSE(accepted->was_known);
  EXPECT_EQ(accepted->subject, (Subject{SubjectKind::kCourt, "辽9901", ""}));
}

TEST_F(StatementsTest, EachSpeaksAboutItsOwnOnly) {
  Furnish();
  ASSERT_EQ(Why(ByRegistrars(Key("court/辽9902", other_court_))), "OK");
  ASSERT_EQ(Why(ByRegistrars(Key("agency/9900001", agency_))), "OK");
  const v1::Statement second = OfficerWith("court/辽9901/officer/002", second_);
  EXPECT_EQ(Why(Signed(second, "辽9902", {&other_court_})), "PERMISSION_DENIED");  // another court
  EXPECT_EQ(Why(Signed(second, "辽9901", {&other_court_})), "SIGNATURE_INVALID");  // in the court's name
  EXPECT_EQ(Why(Signed(second, "辽9901", {&officer_})), "SIGNATURE_INVALID");      // an officer is not the court
  EXPECT_EQ(Why(Signed(second, "9900001", {&agency_})), "SIGNER_UNKNOWN");         // an agency
  EXPECT_EQ(Why(Signed(second, "辽9903", {&other_court_})), "SIGNER_UNKNOWN");
  EXPECT_EQ(Why(ByRegistrars(second)), "PERMISSION_DENIED");           // turnover is the court's own matter
  EXPECT_EQ(Why(ByCourt(Key(kCourt, second_))), "PERMISSION_DENIED");  // a court doesn't renew its own key
  EXPECT_EQ(Why(ByCourt(Key("agency/9900002", second_))), "PERMISSION_DENIED");
  EXPECT_EQ(Why(ByRegistrars(Key("court/registrar", second_))), "PERMISSION_DENIED");  // the house's own words
  EXPECT_EQ(Why(ByRegistrars(Key("agency/administrator", second_))), "PERMISSION_DENIED");
  EXPECT_EQ(Why(Signed(OfficerWith("court/registrar/officer/1", second_), kRegistrar, {&registrar1_})),
            "PERMISSION_DENIED");
  EXPECT_EQ(book_.size(), 5u);
}

TEST_F(StatementsTest, TheChainIsContinuedOrRefused) {
  Furnish();
  const v1::Statement first = book_.HeldAbout(kOfficer)->statement;
  const v1::Statement second = OfficerWith(kOfficer, second_);
  // Not the first of an unknown subject.
  v1::Statement late = OfficerWith("court/辽9901/officer/009", second_);
  late.set_sequence(2);
  EXPECT_EQ(Why(ByCourt(late)), "STATEMENT_STALE");
  late.set_sequence(1);
  late.set_previous_digest(std::string(32, 'p'));
  EXPECT_EQ(Why(ByCourt(late)), "STATEMENT_STALE");
  // The same sequence with other bytes; a fork; no previous digest.
  v1::Statement forked = second;
  forked.set_sequence(1);
  EXPECT_EQ(Why(ByCourt(forked)), "STATEMENT_STALE");
  forked = second;
  forked.set_previous_digest(std::string(32, 'p'));
  EXPECT_EQ(Why(ByCourt(forked)), "STATEMENT_STALE");
  forked.clear_previous_digest();
  EXPECT_EQ(Why(ByCourt(forked)), "STATEMENT_STALE");
  // A gap in the numbers is fine as long as the digest fits.
  v1::Statement gap = second;
  gap.set_sequence(7);
  ASSERT_EQ(Why(ByCourt(gap)), "OK");
  EXPECT_EQ(book_.OfficerOf("辽9901", "001", Day(1))->key, second_.public_key());
  // Once replaced, the first is stale, and so is the second's own fork.
  EXPECT_EQ(Why(ByCourt(first)), "STATEMENT_STALE");
  EXPECT_EQ(Why(ByCourt(second)), "STATEMENT_STALE");
}

TEST_F(StatementsTest, TheOneHeldIsTakenAgainAndChangesNothing) {
  Furnish();
  const v1::SignedMember officer = ByCourt(book_.HeldAbout(kOfficer)->statement);
  EXPECT_TRUE(book_.Accept(officer, checker_)->was_known);
  // Also after the court's key was replaced: the directory stream may be read twice.
  KeyedHashSigner new_key("court, second key");
  ASSERT_EQ(Why(ByRegistrars(Key(kCourt, new_key))), "OK");
  EXPECT_TRUE(book_.Accept(officer, checker_)->was_known);
  // But what is new must bear the new key.
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "SIGNATURE_INVALID");
  EXPECT_EQ(Why(Signed(OfficerWith("court/辽9901/officer/002", second_), "辽9901", {&new_key})), "OK");
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 2u);  // a new key of the court touches no officer
}

TEST_F(StatementsTest, WhatEndedNoLongerHolds) {
  Furnish();
  const journal::Hash account = book_.HeldAbout(kAccount)->digest;
  EXPECT_EQ(Why(ByCourt(About("court/辽9901/officer/002", v1::STATEMENT_KIND_ENDED))), "STATEMENT_STALE");
  ASSERT_EQ(Why(ByCourt(About(kAccount, v1::STATEMENT_KIND_ENDED))), "OK");
  EXPECT_FALSE(book_.AccountByDigest(account, Day(1)).has_value());
  EXPECT_FALSE(book_.AccountByDigest(book_.HeldAbout(kAccount)->digest, Day(1)).has_value());
  ASSERT_EQ(Why(ByCourt(About(kOfficer, v1::STATEMENT_KIND_ENDED))), "OK");
  EXPECT_TRUE(book_.OfficersOf("辽9901", Day(1)).empty());
  EXPECT_FALSE(book_.OfficerOf("辽9901", "001", Day(1)).has_value());
  // The key of somebody who has gone may be stated for a new subject, and an ended subject may return.
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", officer_))), "OK");
  EXPECT_EQ(Why(ByCourt(OfficerWith(kOfficer, second_))), "OK");
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 2u);
}

TEST_F(StatementsTest, ARevokedKeyNeverCountsAgain) {
  Furnish();
  const auto revoked = [&](std::string_view subject) {
    v1::Statement statement = About(subject, v1::STATEMENT_KIND_REVOKED);
    *statement.mutable_compromised_since() = TimestampOf(Day(1));
    return statement;
  };
  EXPECT_EQ(Why(ByCourt(revoked("court/辽9901/officer/002"))), "STATEMENT_STALE") << "there is nothing to revoke";
  EXPECT_EQ(Why(ByCourt(revoked(kAccount))), "FIELD_INVALID") << "an account has no key";
  EXPECT_EQ(Why(ByCourt(About(kOfficer, v1::STATEMENT_KIND_REVOKED))), "FIELD_MISSING") << "since when?";
  v1::Statement odd = OfficerWith(kOfficer, second_);
  *odd.mutable_compromised_since() = TimestampOf(Day(1));
  EXPECT_EQ(Why(ByCourt(odd)), "FIELD_INVALID");
  // The key that he had before counts no more than the one in force.
  ASSERT_EQ(Why(ByCourt(OfficerWith(kOfficer, second_))), "OK");
  ASSERT_EQ(Why(ByCourt(revoked(kOfficer))), "OK");
  EXPECT_TRUE(book_.OfficersOf("辽9901", Day(1)).empty());
  EXPECT_TRUE(book_.IsRevoked(kOfficer));
  const std::vector<CandidateKey> keys = book_.RevokedKeysOf("辽9901", 7);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].id, 7u);
  EXPECT_EQ(keys[0].key, officer_.public_key());
  EXPECT_EQ(keys[1].key, second_.public_key());
  EXPECT_EQ(Why(ByCourt(OfficerWith(kOfficer, second_))), "KEY_REVOKED");
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", officer_))), "KEY_REVOKED");
  EXPECT_EQ(Why(ByRegistrars(Key("agency/9900001", officer_))), "KEY_REVOKED");
  KeyedHashSigner fresh("officer, new");
  EXPECT_EQ(Why(ByCourt(OfficerWith(kOfficer, fresh))), "OK");
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 1u);
}

TEST_F(StatementsTest, WhatAStolenCourtKeyStatedIsStatedAnew) {
  Furnish();
  const journal::Hash account = book_.HeldAbout(kAccount)->digest;
  v1::Statement revoked = About(kCourt, v1::STATEMENT_KIND_REVOKED);
  *revoked.mutable_compromised_since() = TimestampOf(Day(1));
  EXPECT_EQ(Why(Signed(revoked, kRegistrar, {&registrar1_})), "SIGNATURES_MISSING");
  ASSERT_EQ(Why(ByRegistrars(revoked)), "OK");
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "KEY_REVOKED");
  EXPECT_EQ(Why(ByRegistrars(Key(kCourt, court_))), "KEY_REVOKED");
  KeyedHashSigner fresh("court, new");
  ASSERT_EQ(Why(ByRegistrars(Key(kCourt, fresh))), "OK");
  EXPECT_TRUE(book_.OfficersOf("辽9901", Day(1)).empty()) << "nobody knows who stated them";
  EXPECT_FALSE(book_.AccountByDigest(account, Day(1)).has_value());
  // The officer's own key was not stolen.
  EXPECT_EQ(Why(Signed(OfficerWith(kOfficer, officer_), "辽9901", {&fresh})), "OK");
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 1u);
  EXPECT_TRUE(book_.RevokedKeysOf("辽9901", 0).empty());
}

TEST_F(StatementsTest, WithTheCourtsKeyEverythingOfItEnds) {
  Furnish();
  const journal::Hash account = book_.HeldAbout(kAccount)->digest;
  ASSERT_EQ(Why(ByRegistrars(About(kCourt, v1::STATEMENT_KIND_ENDED))), "OK");
  EXPECT_FALSE(book_.KeyOf(kCourt, Day(1)).has_value());
  EXPECT_TRUE(book_.OfficersOf("辽9901", Day(1)).empty());
  EXPECT_FALSE(book_.OfficerOf("辽9901", "001", Day(1)).has_value());
  EXPECT_FALSE(book_.OfficerByKey("辽9901", officer_.public_key(), Day(1)).has_value());
  EXPECT_FALSE(book_.AccountByDigest(account, Day(1)).has_value());
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "SIGNER_UNKNOWN");
  ASSERT_EQ(Why(ByRegistrars(Key(kCourt, other_court_))), "OK");
  EXPECT_EQ(book_.OfficersOf("辽9901", Day(1)).size(), 1u);
}

TEST_F(StatementsTest, ValidityBeginsAndEndsToTheInstant) {
  v1::Statement court = Key(kCourt, court_);
  *court.mutable_valid_until() = TimestampOf(Day(300));
  ASSERT_EQ(Why(ByRegistrars(court)), "OK");
  v1::Statement officer = OfficerWith(kOfficer, officer_);
  *officer.mutable_valid_from() = TimestampOf(Day(10));
  ASSERT_EQ(Why(ByCourt(officer)), "OK");
  const auto holds = [this](absl::Time now) { return !book_.OfficersOf("辽9901", now).empty(); };
  EXPECT_FALSE(holds(Day(10) - absl::Nanoseconds(1)));
  EXPECT_TRUE(holds(Day(10)));
  EXPECT_TRUE(holds(Day(300) - absl::Nanoseconds(1)));
  EXPECT_FALSE(holds(Day(300)));  // the court's key expired; the officer's statement would hold until day 365
  EXPECT_FALSE(book_.KeyOf(kCourt, Day(300)).has_value());
  EXPECT_FALSE(book_.KeyOf(kCourt, Day(-1)).has_value());
}

TEST_F(StatementsTest, AnExpiredKeyStatesNothing) {
  Furnish();
  signed_at_ = Day(365);
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "SIGNATURE_INVALID");
  signed_at_ = Day(-1);
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", second_))), "SIGNATURE_INVALID");
}

TEST_F(StatementsTest, OtherWorldsAreRefused) {
  HeadFields production = Head(kRegistrar);
  production.environment = v1::ENVIRONMENT_PRODUCTION;
  const std::string bytes = Key(kCourt, court_).SerializeAsString();
  EXPECT_EQ(Why(TravelForm(MakeBatch(production, {bytes}, {&registrar1_, &registrar2_}), 0)), "ENVIRONMENT_MISMATCH");
  v1::Statement statement = Key(kCourt, court_);
  statement.set_environment(v1::ENVIRONMENT_PRODUCTION);
  EXPECT_EQ(Why(ByRegistrars(statement)), "ENVIRONMENT_MISMATCH");
  HeadFields order = OrderHead();
  order.signer = kRegistrar;
  EXPECT_EQ(Why(TravelForm(MakeBatch(order, {bytes}, {&registrar1_, &registrar2_}), 0)), "MEMBER_TYPE_UNKNOWN");
}

TEST_F(StatementsTest, TwoSignaturesAreTwoPeople) {
  Furnish();
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", officer_))), "FIELD_INVALID");  // another officer's key
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", court_))), "FIELD_INVALID");    // the court's own
  EXPECT_EQ(Why(ByCourt(OfficerWith("court/辽9901/officer/002", registrar3_))), "FIELD_INVALID");
  EXPECT_EQ(Why(ByRegistrars(Key(kCourt, officer_))), "FIELD_INVALID");  // the court with an officer's
  EXPECT_EQ(Why(ByRegistrars(Key("agency/9900001", registrar1_))), "FIELD_INVALID");
  EXPECT_EQ(Why(ByCourt(OfficerWith(kOfficer, officer_))), "OK");  // his own again, with new roles say
}

TEST_F(StatementsTest, EachKindHoldsWhatItDemandsAndNothingElse) {
  Furnish();
  const auto officer = [this](void (*change)(v1::Statement&)) {
    v1::Statement statement = OfficerWith("court/辽9901/officer/002", second_);
    change(statement);
    return ByCourt(statement);
  };
  const auto account = [this](void (*change)(v1::Statement&)) {
    v1::Statement statement = AccountAt("court/辽9901/account/2");
    change(statement);
    return ByCourt(statement);
  };
  const auto agency = [this](void (*change)(v1::Statement&)) {
    v1::Statement statement = Key("agency/9900001", agency_);
    change(statement);
    return ByRegistrars(statement);
  };
  const struct {
    const char* what;
    v1::SignedMember member;
    const char* reason;
  } kTable[] = {
      {"subject of another form", agency([](auto& s) { s.set_subject("bank/9900001"); }), "FIELD_INVALID"},
      {"subject with a slash at the end", agency([](auto& s) { s.set_subject("agency/9900001/"); }), "FIELD_INVALID"},
      {"subject with an empty code", agency([](auto& s) { s.set_subject("agency/"); }), "FIELD_INVALID"},
      {"officer of an agency", agency([](auto& s) { s.set_subject("agency/9900001/officer/1"); }), "FIELD_INVALID"},
      {"no kind", agency([](auto& s) { s.clear_kind(); }), "FIELD_MISSING"},
      {"unknown kind", agency([](auto& s) { s.set_kind(static_cast<v1::StatementKind>(9)); }), "FIELD_INVALID"},
      {"officer statement about an agency", agency([](auto& s) { s.set_kind(v1::STATEMENT_KIND_OFFICER); }),
       "FIELD_MISSING"},
      {"key statement about an officer", officer([](auto& s) { s.set_kind(v1::STATEMENT_KIND_KEY); }), "FIELD_INVALID"},
      {"no sequence", agency([](auto& s) { s.clear_sequence(); }), "FIELD_MISSING"},
      {"a short previous digest", agency([](auto& s) { s.set_previous_digest("x"); }), "FIELD_INVALID"},
      {"no environment", agency([](auto& s) { s.clear_environment(); }), "FIELD_MISSING"},
      {"no validity", agency([](auto& s) {
         s.clear_valid_from();
         s.clear_valid_until();
       }),
       "FIELD_MISSING"},
      {"validity backwards", agency([](auto& s) { s.mutable_valid_from()->Swap(s.mutable_valid_until()); }),
       "FIELD_INVALID"},
      {"empty validity", agency([](auto& s) { *s.mutable_valid_from() = s.valid_until(); }), "FIELD_INVALID"},
      {"an instant that is none", agency([](auto& s) { s.mutable_valid_until()->set_nanos(1'000'000'000); }),
       "FIELD_INVALID"},
      {"no key", agency([](auto& s) { s.clear_key(); }), "FIELD_INVALID"},
      {"a key of 31 bytes", agency([](auto& s) { s.mutable_key()->pop_back(); }), "FIELD_INVALID"},
      {"a key of small order", agency([](auto& s) { s.set_key(std::string(32, '\0')); }), "FIELD_INVALID"},
      {"no algorithm", agency([](auto& s) { s.clear_algorithm(); }), "FIELD_INVALID"},
      {"an unknown algorithm", agency([](auto& s) { s.set_algorithm(static_cast<v1::KeyAlgorithm>(3)); }),
       "FIELD_INVALID"},
      {"an agency with roles", agency([](auto& s) { s.add_roles(v1::OFFICER_ROLE_LEADER); }), "FIELD_INVALID"},
      {"an agency with an account", agency([](auto& s) { s.mutable_account(); }), "FIELD_INVALID"},
      {"no role", officer([](auto& s) { s.clear_roles(); }), "FIELD_MISSING"},
      {"a role twice", officer([](auto& s) { s.add_roles(v1::OFFICER_ROLE_HANDLER); }), "FIELD_INVALID"},
      {"an unknown role", officer([](auto& s) { s.add_roles(static_cast<v1::OfficerRole>(9)); }), "FIELD_INVALID"},
      {"no details", officer([](auto& s) { s.clear_officer(); }), "FIELD_MISSING"},
      {"no name", officer([](auto& s) { s.mutable_officer()->clear_name(); }), "FIELD_MISSING"},
      {"no duty card", officer([](auto& s) { s.mutable_officer()->clear_duty_card_no(); }), "FIELD_MISSING"},
      {"a name of 129 bytes", officer([](auto& s) { s.mutable_officer()->set_name(std::string(129, 'x')); }),
       "TEXT_INVALID"},
      {"an officer with an account", officer([](auto& s) { s.mutable_account(); }), "FIELD_INVALID"},
      {"no account", account([](auto& s) { s.clear_account(); }), "FIELD_MISSING"},
      {"a mistyped account", account([](auto& s) { s.mutable_account()->set_account_number("9900010000000099011"); }),
       "FIELD_INVALID"},
      {"no bank", account([](auto& s) { s.mutable_account()->clear_bank(); }), "FIELD_INVALID"},
      {"an account with a key", account([](auto& s) { s.set_key(std::string(32, 'k')); }), "FIELD_INVALID"},
      {"an unknown field", account([](auto& s) { s.GetReflection()->MutableUnknownFields(&s)->AddVarint(99, 1); }),
       "UNKNOWN_FIELDS"},
      {"nothing wrong with the officer", officer([](auto&) {}), "OK"},
      {"nothing wrong with the account", account([](auto&) {}), "OK"},
      {"nothing wrong with the agency", agency([](auto&) {}), "OK"},
  };
  for (const auto& row : kTable) EXPECT_EQ(Why(row.member), row.reason) << row.what;
  EXPECT_EQ(book_.size(), 6u);
}

TEST_F(StatementsTest, ABatchIsAnsweredMemberByMember) {
  std::vector<std::string> members = {
      Key(kCourt, court_).SerializeAsString(), Key("agency/9900001", agency_).SerializeAsString(), "\xff",
      Key("agency/9900001", agency_).SerializeAsString(), Key("agency/9900001", second_).SerializeAsString()};
  const auto answers = book_.AcceptBatch(MakeBatch(Head(kRegistrar), members, {&registrar2_, &registrar3_}), checker_);
  ASSERT_EQ(WhyNot(answers), "OK");
  std::vector<std::string> reasons;
  for (const auto& answer : *answers) reasons.push_back(WhyNot(answer));
  EXPECT_EQ(reasons, (std::vector<std::string>{"OK", "OK", "ENVELOPE_MALFORMED", "OK", "STATEMENT_STALE"}));
  EXPECT_TRUE((*answers)[3]->was_known);
  EXPECT_EQ(WhyNot(book_.AcceptBatch(MakeBatch(Head(kRegistrar), members, {&court_}), checker_)), "SIGNATURE_INVALID");
}

TEST_F(StatementsTest, GivenAgainInOrderTheyMakeTheSameBook) {
  std::vector<v1::SignedMember> taken;
  const auto take = [&](const v1::SignedMember& member) {
    ASSERT_EQ(Why(member), "OK");
    taken.push_back(member);
  };
  take(ByRegistrars(Key(kCourt, court_)));
  take(ByCourt(OfficerWith(kOfficer, officer_)));
  take(ByCourt(AccountAt(kAccount)));
  take(ByRegistrars(Key(kCourt, other_court_)));
  take(Signed(OfficerWith(kOfficer, second_), "辽9901", {&other_court_}));
  take(Signed(About(kAccount, v1::STATEMENT_KIND_ENDED), "辽9901", {&other_court_}));
  StatementBook replayed = *StatementBook::Make(book_.pinned());
  HeadCache cache;
  for (const v1::SignedMember& member : taken) ASSERT_EQ(WhyNot(replayed.Accept(member, checker_, &cache)), "OK");
  ASSERT_EQ(replayed.size(), book_.size());
  for (const char* subject : {kCourt, kOfficer, kAccount}) {
    EXPECT_EQ(replayed.HeldAbout(subject)->digest, book_.HeldAbout(subject)->digest);
  }
  EXPECT_EQ(replayed.OfficersOf("辽9901", Day(1))[0].key, second_.public_key());
}

TEST_F(StatementsTest, ABookNeedsSoundPins) {
  const auto why = [](std::vector<std::string> keys, uint32_t threshold, v1::Environment environment) {
    return WhyNot(
        StatementBook::Make({.registrar_keys = std::move(keys), .threshold = threshold, .environment = environment}));
  };
  const std::string one = registrar1_.public_key(), two = registrar2_.public_key();
  EXPECT_EQ(why({one, two}, 2, v1::ENVIRONMENT_TEST), "OK");
  EXPECT_EQ(why({one, one}, 2, v1::ENVIRONMENT_TEST), "KEY_UNUSABLE");
  EXPECT_EQ(why({one, "short"}, 2, v1::ENVIRONMENT_TEST), "KEY_UNUSABLE");
  EXPECT_EQ(why({one, std::string(32, '\0')}, 2, v1::ENVIRONMENT_TEST), "KEY_UNUSABLE");
  EXPECT_EQ(why({one, two}, 3, v1::ENVIRONMENT_TEST), "CONFIGURATION_INVALID");
  EXPECT_EQ(why({one, two}, 0, v1::ENVIRONMENT_TEST), "CONFIGURATION_INVALID");
  EXPECT_EQ(why({}, 1, v1::ENVIRONMENT_TEST), "CONFIGURATION_INVALID");
  EXPECT_EQ(why({one, two}, 2, v1::ENVIRONMENT_UNSPECIFIED), "CONFIGURATION_INVALID");
}

TEST(Subjects, HaveOneSpelling) {
  EXPECT_EQ(ParseSubject(OfficerSubject("辽9901", "001")), (Subject{SubjectKind::kOfficer, "辽9901", "001"}));
  EXPECT_EQ(ParseSubject(AccountSubject("辽9901", "1")), (Subject{SubjectKind::kAccount, "辽9901", "1"}));
  EXPECT_EQ(ParseSubject(CourtSubject("辽9901")), (Subject{SubjectKind::kCourt, "辽9901", ""}));
  EXPECT_EQ(ParseSubject(AgencySubject("9900001")), (Subject{SubjectKind::kAgency, "9900001", ""}));
  for (const char* bad : {"", "/", "court", "court/", "court//officer/1", "court/a/", "court/a/officer",
                          "court/a/officer/", "court/a/officer//", "court/a/officer/1/2", "court/a/judge/1",
                          "agency/a/account/1", "Court/a", "court/a b", " court/a", "court/a/officer/ "}) {
    EXPECT_FALSE(ParseSubject(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace eagle::trust
