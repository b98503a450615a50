// A hostile gateway against an auditor: a log that its own true key signed, in which something isn't as the rules of
// the house demand, or isn't as this auditor saw it before; and a published folder in which something was changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "client/audit/log_audit.h"
#include "client/audit/log_export.h"
#include "client/audit/log_folder.h"
#include "client/common/files.h"
#include "tests/audit/golden_leaves.h"
#include "tests/hostile/attack.h"
#include "tests/hostile/lying_log.h"
#include "tests/support/temp_folder.h"

namespace eagle::hostile {
namespace auditor {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

using Leaves = std::vector<std::string>;
using LogAttack = Attack<Leaves>;
struct FolderScene {
  std::string folder;
  std::string Path(const std::string& file) const { return folder + "/" + file; }
  void Change(const std::string& file, const std::function<void(std::string&)>& how) const {
    std::string bytes = *client::ReadFile(Path(file));
    how(bytes);
    EXPECT_TRUE(client::WriteDurably(Path(file), bytes).ok());
  }
  void Remove(const std::string& file) const { std::filesystem::remove(Path(file)); }
  std::string Bytes() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = *client::ReadFile(entry.path());
    }
    ByteWriter out;
    for (const auto& [name, bytes] : files)
      out.U32(static_cast<uint32_t>(name.size())).Bytes(name).U32(static_cast<uint32_t>(bytes.size())).Bytes(bytes);
    return std::string(out.bytes());
  }
};
using FolderAttack = Attack<FolderScene>;

uint64_t At(const Leaves& leaves, EntryType type, size_t nth = 0) { return audit::FindLeaf(leaves, type, nth); }
template <typename Body>
std::function<void(Leaves&)> Changed(EntryType type, std::function<void(Body&)> change, size_t nth = 0) {
  return [=](Leaves& leaves) { audit::Change<Body>(leaves, At(leaves, type, nth), change); };
}
std::function<void(Leaves&)> Frame(EntryType type, std::function<void(journal::Leaf&)> change, size_t nth = 0) {
  return [=](Leaves& leaves) { audit::ChangeLeaf(leaves, At(leaves, type, nth), change); };
}
// As after a drop, a swap or an insertion: every leaf says the place at which it is.
void Renumber(Leaves& leaves) {
  for (uint64_t i = 0; i < leaves.size(); ++i)
    audit::ChangeLeaf(leaves, i, [i](journal::Leaf& leaf) { leaf.index = EntryIndex(i); });
}

std::string BytesOf(const Leaves& leaves) {
  ByteWriter out;
  for (const std::string& leaf : leaves) out.U32(static_cast<uint32_t>(leaf.size())).Bytes(leaf);
  return std::string(out.bytes());
}

// --- the rules, over a log that nobody saw before

