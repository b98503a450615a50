#include "client/lib/journal_check.h"

#include "client/lib/errors.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"

namespace eagle::client {
namespace {

absl::Status Broken(std::string_view why, uint64_t index) {
  return AsVerification(Fail(Reason::kJournalBroken, why).With("index", static_cast<int64_t>(index)));
}

// "ORDER_ACCEPTED"; the number of a type that this version doesn't know.
std::string TypeName(uint16_t type) {
  const std::string name = v1::EntryType_IsValid(type) ? v1::EntryType_Name(static_cast<v1::EntryType>(type)) : "";
  return name.empty() ? std::to_string(type) : name.substr(sizeof("ENTRY_TYPE_") - 1);
}

absl::Status Count(const v1::JournalEntry& entry, uint64_t index, JournalReport& report) {
  const auto leaf = journal::DecodeLeaf(entry.leaf());
  if (!leaf.ok()) return AsVerification(leaf.status());
  if (leaf->index.value() != index || entry.index() != index)
    return Broken("an entry doesn't stand at its own index", index);
  if (index > 0 && leaf->time < report.last) return Broken("recorded time goes back", index);
  if (index == 0) report.first = leaf->time;
  report.last = leaf->time;
  report.payloads += leaf->has_payload() ? 1 : 0;
  report.deadline_marks += leaf->type == v1::ENTRY_TYPE_DEADLINE_MARKED ? 1 : 0;
  report.refusals += leaf->type == v1::ENTRY_TYPE_REFUSED ? 1 : 0;
  ++report.entries[TypeName(leaf->type)];
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JournalReport> CheckJournal(Gateway& gateway, CheckpointKeeper& keeper,
                                           const std::function<void(uint64_t done, uint64_t of)>& progress) {
  EAGLE_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse head, gateway.GetCheckpoint({}));
  JournalReport report;
  EAGLE_ASSIGN_OR_RETURN(report.checkpoint, keeper.Observe(head.checkpoint(), gateway));
  journal::Frontier tree;
  while (tree.size() < report.checkpoint.size) {
    v1::ListEntriesRequest request;
    request.set_first(tree.size());
    request.set_limit(256);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListEntriesResponse page, gateway.ListEntries(request));
    if (page.entries().empty()) return Broken("the gateway has fewer entries than it signed", tree.size());
    for (const v1::JournalEntry& entry : page.entries()) {
      if (tree.size() == report.checkpoint.size) break;  // newer than the checkpoint
      EAGLE_RETURN_IF_ERROR(Count(entry, tree.size(), report));
      tree.Append(journal::LeafHash(entry.leaf()));
    }
    if (progress) progress(tree.size(), report.checkpoint.size);
  }
  if (tree.Root() != report.checkpoint.root)
    return Broken("the entries don't hash to the signed root", report.checkpoint.size);
  return report;
}

}  // namespace eagle::client
