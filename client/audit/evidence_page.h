// The page that a judge reads, made from a verified report and from nothing else: Chinese and English side by side, as
// text or as one HTML file without scripts, pictures or links, which can be printed.
//
// Threads: pure functions.
//
//   const Page page = PageOf(report, pins, zone);
//   out << TextOf(page);  WriteDurably(path, HtmlOf(page));
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/audit/evidence.h"
#include "client/audit/evidence_papers.h"
#include "client/audit/evidence_words.h"

namespace eagle::audit {

struct PageRow {
  Words label;
  std::string value;
};
struct PageSection {
  Words title;
  std::vector<PageRow> rows;
};
struct Page {
  Words title, verdict;
  bool test = false;           // of the test environment
  std::vector<Words> notices;  // what the reader must not overlook, beside the verdict
  std::vector<PageSection> sections;
};

// `papers`: files that lie beside the evidence and were matched with it.
Page PageOf(const EvidenceReport& report, const EvidencePins& pins, const absl::TimeZone& zone,
            const PapersGiven& papers = {});
// Lines for a terminal; nothing in it can move the cursor.
std::string TextOf(const Page& page);
// One file, UTF-8. All text from outside is escaped.
std::string HtmlOf(const Page& page);

}  // namespace eagle::audit