const std::vector<LogAttack>& OnRules() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<LogAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(Leaves&)> act) {
      out->push_back({verb, name, std::move(act), {}});
    };
    add(Verb::kAlter, "one administrator decides alone",
        Changed<LogFounded>(ENTRY_TYPE_LOG_FOUNDED, [](auto& b) { b.set_approvals(1); }));
    add(Verb::kAlter, "one registrar states alone",
        Changed<LogFounded>(ENTRY_TYPE_LOG_FOUNDED, [](auto& b) { b.set_registrar_threshold(0); }));
    add(Verb::kAlter, "an administrator who isn't one approved a court",
        Changed<Adopted>(ENTRY_TYPE_COURT_REGISTERED, [](auto& b) { b.set_approvers(0, 9); }));
    add(Verb::kDrop, "one of two approvals of a policy",
        Changed<Adopted>(ENTRY_TYPE_POLICY_INSTALLED, [](auto& b) { b.mutable_approvers()->RemoveLast(); }));
    add(Verb::kSwap, "an agency is registered by another proposal", [](Leaves& l) {
      Adopted court;
      court.ParseFromString(journal::DecodeLeaf(l[At(l, ENTRY_TYPE_COURT_REGISTERED)])->body);
      audit::Change<Adopted>(l, At(l, ENTRY_TYPE_AGENCY_REGISTERED),
                             [&](auto& b) { b.set_proposal(court.proposal()); });
    });
    add(Verb::kAlter, "an agency gets another's ordinal",
        Changed<Adopted>(ENTRY_TYPE_AGENCY_REGISTERED, [](auto& b) { b.set_ordinal(7); }));
    add(Verb::kDrop, "a registrar under a key", Changed<StatementAccepted>(ENTRY_TYPE_STATEMENT_ACCEPTED, [](auto& b) {
          b.mutable_registrars()->RemoveLast();
        }));
    add(Verb::kReplay, "a registrar counts twice",
        Changed<StatementAccepted>(ENTRY_TYPE_STATEMENT_ACCEPTED,
                                   [](auto& b) { b.set_registrars(1, b.registrars(0)); }));
    add(Verb::kAlter, "a batch has more members than a head may name",
        Changed<BatchHead>(ENTRY_TYPE_BATCH_HEAD, [](auto& b) { b.set_count(1000); }));
    add(Verb::kReaddress, "an order names a head that came later",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.set_head(b.head() + 500); }));
    add(Verb::kDrop, "the agencies that an order is for",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.clear_targets(); }));
    add(Verb::kReaddress, "an order is for an agency that isn't registered",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.set_targets(std::string(4, '\x80')); }));
    add(Verb::kAlter, "an order is due before it was accepted",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.set_due(1); }));
    add(Verb::kDrop, "the marks before the due instant",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.clear_marks(); }));
    add(Verb::kAlter, "an order was decided by a policy that never held",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.set_policy_version(99); }));
    add(Verb::kReplay, "an order under the id of another", [](Leaves& l) {
      OrderAccepted first;
      first.ParseFromString(journal::DecodeLeaf(l[At(l, ENTRY_TYPE_ORDER_ACCEPTED)])->body);
      audit::Change<OrderAccepted>(l, At(l, ENTRY_TYPE_ORDER_ACCEPTED, 1),
                                   [&](auto& b) { b.set_order_id(first.order_id()); });
    });
    add(Verb::kDrop, "the tag of whom an order asks about",
        Changed<OrderAccepted>(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& b) { b.clear_subject_tag(); }));
    add(Verb::kReaddress, "an order is accepted in another court's case",
        Frame(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& leaf) { leaf.actor_ordinal = leaf.actor_ordinal == 1 ? 2 : 1; }));
    add(Verb::kAlter, "an order is accepted in a case that was never opened",
        Frame(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& leaf) { leaf.case_seq = CaseSeq(3); }));
    add(Verb::kDrop, "the sealed words of an order",
        Frame(ENTRY_TYPE_ORDER_ACCEPTED, [](auto& leaf) { leaf.commitment = {}; }));
    add(Verb::kDrop, "the orders of a delivery",
        Changed<Delivered>(ENTRY_TYPE_DELIVERED, [](auto& b) { b.clear_orders(); }));
    add(Verb::kSwap, "a delivery of what was never accepted",
        Changed<Delivered>(ENTRY_TYPE_DELIVERED, [](auto& b) { b.set_orders(0, 2); }));
    add(Verb::kReaddress, "a delivery to an agency that the order isn't for",
        Frame(ENTRY_TYPE_DELIVERED, [](auto& leaf) { leaf.agency = AgencyOrdinal(leaf.agency.value() == 1 ? 2 : 1); }));
    add(Verb::kReplay, "a delivery before the acceptance", [](Leaves& l) {
      const uint64_t order = At(l, ENTRY_TYPE_ORDER_ACCEPTED), delivered = At(l, ENTRY_TYPE_DELIVERED);
      const std::string leaf = l[delivered];
      l.erase(l.begin() + static_cast<ptrdiff_t>(delivered));
      l.insert(l.begin() + static_cast<ptrdiff_t>(order), leaf);
      Renumber(l);
    });
    add(Verb::kReaddress, "an answer by an agency that wasn't asked",
        Frame(ENTRY_TYPE_TASK_ANSWERED, [](auto& leaf) { leaf.agency = AgencyOrdinal(3), leaf.actor_ordinal = 3; }));
    add(Verb::kReaddress, "an answer to an order of which it isn't one",
        Frame(ENTRY_TYPE_TASK_ANSWERED, [](auto& leaf) { leaf.order = OrderSeq(leaf.order.value() - 1); }));
    add(Verb::kReplay, "an answer that came twice", [](Leaves& l) {
      const uint64_t answer = At(l, ENTRY_TYPE_TASK_ANSWERED);
      l.insert(l.begin() + static_cast<ptrdiff_t>(answer) + 1, l[answer]);
      Renumber(l);
    });
    add(Verb::kAlter, "a late answer that counts as in time", [](Leaves& l) {
      for (size_t nth = 0;; ++nth) {
        const uint64_t at = At(l, ENTRY_TYPE_TASK_ANSWERED, nth);
        TaskReport body;
        body.ParseFromString(journal::DecodeLeaf(l[at])->body);
        audit::Change<TaskReport>(l, at, [](auto& b) { b.set_late(!b.late()); });
        return;
      }
    });
    add(Verb::kAlter, "an answer that completes what is still open",
        Changed<TaskReport>(ENTRY_TYPE_TASK_ANSWERED, [](auto& b) { b.set_completes(!b.completes()); }));
    add(Verb::kAlter, "a mark that fires early",
        Changed<DeadlineMarked>(ENTRY_TYPE_DEADLINE_MARKED, [](auto& b) { b.set_due(b.due() + 1'000'000); }));
    add(Verb::kDrop, "the agency that is overdue",
        Changed<DeadlineMarked>(ENTRY_TYPE_DEADLINE_MARKED, [](auto& b) { b.clear_open(); }));
    add(Verb::kAlter, "a mark of another part of the way",
        Changed<DeadlineMarked>(ENTRY_TYPE_DEADLINE_MARKED, [](auto& b) { b.set_mark_permille(333); }));
    add(Verb::kReplay, "a mark that fires twice", [](Leaves& l) {
      const uint64_t at = At(l, ENTRY_TYPE_DEADLINE_MARKED);
      l.insert(l.begin() + static_cast<ptrdiff_t>(at) + 1, l[at]);
      Renumber(l);
    });
    add(Verb::kDrop, "a mark", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_DEADLINE_MARKED)));
      Renumber(l);
    });
    add(Verb::kDrop, "an acceptance", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_ORDER_ACCEPTED)));
      Renumber(l);
    });
    add(Verb::kDrop, "an answer", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_TASK_ANSWERED)));
      Renumber(l);
    });
    add(Verb::kDrop, "a delivery", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_DELIVERED)));
      Renumber(l);
    });
    add(Verb::kDrop, "an approval", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_PROPOSAL_APPROVED)));
      Renumber(l);
    });
    add(Verb::kDrop, "the opening of a case", [](Leaves& l) {
      l.erase(l.begin() + static_cast<ptrdiff_t>(At(l, ENTRY_TYPE_CASE_OPENED)));
      Renumber(l);
    });
    add(Verb::kSwap, "two entries change places", [](Leaves& l) {
      const uint64_t at = At(l, ENTRY_TYPE_TASK_ANSWERED);
      std::swap(l[at], l[at - 1]);
      Renumber(l);
    });
    add(Verb::kSwap, "two entries change places and keep their numbers", [](Leaves& l) { std::swap(l[5], l[6]); });
    add(Verb::kAlter, "time goes back",
        [](Leaves& l) { audit::ChangeLeaf(l, l.size() / 2, [](auto& leaf) { leaf.time -= absl::Hours(24 * 365); }); });
    add(Verb::kTruncate, "a leaf", [](Leaves& l) { l[l.size() / 2].resize(60); });
    add(Verb::kAlter, "an entry of a type that nobody knows",
        [](Leaves& l) { audit::ChangeLeaf(l, l.size() / 2, [](auto& leaf) { leaf.type = 900; }); });
    add(Verb::kReaddress, "an act of an agency in a court's name",
        Frame(ENTRY_TYPE_TASK_ANSWERED, [](auto& leaf) { leaf.actor_kind = ACTOR_KIND_COURT; }));
    add(Verb::kDrop, "a witness's signature under what witnesses saw",
        Changed<CheckpointCosigned>(ENTRY_TYPE_CHECKPOINT_COSIGNED, [](auto& b) {
          std::string& note = *b.mutable_checkpoint();
          note.resize(note.rfind('\n', note.size() - 2) + 1);
        }));
    add(Verb::kAlter, "the size that witnesses saw",
        Changed<CheckpointCosigned>(ENTRY_TYPE_CHECKPOINT_COSIGNED, [](auto& b) { b.set_size(b.size() + 1); }));
    add(Verb::kReplay, "one witness under two names", Changed<Adopted>(ENTRY_TYPE_WITNESSES_REGISTERED, [](auto& b) {
          *b.mutable_witnesses()->mutable_witnesses(1) = b.witnesses().witnesses(0);
        }));
    add(Verb::kAlter, "a surplus that gets more time",
        Changed<SurplusArisen>(
            ENTRY_TYPE_SURPLUS_ARISEN, [](auto& b) { b.set_due(b.due() + 1); }, 1));
    add(Verb::kReaddress, "a withdrawal where the order had begun",
        Changed<OrderWithdrawn>(ENTRY_TYPE_ORDER_WITHDRAWN, [](auto& b) { b.set_targets("\xff\xff"); }));
    add(Verb::kFork, "the log goes on under another key without administrators", [](Leaves& l) {
      audit::ChangeLeaf(l, l.size() / 2, [](auto& leaf) { leaf.type = ENTRY_TYPE_LOG_RECOVERED, leaf.body = ""; });
    });
    return out;
  }();
  return *kAttacks;
}

