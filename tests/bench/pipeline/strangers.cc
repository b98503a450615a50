#include "tests/bench/pipeline/strangers.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"
#include "tests/bench/pipeline/process.h"

namespace eagle::bench {
namespace {

struct Done {
  double seconds = 0, resident_mb = 0;
};

absl::StatusOr<Done> Do(const std::vector<std::string>& argv, const std::string& log) {
  const auto from = std::chrono::steady_clock::now();
  EAGLE_ASSIGN_OR_RETURN(Child child, Child::Start(argv, log));
  const Child::Ended ended = child.Wait();
  if (ended.code != 0)
    return Fail(Reason::kInternal, absl::StrCat(argv[0], " ended with code ", ended.code, ": ", child.LastWords()));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
  return Done{took.count(), static_cast<double>(ended.resident_bytes_max) / 1e6};
}

}  // namespace

absl::StatusOr<Audited> AuditAsStrangers(const std::string& folder, const std::string& programs,
                                         const std::string& log_key) {
  const std::string published = folder + "/published", data = folder + "/data";
  EAGLE_ASSIGN_OR_RETURN(const Done publish, Do({programs + "/eagle", "journal", "export", published, "--data", data,
                                                 "--last-signed", data + "/last_signed", "--log-key", log_key},
                                                folder + "/publish.log"));
  EAGLE_ASSIGN_OR_RETURN(const Done audit, Do({programs + "/eagle-audit", "public", published, "--log-key", log_key},
                                              folder + "/audit.log"));
  return Audited{publish.seconds, audit.seconds, audit.resident_mb};
}

}  // namespace eagle::bench
