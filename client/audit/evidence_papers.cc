#include "client/audit/evidence_papers.h"

#include <algorithm>

#include "client/audit/evidence_file.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/hash.h"

namespace eagle::audit {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

std::vector<Instrument> PapersNamed(const EvidenceReport& report) {
  std::vector<Instrument> named;
  const auto add = [&](const auto& papers) {
    for (const Instrument& paper : papers) {
      const bool known = std::any_of(named.begin(), named.end(),
                                     [&](const Instrument& other) { return other.digest() == paper.digest(); });
      if (!known) named.push_back(paper);
    }
  };
  add(report.order.instruments());
  for (const ReceiptSeen& seen : report.receipts) add(seen.receipt.documents());
  return named;
}

absl::StatusOr<PapersGiven> MatchPapers(const EvidenceReport& report,
                                        const std::vector<std::pair<std::string, std::string>>& files) {
  const std::vector<Instrument> named = PapersNamed(report);
  PapersGiven given;
  for (const auto& [name, content] : files) {
    const std::string digest(journal::View(journal::Sha256(content)));
    const auto paper =
        std::find_if(named.begin(), named.end(), [&](const Instrument& one) { return one.digest() == digest; });
    if (paper == named.end())
      return WrongPart(name, "no paper of the order or of its receipts has this digest", "SHA-256",
                       "one of those named", HexEncode(digest));
    if (paper->size_bytes() != content.size())
      return WrongPart(name, "the paper was named with another size", "size_bytes", std::to_string(paper->size_bytes()),
                       std::to_string(content.size()));
    given[digest] = name;
  }
  return given;
}

}  // namespace eagle::audit
