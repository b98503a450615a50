// What witnesses saw, and that no deduction went out unseen.
#include "absl/strings/str_cat.h"
#include "client/audit/acts.h"
#include "client/audit/picture.h"
#include "server/journal/checkpoint.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckCosigned(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  CheckpointCosigned body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kCosigned, index, std::string(why)); };
  WitnessesSeen& witnesses = seen.witnesses;
  if (witnesses.quorum == 0) wrong("no witnesses are registered");
  if (body.size() > index || body.size() <= witnesses.size)
    wrong("it covers entries that don't stand yet, or no more than the one before");
  std::vector<const journal::NoteVerifier*> keys;
  for (const auto& key : witnesses.keys) keys.push_back(key.get());
  const auto root = journal::HashFrom(body.root());
  const auto note = journal::OpenNote(body.checkpoint(), keys);
  const auto head = note.ok() ? journal::ParseCheckpoint(note->text) : note.status();
  if (!root || !head.ok() ||
      head->origin != (seen.recoveries.empty() ? seen.founding.origin() : seen.recoveries.back().key.name()) ||
      head->size != body.size() || head->root != *root) {
    wrong("the note is not a checkpoint of this log with this size and root that registered witnesses signed");
  } else if (note->verified.size() < witnesses.quorum) {
    wrong(absl::StrCat("only ", note->verified.size(), " of the ", witnesses.quorum, " witnesses needed signed"));
  }
  if (root) seen.cosigned.push_back({index, body.size(), *root});
  witnesses.size = std::max(witnesses.size, body.size()), witnesses.since = seen.now;
  witnesses.missing = witnesses.deductions_wait = false;
}

void CheckMissing(const journal::Leaf& leaf, Picture& seen) {
  const uint64_t index = leaf.index.value();
  WitnessesMissing body;
  if (!ReadBody(leaf, body, seen.findings)) return;
  const auto wrong = [&](std::string_view why) { seen.findings.Add(Rule::kWitnesses, index, std::string(why)); };
  WitnessesSeen& witnesses = seen.witnesses;
  if (witnesses.quorum == 0) wrong("no witnesses are registered");
  if (witnesses.deductions_wait || (witnesses.missing && !body.deductions_wait())) wrong("the alarm stands already");
  if (body.since() > seen.now) wrong("they are missing since an instant to come");
  if (body.policy_version() != seen.policy) wrong("the policy named is not in force");
  if (const auto order = seen.orders.find(body.waiting_order());
      body.waiting_order() != 0 && (order == seen.orders.end() || !Takes(order->second.action) ||
                                    body.waiting_order() < witnesses.size || !order->second.delivered.empty()))
    wrong("the order named is no deduction that waits");
  witnesses.missing = true, witnesses.since = seen.now;
  witnesses.deductions_wait = body.deductions_wait();
}

}  // namespace

void TakeWitnesses(const journal::Leaf& leaf, const RegisterWitnesses& registered, Picture& seen) {
  const auto wrong = [&](std::string_view why) {
    seen.findings.Add(Rule::kWitnesses, leaf.index.value(), std::string(why));
  };
  WitnessesSeen& witnesses = seen.witnesses;
  witnesses.keys.clear();
  witnesses.quorum = registered.quorum();
  witnesses.missing = witnesses.deductions_wait = false;  // an alarm is about the ones before
  std::set<std::string> names, keys;
  for (const WitnessKey& witness : registered.witnesses()) {
    auto key = journal::ParseVerifierKey(witness.verifier_key());
    const auto parts = journal::SplitKeyText(witness.verifier_key());
    const std::string bytes = parts ? std::string(parts->key) : "";
    if (!key.ok() || !journal::IsCosignatureKey(witness.verifier_key()) || (*key)->name() != witness.name()) {
      wrong("a witness's key can't be read");
    } else if (!names.insert(witness.name()).second || !keys.insert(bytes).second) {
      wrong("one witness stands there twice");
    } else {
      witnesses.keys.push_back(*std::move(key));
    }
  }
  if (registered.quorum() > witnesses.keys.size() || (registered.quorum() == 0) != witnesses.keys.empty())
    wrong("the quorum is not between 1 and the number of witnesses");
}

void CheckWitnessed(uint64_t index, uint64_t order, const OrderSeen& seen_order, Picture& seen) {
  const WitnessesSeen& witnesses = seen.witnesses;
  if (!Takes(seen_order.action) || !seen_order.delivered.empty()) return;
  if (witnesses.quorum == 0 || order < witnesses.size || (witnesses.missing && !witnesses.deductions_wait)) return;
  seen.findings.Add(
      Rule::kWitnessed, index,
      absl::StrCat("deduction ", order, " goes out; the newest cosigned checkpoint has ", witnesses.size, " entries"),
      {order});
}

void CheckWitness(const journal::Leaf& leaf, Picture& seen) {
  return leaf.type == ENTRY_TYPE_CHECKPOINT_COSIGNED ? CheckCosigned(leaf, seen) : CheckMissing(leaf, seen);
}

}  // namespace eagle::audit
