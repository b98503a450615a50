// Cases that are flagged for resumption, by what the answers themselves say.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

void OpenedAudit::FollowFlag(const journal::Leaf& leaf) {
  FlagKept& kept = flags_;
  ResumptionFlagged body;
  const bool flags = leaf.type == ENTRY_TYPE_RESUMPTION_FLAGGED && body.ParseFromString(leaf.body);
  if (kept.owed != 0 && (!flags || body.answer() != kept.owed))
    Add(Rule::kFlag, leaf, absl::StrCat("the answer of entry ", kept.owed, " found something, and no flag follows it"),
        {kept.owed});
  if (flags && body.answer() == kept.read && body.answer() != kept.owed)
    Add(Rule::kFlag, leaf, "the answer that it names says of nothing that it was found", {body.answer()});
  kept.owed = 0;
  if (flags) kept.flagged.insert(leaf.case_seq.value());
  CaseStageChanged moved;
  if (leaf.type != ENTRY_TYPE_CASE_STAGE_CHANGED || !moved.ParseFromString(leaf.body)) return;
  kept.flagged.erase(leaf.case_seq.value());
  if (moved.to() == CASE_STAGE_CLOSED_NO_ASSETS) {
    kept.closed.insert(leaf.case_seq.value());
  } else {
    kept.closed.erase(leaf.case_seq.value());
  }
}

// Before policies could let orders wait, no gateway flagged anything.
void OpenedAudit::TakeFound(const journal::Leaf& leaf, const Receipt& receipt, Action action) {
  flags_.read = leaf.index.value();
  const bool found =
      action == ACTION_INQUIRE && std::any_of(receipt.items().begin(), receipt.items().end(),
                                              [](const ItemResult& item) { return item.outcome() == OUTCOME_FOUND; });
  const uint64_t of = leaf.case_seq.value();
  if (found && flags_.closed.contains(of) && !flags_.flagged.contains(of) && register_.policy.has_standing())
    flags_.owed = leaf.index.value();
}

}  // namespace eagle::audit
