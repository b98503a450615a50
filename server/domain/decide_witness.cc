// Cosigned checkpoints, and what happens when none comes.
#include <set>

#include "absl/strings/str_cat.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void CheckWitnesses(const State& state, const RegisterWitnesses& asked, Violations& wrong) {
  if (state.policy == nullptr || !state.policy->table().has_witnesses())
    wrong.Add("witnesses", Reason::kProposalConflicts, "the policy has no row for witnesses: install one first");
  if (asked.witnesses_size() > kWitnessesMax)
    wrong.Add("witnesses.witnesses", Reason::kTooLarge, absl::StrCat("at most ", kWitnessesMax));
  std::set<std::string> names, keys;
  for (int i = 0; i < asked.witnesses_size(); ++i) {
    const WitnessKey& witness = asked.witnesses(i);
    const std::string path = absl::StrCat("witnesses.witnesses[", i, "]");
    // That the key can be read is api's to see (server/api/handlers_admin.cc): its form is the journal's, which domain
    // doesn't know.
    CheckText(witness.name(), 63, path + ".name", wrong);
    CheckText(witness.verifier_key(), 255, path + ".verifier_key", wrong);
    if (!names.insert(witness.name()).second) wrong.Add(path + ".name", Reason::kFieldInvalid, "each witness once");
    // What follows name and id: base64, which may hold a "+" itself.
    const std::string& key = witness.verifier_key();
    if (!keys.insert(key.substr(key.find('+', key.find('+') + 1) + 1)).second)
      wrong.Add(path + ".verifier_key", Reason::kFieldInvalid, "each key once: one witness under two names is one");
  }
  const auto most = static_cast<uint32_t>(asked.witnesses_size());
  if (asked.quorum() > most || (asked.quorum() == 0) != (most == 0))
    wrong.Add("witnesses.quorum", Reason::kFieldInvalid, "1 to the number of witnesses; 0 without any");
}

void DecideCommand(Draft& draft, const RecordCosigned& command) {
  const State& state = draft.state();
  if (command.registered_at != state.witnessing.registered_at || command.size <= state.witnessing.size) {
    draft.result().status =
        Fail(Reason::kCheckpointNotWanted, "a newer one is cosigned, or the witnesses have changed");
    return;
  }
  CheckpointCosigned body;
  body.set_size(command.size);
  body.set_root(command.root);
  body.set_checkpoint(command.checkpoint);
  draft.result().index = draft.Append({.type = ENTRY_TYPE_CHECKPOINT_COSIGNED}, body);
}

void DecideWitnessMark(Draft& draft) {
  const State& state = draft.state();
  const auto mark = NextWitnessMark(state.witnessing, state.policy.get());
  if (!mark || mark->at > draft.now()) return;
  WitnessesMissing body;
  body.set_since(Micros(mark->since));
  body.set_deductions_wait(mark->deductions_wait);
  if (!state.witnessing.waiting.empty()) body.set_waiting_order(state.witnessing.waiting.begin()->first);
  body.set_policy_version(state.policy->version());
  draft.Append({.type = ENTRY_TYPE_WITNESSES_MISSING}, body);
}

}  // namespace eagle::domain
