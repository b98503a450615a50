// Whether a case was searched for completely 查控完整性: for each respondent and each register that the directory
// knows, whether it was asked within the last months, and what it answered. From verified evidence of the case's
// inquiries; only who wasn't asked, and which registers there are, is the gateway's word (its list of orders, its
// directory).
//
// Threads: pure functions and values.
//
//   const Completeness found = CompletenessOf(facts, inquiries, registers);
//   found.complete();  WriteDurably("completeness.html", HtmlOf(found, zone));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "client/audit/evidence.h"
#include "client/common/document.h"
#include "goldeneagle/v1/case_service.pb.h"
#include "goldeneagle/v1/directory_service.pb.h"

namespace eagle::client {

// An inquiry of the case, with what its evidence proved.
struct InquiryProved {
  std::string subject_masked;  // as the gateway's list has it: that of a respondent
  std::string file, sha256;    // of the evidence; sha256 in hexadecimal
  audit::EvidenceReport report;
};
struct CaseSearched {
  std::string court, case_number, title;
  bool test = false;  // of the test environment
  // Masked, of those who are respondents now.
  std::vector<std::string> respondents;
  absl::Time as_of;
  uint32_t months = 0;                   // how far back a search counts
  std::vector<std::string> asset_kinds;  // rows of the policy
};

// What came of one register for one respondent, best first.
enum class Searched : uint8_t {
  kFound,        // answered: something is there
  kNil,          // answered: nothing is there, with the scope that was searched
  kPartly,       // answered, but asked for some of the kinds that it keeps only
  kUnclear,      // answered with anything else: an error, a name that doesn't fit
  kReturned,     // sent back with a reason
  kNoAnswerYet,  // asked
  kNotAsked,     // within the months
};
std::string NameOf(Searched searched);    // "NO_ANSWER_YET"
std::string NameZhOf(Searched searched);  // 尚未反馈

struct RegisterSearched {
  size_t respondent = 0;  // of CaseSearched::respondents
  std::string agency, name, kind;
  Searched searched = Searched::kNotAsked;
  // Of the inquiry that counts; empty with kNotAsked.
  std::string order_id;  // 16 bytes
  absl::Time accepted_at;
  uint64_t order_index = 0;
  std::optional<uint64_t> receipt_index;
  std::optional<absl::Time> answered_at;
  std::string scope;  // of a search, as the agency says it
  std::string note;   // which kinds were asked; why it was returned; that it is overdue
};
// One line of the closing check 终本核查 that the log can tell, or can't.
struct ClosingCheck {
  std::string zh, en;
  enum class Is : uint8_t { kMet, kNotMet, kNotTold } is = Is::kNotTold;
  std::string why;
};

struct Completeness {
  CaseSearched facts;
  absl::Time since;  // the first instant of the day so many months before
  std::vector<InquiryProved> inquiries;
  std::vector<RegisterSearched> rows;  // by respondent, kind, agency
  std::vector<ClosingCheck> checks;
  std::vector<std::string> unkept_kinds;  // asset kinds of the policy that no register answers for

  bool complete() const;  // every row is kFound or kNil, and there is one
};

// The first instant that still counts: of the same day so many months before (of its month's last day, where it hasn't
// that day). Pure.
absl::Time CountsSince(absl::Time as_of, uint32_t months, const absl::TimeZone& zone);

// `registers`: every agency of the directory; those that aren't approved for INQUIRE are left out. Inquiries before
// `since` don't count. Of several about one respondent at one register the best answer counts, then the newest.
Completeness CompletenessOf(CaseSearched facts, std::vector<InquiryProved> inquiries,
                            const std::vector<goldeneagle::v1::AgencyView>& registers, const absl::TimeZone& zone);

// As records and tables: `certificate`, `evidence`, `kinds`, `answers`, `checks`.
Document DocumentOf(const Completeness& found, const absl::TimeZone& zone);
// One HTML file without scripts, A4, Chinese with English beside it. Numbers of persons stay masked, amounts aren't
// told.
std::string HtmlOf(const Completeness& found, const absl::TimeZone& zone);

}  // namespace eagle::client
