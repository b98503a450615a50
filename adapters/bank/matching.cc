#include "adapters/bank/matching.h"

#include <utility>

#include "server/base/identity_number.h"
#include "server/base/person_name.h"

namespace eagle::bank {
namespace {

constexpr char kCitizenId[] = "CITIZEN_ID", kCreditCode[] = "UNIFIED_CREDIT_CODE";

// The forms under which the number may be on our books, with the evidence that each of them is.
std::vector<std::pair<std::string, std::string_view>> FormsOf(const v1::Identity& subject) {
  const std::string& number = subject.id_number();
  if (subject.id_kind() == kCreditCode) return {{number, "NAME_AND_CODE"}};
  if (subject.id_kind() != kCitizenId) return {{number, "NAME_AND_NUMBER"}};
  if (number.size() == 15) return {{number, "NAME_AND_15"}};
  std::vector<std::pair<std::string, std::string_view>> forms = {{number, "NAME_AND_18"}};
  if (const auto old = OldCitizenNumber(number)) forms.emplace_back(*old, "NAME_AND_15");
  return forms;
}

}  // namespace

Matches FindCustomers(Tables& tables, const v1::Identity& subject) {
  Matches out;
  const std::string name = FoldName(subject.name());
  for (const auto& [number, matched_by] : FormsOf(subject)) {
    for (CustomerRow& customer : tables.CustomersByNumber(number)) {
      if (customer.id_kind != subject.id_kind()) continue;  // another kind of paper that happens to bear this number
      if (!name.empty() && FoldName(customer.name) == name) {
        out.fits.push_back({std::move(customer), matched_by});
      } else {
        out.ambiguous.push_back(std::move(customer));
      }
    }
  }
  return out;
}

}  // namespace eagle::bank
