#include "client/audit/register.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace eagle::audit {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

bool Holds(const goldeneagle::v1::Statement& statement, absl::Time time) {
  return statement.kind() != goldeneagle::v1::STATEMENT_KIND_ENDED &&
         statement.kind() != goldeneagle::v1::STATEMENT_KIND_REVOKED && TimeOf(statement.valid_from()) <= time &&
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

void Register::Take(uint64_t index, goldeneagle::v1::Statement statement, std::string digest) {
  using namespace goldeneagle::v1;  // NOLINT: enumerators
  const std::string subject = statement.subject();
  StatementSeen& newest = statements[subject];
  newest.statement = std::move(statement);
  newest.digest = std::move(digest);
  const Statement& now = newest.statement;
  if (!now.key().empty()) newest.keys.emplace_back(now.algorithm(), now.key());
  if (now.kind() == STATEMENT_KIND_OFFICER && std::find(officers.begin(), officers.end(), subject) == officers.end())
    officers.push_back(subject);
  if (now.kind() != STATEMENT_KIND_REVOKED) return;
  revocations[subject].push_back({index, TimeOf(now.compromised_since())});
  for (const auto& [algorithm, key] : newest.keys) revoked.insert(key);
  if (subject.find('/') != subject.rfind('/')) return;
  const std::string prefix = subject + "/";  // of a court: what its stolen key may have stated
  for (auto at = statements.lower_bound(prefix); at != statements.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (at->second.statement.kind() == STATEMENT_KIND_REVOKED) continue;
    at->second.statement.set_kind(STATEMENT_KIND_ENDED);
    at->second.statement.clear_key();
  }
}

bool Register::Fell(const std::string& officer, uint64_t index, absl::Time at) const {
  for (const std::string& subject : {officer, officer.substr(0, officer.find("/officer/"))}) {
    const auto of = revocations.find(subject);
    if (of == revocations.end()) continue;
    for (const RevocationSeen& revocation : of->second) {
      if (revocation.index > index && revocation.since <= at) return true;
    }
  }
  return false;
}

std::map<uint32_t, std::set<int>> Register::SignersAmong(const std::string& court, const std::set<std::string>& keys,
                                                         absl::Time time) const {
  std::map<uint32_t, std::set<int>> out;
  const std::string prefix = "court/" + court + "/officer/";
  for (uint32_t i = 0; i < officers.size(); ++i) {
    if (officers[i].compare(0, prefix.size(), prefix) != 0) continue;
    const goldeneagle::v1::Statement& statement = statements.at(officers[i]).statement;
    if (keys.contains(statement.key()) && Holds(statement, time))
      out[i + 1] = {statement.roles().begin(), statement.roles().end()};
  }
  return out;
}

bool Register::Gives(const std::string& subject, const std::string& key, absl::Time time) const {
  const auto at = statements.find(subject);
  return at != statements.end() && at->second.statement.key() == key && Holds(at->second.statement, time);
}

std::vector<std::set<int>> Register::OfficersOf(const std::string& court, const std::set<std::string>& keys,
                                                absl::Time time, absl::Time signed_at) const {
  std::vector<std::set<int>> out;
  const std::string prefix = "court/" + court + "/officer/";
  for (auto at = statements.lower_bound(prefix); at != statements.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    const auto& statement = at->second.statement;
    if (!keys.contains(statement.key()) || !Holds(statement, time) || !Holds(statement, signed_at)) continue;
    out.emplace_back(statement.roles().begin(), statement.roles().end());
  }
  return out;
}

bool Fills(const std::vector<std::set<int>>& officers, const std::vector<int>& roles) {
  std::vector<bool> used(officers.size(), false);
  return FillsFrom(officers, roles, 0, used);
}

}  // namespace eagle::audit
