// Reading personal data: which ticket counts, by which scope, how often; and that the count is the fold's.
#include "server/domain/reading.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/instant.h"
#include "tests/support/domain_world.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using test::DomainWorld;
using testing::ElementsAre;

class ReadingTest : public testing::Test {
 protected:
  Reason Read(const RecordAccess& command) { return ReasonOf(world_.Do(command).status); }
  AccessRecorded Newest() {
    AccessRecorded body;
    EXPECT_EQ(world_.journal.back().type, ENTRY_TYPE_ACCESS_RECORDED);
    body.ParseFromString(world_.journal.back().body);
    return body;
  }
  Administration Proposing() {
    Administration act;
    act.set_request_id(world_.NewId());
    act.mutable_proposal()->set_ground("review");
    return act;
  }
  // The reasons of a refused proposal; empty: both administrators agreed and it is in effect.
  std::vector<std::string> Adopt(const Administration& act) {
    const Result made = world_.Do(world_.Administration("admin1", {act}));
    if (made.members.at(0).refusal) return DomainWorld::Problems(made);
    Administration approval;
    approval.set_request_id(world_.NewId());
    approval.mutable_approval()->set_proposal_index(made.members[0].index);
    approval.mutable_approval()->set_proposal_digest(world_.state.proposals.at(made.members[0].index).digest);
    EXPECT_TRUE(world_.Do(world_.Administration("admin2", {approval})).members.at(0).in_effect);
    return {};
  }
  void RegisterOthers() {
    auto court = Proposing();
    court.mutable_proposal()->mutable_court()->set_code("C2"), court.mutable_proposal()->mutable_court()->set_name("C");
    ASSERT_THAT(Adopt(court), ElementsAre());
    auto system = Proposing();
    RegisterSystem* auditor = system.mutable_proposal()->mutable_system();
    auditor->set_name("auditor1"), auditor->set_role("AUDITOR");
    auditor->mutable_system()->set_spiffe_id("spiffe://test/auditor/1");
    auditor->mutable_system()->add_spki_sha256(std::string(32, 'a'));
    ASSERT_THAT(Adopt(system), ElementsAre());
  }
  Administration Grant(const std::string& reader, const std::string& officers_of, absl::Duration lasts) {
    auto act = Proposing();
    GrantReading* grant = act.mutable_proposal()->mutable_reading();
    grant->set_reader(reader), grant->set_officers_of(officers_of), grant->set_court("C1");
    grant->set_case_index(world_.case_seq);
    *grant->mutable_until() = ToProto(world_.now + lasts);
    return act;
  }
  RecordAccess AsAuditor() {
    RecordAccess read = world_.Access("GetEvidence", "leader");
    read.court = {}, read.reader_name = "system/auditor1";
    return read;
  }

  DomainWorld world_;
};

TEST_F(ReadingTest, APageIsRecordedWithItsTicket) {
  RecordAccess read = world_.Access();
  read.rows = 7, read.page_after = 40;
  ASSERT_EQ(Read(read), Reason::kNone);
  const AccessRecorded body = Newest();
  EXPECT_EQ(body.method(), "GetCase");
  EXPECT_EQ(body.scope(), READ_SCOPE_SELF);
  EXPECT_EQ(body.officer_tag(), "tag of handler");
  EXPECT_EQ(body.ticket_digest(), read.ticket_digest);
  EXPECT_EQ(body.rows(), 7u);
  EXPECT_EQ(body.page_after(), 40u);
  EXPECT_FALSE(body.no_open_case());
  EXPECT_EQ(body.policy_version(), 1u);
  const Entry& entry = world_.journal.back();
  EXPECT_EQ(entry.key_id, world_.TheCase().key_id) << "the reader's words go with the case";
  AccessPayload payload;
  ASSERT_TRUE(payload.ParseFromString(*entry.payload));
  EXPECT_EQ(payload.ticket().SerializeAsString(), read.ticket.SerializeAsString());
}