TEST(HostileToAnAuditor, AValidLogGivesNoFinding) {
  EXPECT_THAT(audit::FindingsOf(audit::GoldenLeaves()), testing::IsEmpty());
}

TEST(HostileToAnAuditor, WhatBreaksARuleIsFoundThoughTheLogSignedIt) {
  DifferentScenes scenes(BytesOf(audit::GoldenLeaves()));
  for (const LogAttack& attack : OnRules()) {
    SCOPED_TRACE(attack.name);
    Leaves leaves = audit::GoldenLeaves();
    attack.act(leaves);
    scenes.Add(attack.name, BytesOf(leaves));
    EXPECT_THAT(audit::FindingsOf(leaves), testing::Not(testing::IsEmpty()));
  }
}

// --- what this auditor saw before

// The auditor saw 500 entries; then the log shows this.
const std::vector<LogAttack>& OnMemory() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<LogAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(Leaves&)> act) {
      out->push_back({verb, "after it was seen, " + name, std::move(act), {"LOG_FORKED"}});
    };
    add(Verb::kDrop, "an entry", [](Leaves& l) { l.erase(l.begin() + 100); });
    add(Verb::kDrop, "the newest entry", [](Leaves& l) { l.resize(499); });
    add(Verb::kAlter, "an entry", [](Leaves& l) { l[100] += "x"; });
    add(Verb::kSwap, "two entries", [](Leaves& l) { std::swap(l[100], l[101]); });
    add(Verb::kReplay, "an older copy", [](Leaves& l) { l.resize(300); });
    add(Verb::kReplay, "an entry twice", [](Leaves& l) { l.insert(l.begin() + 100, l[100]); });
    add(Verb::kTruncate, "an entry", [](Leaves& l) { l[100].pop_back(); });
    add(Verb::kFork, "another history since the last third", [](Leaves& l) {
      for (size_t i = 400; i < l.size(); ++i) l[i] = "fork " + l[i];
    });
    add(Verb::kFork, "another history of the same length", [](Leaves& l) {
      l.resize(500);
      l[499] = "fork";
    });
    add(Verb::kReaddress, "another log under this one's name", [](Leaves& l) {
      for (std::string& leaf : l) leaf = "of another log: " + leaf;
    });
    return out;
  }();
  return *kAttacks;
}

