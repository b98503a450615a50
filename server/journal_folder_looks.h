// Who looked at whom: the journal's entries, filtered to those by which somebody saw or asked for a person's data.
//
//   READ      a page of personal data (ACCESS_RECORDED)
//   INQUIRY   an accepted question to agencies
//   REFUSED   an order that was refused. All of them, whatever the reason: a question about a stranger may hide behind
//             other mistakes, and the leaf doesn't say what the order was for.
//
// From the leaf alone: index, time, court's ordinal, tags, reason. From payloads, so with the case's key and until the
// case is erased: officers, case number, purpose, the subject's name. From the log's and the court's keys: the court's
// code, the officers' names.
//
// Which tag keys made the tags of all looks, found or not, is counted: with one of them unknown the list of a person's
// looks isn't whole.
//
// Life: Take every entry of the journal in order, then Give once. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/base/reason.h"
#include "server/domain/entry.h"

namespace eagle {

enum class LookAct { kRead, kInquiry, kRefused };

struct Look {
  uint64_t index = 0;
  absl::Time time;
  LookAct act = LookAct::kRead;
  std::string what;               // READ: the method; else the order's action, empty while it is sealed
  Reason reason = Reason::kNone;  // REFUSED: the first by precedence
  uint32_t court_ordinal = 0;     // 0: it wasn't a court
  std::string court;              // code; empty while it is sealed
  std::string system;             // READ: identity of the reading system
  std::vector<std::string> officers, officer_tags;  // "001 沈若川"; READ: who signed the ticket; tags as bytes
  uint64_t case_seq = 0;                            // 0: of no case
  std::string case_number, purpose;
  std::vector<std::string> subjects, subject_tags;  // "林远舟 9901**********0017"; tags as bytes
  bool no_open_case = false;                        // READ: the case was closed or had gone to another court
  bool sealed = false;                              // there is a payload, and it can't be opened (any more)
};

// One tag key, as far as looks name people with it.
struct TagKeyUse {
  std::string id;            // 4 bytes
  uint64_t first_index = 0;  // of the first look with a tag of it
  uint64_t tags = 0;
  bool given = false;  // whoever is looked for was looked for with it
};

class LookBook {
 public:
  // `subject_tags`: only what concerns this person, under each tag key at hand; absent: everybody.
  explicit LookBook(std::optional<std::vector<std::string>> subject_tags = std::nullopt)
      : wanted_(std::move(subject_tags)) {}

  void Take(const domain::Entry& entry);
  // In the order in which they came into use.
  const std::vector<TagKeyUse>& tag_keys() const { return tag_keys_; }
  // True when the journal has tags, and not one of them was made with a key that made one of `subject_tags`.
  bool AnotherTagKey() const;
  std::vector<Look> Give() { return std::move(looks_); }

 private:
  void Learn(const domain::Entry& entry);
  void Read(const domain::Entry& entry);
  void Inquiry(const domain::Entry& entry);
  void Refused(const domain::Entry& entry);
  Look Begin(const domain::Entry& entry, LookAct act) const;
  void TellOrder(const std::string& member, Look& look) const;
  void Count(const std::string& tag, uint64_t index);
  void Keep(Look look);

  const std::optional<std::vector<std::string>> wanted_;
  std::vector<TagKeyUse> tag_keys_;              // in the order of their first looks
  std::map<uint32_t, std::string> courts_;       // code by ordinal
  std::map<uint64_t, std::string> cases_;        // number by case
  std::map<std::string, std::string> officers_;  // name by statement subject
  std::map<std::string, std::string> people_;    // who a tag stands for
  std::vector<Look> looks_;
};

}  // namespace eagle
