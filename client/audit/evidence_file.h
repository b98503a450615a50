// The outer half of verifying evidence: the file's form, the checkpoint's signatures, every leaf in the tree, every
// payload as its leaf commits to it. After this, entries are the log's own; what they say is judged by
// evidence_story.h.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/evidence.h"
#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

struct OpenedEntry {
  journal::Leaf leaf;
  bool opened = false;
  std::string_view payload;  // of the message that OpenedFile holds
  bool used = false;         // some rule needed it
  uint64_t index() const { return leaf.index.value(); }
};

struct OpenedFile {
  goldeneagle::v1::Evidence evidence;
  bool silence = false;
  journal::CosignedCheckpoint head;
  std::vector<std::string> unpinned;
  std::vector<OpenedEntry> entries;  // rising by index

  uint64_t size() const { return head.checkpoint.size; }
  // First index of the unbroken run that ends with the tree; size() when the last leaf isn't here.
  uint64_t RunFirst() const;
};

// Errors: as VerifyEvidence. Pre: the result isn't moved while views of it are used.
absl::Status OpenFile(std::string_view bytes, const EvidencePins& pins, OpenedFile& file);

// EVIDENCE_INVALID: which part, which field, what was expected, what was found.
absl::Status WrongPart(std::string_view part, std::string_view why, std::string_view field = "",
                       std::string_view expected = "", std::string_view found = "");
// "entry 57 (TASK_ANSWERED)".
std::string PartName(const journal::Leaf& leaf);
std::string TypeName(uint16_t type);

}  // namespace eagle::audit