Leaves Numbers(size_t count) {
  Leaves leaves;
  for (size_t i = 0; i < count; ++i) leaves.push_back("leaf " + std::to_string(i));
  return leaves;
}

TEST(HostileToAnAuditor, WhatIsNotAsItWasIsFoundByWhoSawIt) {
  const auto audit_now = [](LyingLog& log, audit::SeenStore& store) {
    audit::PublicAudit audit;
    const auto key = *journal::ParseVerifierKey(log.signer().VerifierKey());
    return audit::AuditLog(log, *log.Checkpoint(), *key, {.store = &store}, audit).status();
  };
  {
    const TempFolder folder;
    audit::SeenStore store(folder / "seen");
    LyingLog log(Numbers(500));
    ASSERT_TRUE(audit_now(log, store).ok());
    LyingLog grown(Numbers(700));
    EXPECT_TRUE(audit_now(grown, store).ok()) << "growing is no lie";
  }
  DifferentScenes scenes(BytesOf(Numbers(700)));
  for (const LogAttack& attack : OnMemory()) {
    SCOPED_TRACE(attack.name);
    const TempFolder folder;
    audit::SeenStore store(folder / "seen");
    LyingLog log(Numbers(500));
    ASSERT_TRUE(audit_now(log, store).ok());
    LyingLog lying(Numbers(700));
    attack.act(lying.leaves());
    scenes.Add(attack.name, BytesOf(lying.leaves()));
    EXPECT_THAT(attack.noticed, testing::Contains(std::string(RowOf(ReasonOf(audit_now(lying, store))).name)));
  }
}

