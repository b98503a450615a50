#include "client/audit/register.h"

#include "absl/strings/str_cat.h"

namespace eagle::audit {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

bool Holds(const goldeneagle::v1::Statement& statement, absl::Time time) {
  return statement.kind() != goldeneagle::v1::STATEMENT_KIND_ENDED && TimeOf(statement.valid_from()) <= time &&
         time < TimeOf(statement.valid_until());
}

bool FillsFrom(const std::vector<std::set<int>>& officers, const std::vector<int>& roles, size_t at,
               std::vector<bool>& used) {
  if (at == roles.size()) return true;
  for (size_t i = 0; i < officers.size(); ++i) {
    if (used[i] || !officers[i].contains(roles[at])) continue;
    used[i] = true;
    if (FillsFrom(officers, roles, at + 1, used)) return true;
    used[i] = false;
  }
  return false;
}

}  // namespace

bool Register::Gives(const std::string& subject, const std::string& key, absl::Time time) const {
  const auto at = statements.find(subject);
  return at != statements.end() && at->second.statement.key() == key && Holds(at->second.statement, time);
}

std::vector<std::set<int>> Register::OfficersOf(const std::string& court, const std::set<std::string>& keys,
                                                absl::Time time) const {
  std::vector<std::set<int>> out;
  const std::string prefix = "court/" + court + "/officer/";
  for (auto at = statements.lower_bound(prefix); at != statements.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    const auto& statement = at->second.statement;
    if (!keys.contains(statement.key()) || !Holds(statement, time)) continue;
    out.emplace_back(statement.roles().begin(), statement.roles().end());
  }
  return out;
}

bool Fills(const std::vector<std::set<int>>& officers, const std::vector<int>& roles) {
  std::vector<bool> used(officers.size(), false);
  return FillsFrom(officers, roles, 0, used);
}

}  // namespace eagle::audit