TEST_F(ReadingTest, ATicketIsGoodForItsCasePurposeAndTime) {
  struct Row {
    Reason reason;
    std::function<void(RecordAccess&)> spoil;
  };
  const std::vector<Row> rows = {
      {Reason::kNone, [](auto&) {}},
      {Reason::kPurposeNotAllowed, [](auto& read) { read.parsed.set_purpose("CURIOSITY"); }},
      {Reason::kTicketMismatch, [](auto& read) { read.case_number_tags = {"tag of case-2"}; }},
      {Reason::kTicketMismatch, [](auto& read) { read.parsed.set_court("C2"); }},
      {Reason::kTicketInvalid,
       [&](auto& read) { *read.parsed.mutable_expires_at() = ToProto(world_.now + absl::Minutes(11)); }},
      {Reason::kTicketInvalid, [&](auto& read) { *read.parsed.mutable_expires_at() = read.parsed.issued_at(); }},
      {Reason::kTicketInvalid,
       [&](auto& read) {
         *read.parsed.mutable_issued_at() = ToProto(world_.now + absl::Minutes(3));
         *read.parsed.mutable_expires_at() = ToProto(world_.now + absl::Minutes(8));
       }},
      {Reason::kTicketExpired,
       [&](auto& read) {
         *read.parsed.mutable_issued_at() = ToProto(world_.now - absl::Minutes(10));
         *read.parsed.mutable_expires_at() = ToProto(world_.now);
       }},
      {Reason::kOfficerNotValid, [&](auto& read) { read.key = world_.Key("nobody"); }},
      {Reason::kOfficerNotValid, [&](auto& read) { read.key = world_.Key("leader"); }},
      {Reason::kNotFound, [](auto& read) { read.case_seq = CaseSeq(1); }},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    RecordAccess read = world_.Access();
    rows[i].spoil(read);
    const size_t before = world_.journal.size();
    EXPECT_EQ(Read(read), rows[i].reason) << "row " << i;
    EXPECT_EQ(world_.journal.size(), before + (rows[i].reason == Reason::kNone ? 1 : 0)) << "row " << i;
  }
}

TEST_F(ReadingTest, AnOfficerWhoseStatementEndedReadsNothingFromTheNextCommitOn) {
  const RecordAccess read = world_.Access();
  ASSERT_EQ(Read(read), Reason::kNone);
  Statement ended;
  ended.set_subject("court/C1/officer/handler"), ended.set_sequence(2), ended.set_kind(STATEMENT_KIND_ENDED);
  ended.set_environment(ENVIRONMENT_TEST);
  ended.set_previous_digest(world_.state.directory.StatementAbout(ended.subject())->digest);
  ASSERT_EQ(DomainWorld::OnlyRefusal(world_.Do(world_.Statements("C1", {ended}, {world_.Key("C1")}))), Reason::kNone);
  EXPECT_EQ(Read(read), Reason::kOfficerNotValid) << "the same ticket";
}

TEST_F(ReadingTest, WithoutAPolicyForReadingNobodyReads) {
  auto act = Proposing();
  PolicyTable table = test::FreedoniaPolicy(2);
  table.clear_reading();
  *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
  ASSERT_THAT(Adopt(act), ElementsAre());
  EXPECT_EQ(Read(world_.Access()), Reason::kPurposeNotAllowed);
}

TEST_F(ReadingTest, ARowForReadingHasPurposesLimitsAndASource) {
  auto act = Proposing();
  PolicyTable table = test::FreedoniaPolicy(2);
  ReadingRow& row = *table.mutable_reading();
  row.clear_purposes(), row.clear_source(), row.set_ticket_minutes(16), row.set_reads_per_hour(0),
      row.set_reads_per_day(0);
  *act.mutable_proposal()->mutable_policy()->mutable_table() = table;
  EXPECT_THAT(
      Adopt(act),
      ElementsAre("policy.table.reading.purposes FIELD_MISSING", "policy.table.reading.reads_per_day FIELD_MISSING",
                  "policy.table.reading.reads_per_hour FIELD_MISSING", "policy.table.reading.source FIELD_MISSING",
                  "policy.table.reading.ticket_minutes FIELD_INVALID"));
}