// --- a published folder

class Source : public audit::EntrySource {
 public:
  explicit Source(LyingLog& log) : log_(log) {}
  absl::StatusOr<std::string> Checkpoint() override { return log_.Checkpoint(); }
  absl::StatusOr<std::vector<Entry>> Entries(uint64_t first, size_t most) override {
    std::vector<Entry> out;
    for (uint64_t i = first; i < log_.leaves().size() && out.size() < most; ++i) out.push_back({log_.leaves()[i], ""});
    return out;
  }

 private:
  LyingLog& log_;
};

const std::vector<FolderAttack>& OnFolders() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<FolderAttack>;
    const auto add = [out](Verb verb, const std::string& name, std::function<void(FolderScene&)> act) {
      out->push_back({verb, "in a folder, " + name, std::move(act), {}});
    };
    for (const auto& [file, what] : {std::pair{"tile/0/000", "a tile of leaves' hashes"},
                                     {"tile/1/000.p/2", "a tile above it"},
                                     {"tile/entries/000", "a bundle"},
                                     {"tile/0/002.p/188", "the last tile"},
                                     {"tile/entries/002.p/188", "the last bundle"}}) {
      const std::string path = file;
      add(Verb::kAlter, std::string("a bit of ") + what,
          [path](auto& s) { s.Change(path, [](auto& b) { b[b.size() / 2] ^= 1; }); });
      add(Verb::kTruncate, what, [path](auto& s) { s.Change(path, [](auto& b) { b.resize(b.size() - 32); }); });
      add(Verb::kDrop, what, [path](auto& s) { s.Remove(path); });
    }
    add(Verb::kSwap, "two bundles", [](auto& s) {
      const std::string first = *client::ReadFile(s.Path("tile/entries/000"));
      const std::string second = *client::ReadFile(s.Path("tile/entries/001"));
      s.Change("tile/entries/000", [&](auto& b) { b = second; });
      s.Change("tile/entries/001", [&](auto& b) { b = first; });
    });
    add(Verb::kSwap, "two tiles", [](auto& s) {
      const std::string first = *client::ReadFile(s.Path("tile/0/000"));
      const std::string second = *client::ReadFile(s.Path("tile/0/001"));
      s.Change("tile/0/000", [&](auto& b) { b = second; });
      s.Change("tile/0/001", [&](auto& b) { b = first; });
    });
    add(Verb::kReplay, "a bundle in the place of another", [](auto& s) {
      s.Change("tile/entries/001", [&](auto& b) { b = *client::ReadFile(s.Path("tile/entries/000")); });
    });
    add(Verb::kAlter, "the checkpoint's size",
        [](auto& s) { s.Change("checkpoint", [](auto& b) { b[b.find('\n') + 1] = '4'; }); });
    add(Verb::kTruncate, "the checkpoint", [](auto& s) { s.Change("checkpoint", [](auto& b) { b.resize(40); }); });
    add(Verb::kDrop, "the checkpoint", [](auto& s) { s.Remove("checkpoint"); });
    add(Verb::kReaddress, "another log's checkpoint", [](auto& s) {
      LyingLog other(Numbers(700), "log.example/two", 'o');
      s.Change("checkpoint", [&](auto& b) { b = other.Head(700); });
    });
    add(Verb::kFork, "a checkpoint over other leaves, truly signed", [](auto& s) {
      Leaves leaves = Numbers(700);
      leaves[5] = "fork";
      LyingLog fork(leaves);
      s.Change("checkpoint", [&](auto& b) { b = fork.Head(700); });
    });
    add(Verb::kFork, "a checkpoint by another key of this name", [](auto& s) {
      LyingLog other(Numbers(700), "log.example/one", 'x');
      s.Change("checkpoint", [&](auto& b) { b = other.Head(700); });
    });
    return out;
  }();
  return *kAttacks;
}

