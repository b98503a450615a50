// Who looked at this person, what this officer looked at 查阅留痕: the traces that leaves keep of people, found by
// tags. The tags are computed here with the log's tag key, so nobody is asked whom the auditor has in mind.
//
//   CASE      a case was opened against the person
//   ORDER     an accepted order about the person, named by its officers
//   REFUSED   an order that was refused
//   READ      a page of personal data, with an officer's ticket
//
// From a leaf come index, time, act, court's ordinal, tags, reason, rows. What people wrote (names, purpose, case
// number) lies in the payload: an opening, handed out by the log's keeper for the entries asked for, shows it and is
// checked against the leaf's commitment.
//
// Threads: values; pure functions.
//
//   EAGLE_ASSIGN_OR_RETURN(const std::string key, ReadTagKey("tag.key"));
//   query.officers.push_back(TagOf(key, "OFFICER", "辽9901/001"));
//   if (const auto trace = TraceOf(leaf); trace && query.Wants(*trace)) ...
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/common/document.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

// The file that `eagle journal tag-key` writes; 32 bytes. Errors: KEY_UNUSABLE; STORAGE_UNUSABLE.
absl::StatusOr<std::string> ReadTagKey(const std::string& path);
// 20 bytes (server/docs/formats.md, section 1). Pre: a key of 32 bytes, no zero byte in `kind`.
std::string TagOf(std::string_view key, std::string_view kind, std::string_view canonical);

struct Trace {
  journal::Leaf leaf;
  std::string act, what;  // READ: the method; ORDER: the action
  std::string reason;     // REFUSED: its name, or its number when it is newer than this auditor
  std::vector<std::string> subject_tags, officer_tags;
  uint32_t rows = 0;          // READ
  bool no_open_case = false;  // READ: of a case that was closed or had gone
};
// Absent for entries that are no trace of anybody, and for leaves that can't be read (the public audit finds those).
std::optional<Trace> TraceOf(std::string_view leaf);

struct TraceQuery {
  std::vector<std::string> subjects, officers;  // tags; one for each tag key that was ever in use
  absl::Time not_before = absl::InfinitePast(), before = absl::InfiniteFuture();
  bool Wants(const Trace& trace) const;
  bool InTime(const Trace& trace) const { return trace.leaf.time >= not_before && trace.leaf.time < before; }
  // All of them: by these it is told which keys the search was made with.
  std::vector<std::string> Tags() const;
};
// `person`: "KIND:NUMBER"; `officer`: "COURT/CODE"; exactly one isn't empty. One tag for each key file.
// Errors: FIELD_MISSING, FIELD_INVALID; those of ReadTagKey.
absl::StatusOr<TraceQuery> QueryOf(const std::string& person, const std::string& officer,
                                   const std::vector<std::string>& key_files);

// What an opening says, checked against the commitment.
struct Opened {
  std::string case_number, purpose, officers, subjects;  // number masked
};
// Openings by journal index, as `eagle journal openings` writes them:
//   golden-eagle-openings-v1 <origin>
//   <index> <salt, hexadecimal> <payload, base64>
struct Openings {
  std::string origin;
  struct Bytes {
    std::string salt, payload;
  };
  std::map<uint64_t, Bytes> entries;
};
// Errors: ENVELOPE_MALFORMED with the line.
absl::StatusOr<Openings> ParseOpenings(std::string_view text);
std::string FormatOpenings(const Openings& openings);
// Errors: COMMITMENT_MISMATCH: not what the leaf commits to; ENTRY_MALFORMED: it is, and can't be read.
absl::StatusOr<Opened> OpenTrace(const Trace& trace, const Openings::Bytes& bytes);

// The table that both command lines show. `opened`: by index; absent: not opened.
client::Table TracesTable(const std::vector<Trace>& traces, const std::map<uint64_t, Opened>& opened,
                          const absl::TimeZone& zone);

}  // namespace eagle::audit