// Three an hour, five a day, by the policy's clock; what is refused doesn't count.
TEST_F(ReadingTest, AnOfficerReadsUpToTheLimitsOfHourAndDay) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Read(world_.Access()), Reason::kNone);
  const Result refused = world_.Do(world_.Access());
  EXPECT_EQ(ReasonOf(refused.status), Reason::kReadLimitExceeded);
  EXPECT_EQ(FailureOf(refused.status).retry_delay, absl::Hours(1)) << "the story begins at a full hour";
  EXPECT_EQ(Read(world_.Access("GetCase", "leader")), Reason::kNone) << "somebody else";
  world_.now += absl::Hours(1);
  EXPECT_EQ(Read(world_.Access()), Reason::kNone);
  EXPECT_EQ(Newest().reads_in_hour(), 1u);
  EXPECT_EQ(Newest().reads_in_day(), 4u);
  EXPECT_EQ(Read(world_.Access()), Reason::kNone);
  const Result too_much = world_.Do(world_.Access());
  EXPECT_EQ(ReasonOf(too_much.status), Reason::kReadLimitExceeded) << "five a day";
  EXPECT_EQ(FailureOf(too_much.status).retry_delay, absl::Hours(14)) << "it is ten o'clock";
  world_.now += absl::Hours(14);
  EXPECT_EQ(Read(world_.Access()), Reason::kNone);
  EXPECT_EQ(Newest().reads_in_day(), 1u);
}

TEST_F(ReadingTest, TheCountIsWhatTheEntriesSayWithoutAnyPolicy) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Read(world_.Access()), Reason::kNone);
  State folded;
  for (const Entry& entry : world_.journal) Apply(entry, folded);
  EXPECT_EQ(folded.readers.size(), 1u);
  EXPECT_EQ(folded.readers, world_.state.readers);
  const ReaderCount& count = folded.readers.at("tag of handler");
  ReaderCount decoded;
  ASSERT_TRUE(decoded.Decode(count.Encode()));
  EXPECT_EQ(decoded, count);
  EXPECT_FALSE(decoded.Decode(count.Encode() + "x"));
}

TEST_F(ReadingTest, ALookIntoAClosedCaseIsAnAlert) {
  CaseAct act;
  act.set_request_id(world_.NewId()), act.set_court("C1");
  act.mutable_stage()->set_case_number("case-1"), act.mutable_stage()->set_to(CASE_STAGE_CLOSED);
  act.mutable_stage()->set_ground("paid");
  ASSERT_FALSE(world_.Do(world_.Cases({act})).members.at(0).refusal);
  ASSERT_EQ(Read(world_.Access()), Reason::kNone);
  EXPECT_TRUE(Newest().no_open_case());
}

// reader, officer's court, grant -> scope
TEST_F(ReadingTest, ScopesOfReaders) {
  RegisterOthers();
  ASSERT_THAT(Adopt(Grant("court/C2", "", absl::Hours(1))), ElementsAre());
  ASSERT_THAT(Adopt(Grant("system/auditor1", "C1", absl::Hours(2))), ElementsAre());
  const Directory& directory = world_.state.directory;
  const CaseSeq of(world_.case_seq);
  const auto scope = [&](const char* reader, const char* officers_of, absl::Duration later = absl::ZeroDuration()) {
    const auto found = ScopeOf(directory, reader, "C1", of, officers_of, world_.now + later);
    return found.ok() ? ReadScope_Name(*found).substr(11) : std::string(RowOf(ReasonOf(found.status())).name);
  };
  EXPECT_EQ(scope("court/C1", "C1"), "SELF");
  EXPECT_EQ(scope("court/C1", "C2"), "SCOPE_NOT_GRANTED") << "another court's officer";
  EXPECT_EQ(scope("court/C2", "C2"), "GRANT");
  EXPECT_EQ(scope("court/C2", "C1"), "SCOPE_NOT_GRANTED") << "a court reads with its own officers";
  EXPECT_EQ(scope("court/C2", "C2", absl::Hours(1)), "SCOPE_NOT_GRANTED") << "the grant has ended";
  EXPECT_EQ(scope("system/auditor1", "C1", absl::Hours(1)), "GRANT");
  EXPECT_EQ(scope("system/auditor1", "C2"), "SCOPE_NOT_GRANTED") << "not the court whose officers sign";
  EXPECT_EQ(scope("system/auditor1", "C1", absl::Hours(2)), "SCOPE_NOT_GRANTED");
  EXPECT_EQ(scope("system/other", "C1"), "SCOPE_NOT_GRANTED");
  EXPECT_EQ(ScopeOf(directory, "system/auditor1", "C1", CaseSeq(of.value() + 1), "C1", world_.now).ok(), false);
}