TEST(HostileToAnAuditor, NoFileOfAPublishedLogMayBeAnother) {
  LyingLog log(Numbers(700));
  const auto key = *journal::ParseVerifierKey(log.signer().VerifierKey());
  const journal::LogPolicy policy = *journal::LogPolicy::OfKey(log.signer().VerifierKey());
  const auto sound = [&](const std::string& folder) {
    const auto opened = audit::OpenLogFolder(folder);
    if (!opened.ok()) return false;
    audit::PublicAudit audit({.findings_shown = 10'000});
    const auto audited = audit::AuditLog(**opened, *(*opened)->Checkpoint(), *key, {}, audit);
    // The leaves are no entries of a gateway; what the tree itself shows is what is asked here.
    return audited.ok() &&
           !testing::Value(audit.findings().list(),
                           testing::Contains(testing::Field(
                               &audit::Finding::rule, testing::AnyOf(audit::Rule::kTreeRoot, audit::Rule::kTreeTile))));
  };
  std::optional<DifferentScenes> scenes;
  for (const FolderAttack* attack : [] {
         std::vector<const FolderAttack*> all{nullptr};
         for (const FolderAttack& one : OnFolders()) all.push_back(&one);
         return all;
       }()) {
    SCOPED_TRACE(attack == nullptr ? "honest" : attack->name);
    const TempFolder folder;
    Source source(log);
    ASSERT_TRUE(audit::ExportLog(source, policy, folder / "log", {}, [](uint64_t, uint64_t) {}).ok());
    FolderScene scene{folder / "log"};
    if (attack == nullptr) {
      EXPECT_TRUE(sound(scene.folder));
      scenes.emplace(scene.Bytes());
      continue;
    }
    attack->act(scene);
    scenes->Add(attack->name, scene.Bytes());
    EXPECT_FALSE(sound(scene.folder));
  }
}

}  // namespace
}  // namespace auditor

std::vector<AttackRow> AuditorAttacks() {
  std::vector<AttackRow> rows = RowsOf(auditor::OnRules());
  for (const auto& more : {RowsOf(auditor::OnMemory()), RowsOf(auditor::OnFolders())})
    rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

}  // namespace eagle::hostile
