// The draft of a judicial suggestion 司法建议 about an agency that didn't answer an order: its facts are those that the
// evidence of silence proves, each with the entry of the log that shows it, and nothing else. What only the court can
// say (to whom, what is suggested, until when, who signs) is left blank; the legal basis is what it was given.
//
// Threads: pure functions. The same report gives the same text everywhere.
//
//   EAGLE_ASSIGN_OR_RETURN(const Suggestion draft, SuggestionOf(report, rows, zone));
//   WriteDurably("suggestion.html", HtmlOf(draft));  WriteDurably("suggestion.txt", TextOf(draft));
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/audit/evidence.h"
#include "client/audit/evidence_words.h"

namespace eagle::audit {

// One row of the legal basis, as somebody entered it with its source.
struct BasisRow {
  std::string law, number, article;  // number: as 法释〔2013〕20号; may be empty
  Words says;                        // in short; empty: only named
  std::string source;                // where it was looked up
};

struct Suggestion {
  bool test = false;    // of the test environment
  Words title, notice;  // notice: what a draft is
  std::string court, court_code, case_number, agency, agency_code;
  std::vector<Words> facts;  // a sentence each
  std::vector<BasisRow> basis;
  std::vector<Words> asks;   // with blanks for the court
  std::string origin, root;  // what the facts follow from; root in hexadecimal
  uint64_t size = 0;
  Words until;  // up to when the silence is proved: the checkpoint, or the last mark
};

// Errors: FIELD_INVALID when the report isn't of silence; NOT_SILENT when the order stands still at this agency at the
// checkpoint (a key that signed it was revoked): then nobody handed it out.
absl::StatusOr<Suggestion> SuggestionOf(const EvidenceReport& report, const std::vector<BasisRow>& basis,
                                        const absl::TimeZone& zone);
// Lines; nothing in it can move a terminal's cursor.
std::string TextOf(const Suggestion& draft);
// One file, UTF-8, without scripts or links; A4. All text from outside is escaped.
std::string HtmlOf(const Suggestion& draft);

}  // namespace eagle::audit