TEST_F(ReadingTest, AnAuditorReadsACaseFromTheGrantUntilItsEnd) {
  RegisterOthers();
  EXPECT_EQ(Read(AsAuditor()), Reason::kScopeNotGranted);
  ASSERT_THAT(Adopt(Grant("system/auditor1", "C1", absl::Hours(1))), ElementsAre());
  EXPECT_EQ(world_.Types().back(), "READING_GRANTED");
  EXPECT_EQ(StreamOf(world_.journal.back()), 0u) << "asked before any case is loaded";
  ASSERT_EQ(Read(AsAuditor()), Reason::kNone);
  EXPECT_EQ(Newest().scope(), READ_SCOPE_GRANT);
  EXPECT_EQ(world_.journal.back().actor_kind, ACTOR_KIND_SYSTEM);
  world_.now += absl::Hours(1);
  EXPECT_EQ(Read(AsAuditor()), Reason::kScopeNotGranted);
}

TEST_F(ReadingTest, AGrantIsTakenBackByOneThatHasEnded) {
  RegisterOthers();
  ASSERT_THAT(Adopt(Grant("system/auditor1", "C1", absl::Hours(1))), ElementsAre());
  ASSERT_THAT(Adopt(Grant("system/auditor1", "C1", -absl::Hours(1))), ElementsAre());
  EXPECT_EQ(Read(AsAuditor()), Reason::kScopeNotGranted);
}

TEST_F(ReadingTest, AGrantNamesAReaderACaseAndAnEnd) {
  RegisterOthers();
  const auto problems = [&](const std::function<void(GrantReading&)>& spoil) {
    Administration act = Grant("system/auditor1", "C1", absl::Hours(1));
    spoil(*act.mutable_proposal()->mutable_reading());
    return Adopt(act);
  };
  EXPECT_THAT(problems([](auto& grant) { grant.set_reader("system/nobody"); }),
              ElementsAre("reading.reader FIELD_INVALID"));
  EXPECT_THAT(problems([](auto& grant) { grant.set_reader("court/C1"), grant.clear_officers_of(); }),
              ElementsAre("reading.reader FIELD_INVALID"));
  EXPECT_THAT(problems([](auto& grant) { grant.set_reader("court/C2"); }),
              ElementsAre("reading.officers_of FIELD_INVALID"));
  EXPECT_THAT(problems([](auto& grant) { grant.clear_officers_of(); }),
              ElementsAre("reading.officers_of FIELD_INVALID"));
  EXPECT_THAT(problems([](auto& grant) { grant.set_court("C2"); }), ElementsAre("reading.case_index CASE_UNKNOWN"));
  EXPECT_THAT(problems([](auto& grant) { grant.set_case_index(1); }), ElementsAre("reading.case_index CASE_UNKNOWN"));
  EXPECT_THAT(problems([](auto& grant) { grant.clear_until(); }), ElementsAre("reading.until FIELD_MISSING"));
}

TEST_F(ReadingTest, CourtsAboveStandInAChainThatEnds) {
  const auto court = [&](const std::string& code, const std::string& superior) {
    auto act = Proposing();
    RegisterCourt* row = act.mutable_proposal()->mutable_court();
    row->set_code(code), row->set_name(code), row->set_superior(superior);
    ASSERT_THAT(Adopt(act), ElementsAre());
  };
  court("TOP", ""), court("MIDDLE", "TOP"), court("LOW", "MIDDLE"), court("RING1", "RING2"), court("RING2", "RING1");
  const Directory& directory = world_.state.directory;
  EXPECT_TRUE(IsAbove(directory, "TOP", "LOW"));
  EXPECT_TRUE(IsAbove(directory, "MIDDLE", "LOW"));
  EXPECT_FALSE(IsAbove(directory, "LOW", "TOP"));
  EXPECT_FALSE(IsAbove(directory, "TOP", "TOP"));
  EXPECT_FALSE(IsAbove(directory, "TOP", "RING1"));
  EXPECT_FALSE(IsAbove(directory, "RING1", "RING1"));
  EXPECT_FALSE(IsAbove(directory, "TOP", "nobody"));
}

}  // namespace
}  // namespace eagle::domain
