// The lies of a log, one by one, to each of those who read it: none is accepted by anybody. And the whole of the
// tables: how many attacks there are, and that every verb is tried on everybody.
#include "tests/hostile/lying_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "client/audit/log_audit.h"
#include "client/audit/witness.h"
#include "client/lib/acceptance.h"
#include "client/lib/checkpoints.h"
#include "server/journal/leaf.h"
#include "tests/client/fake_gateway.h"
#include "tests/hostile/attack.h"
#include "tests/support/temp_folder.h"

namespace eagle::hostile {
namespace {

namespace v1 = ::goldeneagle::v1;

// Entries that decode, so that a court can be shown one.
std::string Entry(uint64_t index, const std::string& body) {
  journal::Leaf leaf;
  leaf.type = 17;
  leaf.index = EntryIndex(index);
  leaf.time = absl::FromUnixSeconds(1790557200);
  leaf.body = body;
  return journal::EncodeLeaf(leaf);
}
std::vector<std::string> Entries(size_t count, size_t fork_from = SIZE_MAX) {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back(Entry(i, i >= fork_from ? "fork" : "true"));
  return leaves;
}
std::vector<journal::Hash> Path(LyingLog& log, uint64_t index, uint64_t size) {
  return *journal::InclusionProof(index, size, log);
}
v1::InclusionProof Proof(uint64_t index, uint64_t size, const std::vector<journal::Hash>& path) {
  v1::InclusionProof proof;
  proof.set_index(index);
  proof.set_size(size);
  for (const journal::Hash& hash : path) proof.add_hashes(std::string(journal::View(hash)));
  return proof;
}

class LyingLogTest : public testing::Test {
 protected:
  // A court's look at one entry under a head.
  bool CourtBelieves(const std::string& leaf, const v1::InclusionProof& proof, const std::string& note) {
    const auto head = journal::OpenCheckpoint(note, *key_);
    return head.ok() && client::VerifyLeafInLog(leaf, proof, *head).ok();
  }
  bool AuditorBelieves(LyingLog& log, audit::SeenStore* store) {
    audit::PublicAudit audit;
    const auto audited = audit::AuditLog(log, *log.Checkpoint(), *key_, {.store = store}, audit);
    return audited.ok() &&
           !testing::Value(audit.findings().list(),
                           testing::Contains(testing::Field(&audit::Finding::rule, audit::Rule::kTreeRoot)));
  }
  journal::LogPolicy TwoWitnesses() {
    std::string text = "log " + log_.signer().VerifierKey() + "\n";
    for (const journal::WitnessKey* one : {&w1_, &w2_})
      text += "witness " + one->name + " " + one->VerifierKey() + "\n";
    return *journal::LogPolicy::Parse(text + "group all 2 w1 w2\nquorum all\n");
  }
  static std::string Line(const journal::WitnessKey& witness, const std::string& note) {
    const std::string text = note.substr(0, note.find("\n\n") + 1);
    return journal::SignatureLine(journal::Cosign(witness.name, witness.key, text, absl::FromUnixSeconds(1790557200)));
  }

