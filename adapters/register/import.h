// The old register, read once from a folder of comma-separated files (README.md has the columns):
//
//   units.csv  holders.csv  mortgages.csv (pledges.csv: ChargeWords)  seals.csv
//   advance_notices.csv, where the kind keeps notices and the file is there: who is to become an owner
//
// All or nothing: every violation of every file comes back at once, with file and line, and then nothing was written.
// Seals are placed by their time of service; the first on a part is in effect with the days the file gives, those
// behind it wait and have none.
//
// Threads: pure but for the transaction.
//
//   EAGLE_ASSIGN_OR_RETURN(ImportCounts counts, ImportRegister("data/demo", {environment, rules, now}, *transaction));
//   EAGLE_RETURN_IF_ERROR(transaction->Commit());
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/register/register.h"
#include "goldeneagle/v1/envelope.pb.h"

namespace eagle::registry {

struct ImportCounts {
  size_t units = 0;
  size_t holders = 0;
  size_t notices = 0;
  size_t charges = 0;  // mortgages, pledges
  size_t seals = 0;
};

struct ImportWorld {
  goldeneagle::v1::Environment environment;  // production refuses units and people of the test range (region 99)
  OfficeRules rules;                         // its zone: of days and times in the files
  absl::Time now;
};

// Pre: the tables of this kind exist.
// Errors: NOT_EMPTY         units were imported before.
//         STORAGE_UNUSABLE  a file can't be read.
//         violations, each with its reason and place ("holders.csv:3 id_number"), at most 200 of them; the first by
//         precedence names the failure.
absl::StatusOr<ImportCounts> ImportRegister(const std::string& folder, const ImportWorld& world,
                                            sdk::InboxTransaction& transaction);

}  // namespace eagle::registry