  TempFolder folder_;
  LyingLog log_{Entries(600)};
  std::unique_ptr<journal::NoteVerifier> key_ = *journal::ParseVerifierKey(log_.signer().VerifierKey());
  journal::WitnessKey w1_{"w1", *journal::PrivateKey::FromSeed(std::string(32, '1'))},
      w2_{"w2", *journal::PrivateKey::FromSeed(std::string(32, '2'))};
};

TEST_F(LyingLogTest, TheTruthIsBelieved) {
  EXPECT_TRUE(CourtBelieves(log_.leaves()[7], Proof(7, 520, Path(log_, 7, 520)), log_.Head(520)));
  EXPECT_TRUE(AuditorBelieves(log_, nullptr));
  const std::string note = log_.Head(520);
  EXPECT_TRUE(TwoWitnesses().Open(note + Line(w1_, note) + Line(w2_, note))->quorum);
}

TEST_F(LyingLogTest, ASplitView) {
  // One history for the auditor, another for the court and the witness, each without fault in itself.
  LyingLog other(Entries(600, 400));
  audit::SeenStore store(folder_ / "seen");
  ASSERT_TRUE(AuditorBelieves(log_, &store));
  EXPECT_FALSE(AuditorBelieves(other, &store));
  const journal::LogPolicy policy = *journal::LogPolicy::OfKey(log_.signer().VerifierKey());
  audit::Witness witness(folder_ / "witness", policy, w1_);
  ASSERT_EQ(witness.Add(log_.AddCheckpoint(0, 450), absl::UnixEpoch())->answer, journal::WitnessAnswer::kCosign);
  EXPECT_NE(witness.Add(other.AddCheckpoint(450, 520), absl::UnixEpoch())->answer, journal::WitnessAnswer::kCosign);
  client::CheckpointKeeper court(folder_.path(), *key_);
  client::FakeGateway none(absl::UnixEpoch());  // can't show that the one continues the other: nobody can
  ASSERT_TRUE(court.Observe(log_.Head(450), none).ok());
  EXPECT_EQ(ReasonOf(court.Observe(other.Head(450), none).status()), Reason::kLogForked);
}

TEST_F(LyingLogTest, ARollback) {
  audit::SeenStore store(folder_ / "seen");
  ASSERT_TRUE(AuditorBelieves(log_, &store));
  LyingLog older(Entries(500));
  EXPECT_FALSE(AuditorBelieves(older, &store));
  const journal::LogPolicy policy = *journal::LogPolicy::OfKey(log_.signer().VerifierKey());
  audit::Witness witness(folder_ / "witness", policy, w1_);
  ASSERT_EQ(witness.Add(log_.AddCheckpoint(0, 520), absl::UnixEpoch())->answer, journal::WitnessAnswer::kCosign);
  for (const uint64_t claimed : {uint64_t{0}, uint64_t{500}, uint64_t{520}})
    EXPECT_NE(witness.Add(older.AddCheckpoint(claimed, 500), absl::UnixEpoch())->answer,
              journal::WitnessAnswer::kCosign);
}

TEST_F(LyingLogTest, ADroppedLeaf) {
  audit::SeenStore store(folder_ / "seen");
  ASSERT_TRUE(AuditorBelieves(log_, &store));
  LyingLog without(Entries(600));
  without.leaves().erase(without.leaves().begin() + 300);
  without.leaves().push_back(Entry(599, "in its place"));
  EXPECT_FALSE(AuditorBelieves(without, &store));
  EXPECT_FALSE(CourtBelieves(log_.leaves()[300], Proof(300, 520, Path(without, 300, 520)), without.Head(520)));
}

TEST_F(LyingLogTest, AChangedLeaf) {
  audit::SeenStore store(folder_ / "seen");
  ASSERT_TRUE(AuditorBelieves(log_, &store));
  const v1::InclusionProof proof = Proof(300, 520, Path(log_, 300, 520));
  EXPECT_FALSE(CourtBelieves(Entry(300, "changed"), proof, log_.Head(520)));
  LyingLog changed(Entries(600));
  changed.leaves()[300] = Entry(300, "changed");
  EXPECT_FALSE(AuditorBelieves(changed, &store));
  EXPECT_FALSE(CourtBelieves(Entry(300, "changed"), Proof(300, 520, Path(changed, 300, 520)), log_.Head(520)));
}

TEST_F(LyingLogTest, AWrongIndex) {
  const v1::InclusionProof proof = Proof(300, 520, Path(log_, 300, 520));
  for (const uint64_t index : {uint64_t{299}, uint64_t{301}, uint64_t{0}, uint64_t{519}, uint64_t{520}, ~uint64_t{0}}) {
    v1::InclusionProof wrong = proof;
    wrong.set_index(index);
    EXPECT_FALSE(CourtBelieves(log_.leaves()[300], wrong, log_.Head(520))) << index;
  }
  LyingLog elsewhere(Entries(600));
  elsewhere.leaves()[301] = log_.leaves()[300];  // says 300, lies at 301, truly signed
  EXPECT_FALSE(CourtBelieves(log_.leaves()[300], Proof(301, 520, Path(elsewhere, 301, 520)), elsewhere.Head(520)));
}

TEST_F(LyingLogTest, ASwappedProof) {
  for (const uint64_t other : {uint64_t{299}, uint64_t{301}, uint64_t{44}})
    EXPECT_FALSE(CourtBelieves(log_.leaves()[300], Proof(300, 520, Path(log_, other, 520)), log_.Head(520))) << other;
  EXPECT_FALSE(CourtBelieves(log_.leaves()[300], Proof(300, 520, Path(log_, 300, 519)), log_.Head(520)));
  EXPECT_FALSE(CourtBelieves(log_.leaves()[300], Proof(300, 519, Path(log_, 300, 519)), log_.Head(520)));
}

TEST_F(LyingLogTest, InclusionInARootThatNobodySigned) {
  LyingLog other(Entries(600, 100));
  const v1::InclusionProof proof = Proof(300, 520, Path(other, 300, 520));
  EXPECT_FALSE(CourtBelieves(other.leaves()[300], proof, log_.Head(520)));
  std::string unsigned_note = other.Head(520);
  unsigned_note.resize(unsigned_note.find("\n\n") + 2);
  EXPECT_FALSE(CourtBelieves(other.leaves()[300], proof, unsigned_note));
  LyingLog stranger(Entries(600, 100), "log.example/one", 'x');
  EXPECT_FALSE(CourtBelieves(other.leaves()[300], proof, stranger.Head(520)));
}

TEST_F(LyingLogTest, AStaleCosignature) {
  const std::string old_note = log_.Head(300), note = log_.Head(520);
  const auto judged = TwoWitnesses().Open(note + Line(w1_, old_note) + Line(w2_, old_note));
  EXPECT_FALSE(judged.ok() && judged->quorum);
  const auto one_stale = TwoWitnesses().Open(note + Line(w1_, note) + Line(w2_, old_note));
  EXPECT_FALSE(one_stale.ok() && one_stale->quorum);
}

TEST_F(LyingLogTest, ADuplicateWitness) {
  const std::string note = log_.Head(520);
  const auto twice = TwoWitnesses().Open(note + Line(w1_, note) + Line(w1_, note));
  EXPECT_FALSE(twice.ok() && twice->quorum);
  journal::WitnessKey renamed{"w2", *journal::PrivateKey::FromSeed(std::string(32, '1'))};
  const auto two_names = TwoWitnesses().Open(note + Line(w1_, note) + Line(renamed, note));
  EXPECT_FALSE(two_names.ok() && two_names->quorum) << "one key under two names";
  EXPECT_FALSE(TwoWitnesses().Open(note + Line(w1_, note))->quorum);
}

// --- the tables as a whole

TEST(HostileSuite, HasTwoHundredAttacksAndTriesEveryVerbOnEverybody) {
  const std::map<std::string, std::vector<AttackRow>> tables{{"adapter", AdapterAttacks()},
                                                             {"court", CourtAttacks()},
                                                             {"evidence", EvidenceAttacks()},
                                                             {"witness", WitnessAttacks()},
                                                             {"auditor", AuditorAttacks()}};
  size_t all = 0;
  for (const auto& [whom, rows] : tables) {
    std::set<std::string> names;
    std::map<Verb, size_t> verbs;
    for (const AttackRow& row : rows) {
      EXPECT_TRUE(names.insert(row.name + "/" + std::to_string(static_cast<int>(row.verb))).second)
          << whom << ": " << row.name;
      ++verbs[row.verb];
    }
    for (const Verb verb : kVerbs) EXPECT_GT(verbs[verb], 0u) << whom << " verb " << static_cast<int>(verb);
    RecordProperty(whom, static_cast<int>(rows.size()));
    all += rows.size();
  }
  RecordProperty("attacks", static_cast<int>(all));
  EXPECT_GE(all, 200u);
}

}  // namespace
}  // namespace eagle::hostile
