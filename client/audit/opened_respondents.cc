// Who is a respondent of a case by the signed acts, whom orders may be about, and whether the log tells what is still
// to be released of somebody who left.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

// The gateway compares names with width and dots folded: here a number names the person.
bool SamePerson(const Identity& a, const Identity& b) {
  return a.id_kind() == b.id_kind() && absl::AsciiStrToUpper(a.id_number()) == absl::AsciiStrToUpper(b.id_number());
}

}  // namespace

void OpenedAudit::TakeRespondents(const journal::Leaf& leaf, const CaseRespondentsChanged& body,
                                  const ChangeRespondents& change) {
  const auto at = cases_.find(leaf.case_seq.value());
  if (at == cases_.end() || !at->second.knows_people) return;
  CaseKept& of = at->second;
  bool fits = body.added_size() == change.add_size() && body.removed_size() == change.remove_size();
  for (int i = 0; fits && i < body.added_size(); ++i) {
    const size_t place = body.added(i);
    fits = place == of.people.size() || (place < of.people.size() && of.removed[place] &&
                                         SamePerson(of.people[place].identity(), change.add(i).identity()));
    if (fits && place == of.people.size()) of.people.emplace_back(), of.removed.push_back(false);
    if (fits) of.people[place] = change.add(i), of.removed[place] = false;
  }
  for (int i = 0; fits && i < body.removed_size(); ++i) {
    const size_t place = body.removed(i);
    fits = place < of.people.size() && !of.removed[place] && SamePerson(of.people[place].identity(), change.remove(i));
    if (fits) of.removed[place] = true;
  }
  if (!fits) {
    of.knows_people = false;
    return Add(Rule::kContent, leaf, "the places are not those of the persons whom the court named");
  }
  std::vector<int64_t> liabilities;
  for (const Respondent& one : of.people) liabilities.push_back(one.liability_cap_minor_units());
  ledger_.SetRespondents(leaf.case_seq.value(), std::move(liabilities), of.removed);
  amounts_.Join(leaf.case_seq.value(), change, body.added());
}

void OpenedAudit::CheckSubject(const journal::Leaf& leaf, const Order& order, uint32_t place) {
  const auto at = cases_.find(leaf.case_seq.value());
  if (at == cases_.end() || !at->second.knows_people) return;
  const CaseKept& of = at->second;
  if (place >= of.people.size() || !SamePerson(of.people[place].identity(), order.subject())) {
    Add(Rule::kRespondent, leaf, "the person whom the order names is not the respondent at the place that was counted");
  } else if (of.removed[place] && order.action() != ACTION_RELEASE) {
    Add(Rule::kRespondent, leaf, "it is about somebody who has left the case, and releases nothing",
        {leaf.case_seq.value()});
  }
}

void OpenedAudit::CheckBegins(const journal::Leaf& leaf, uint64_t seq, const OrderKept& order) {
  const auto at = cases_.find(order.case_seq);
  if (at == cases_.end() || !at->second.knows_people || order.action == ACTION_RELEASE ||
      order.delivered.Has(leaf.agency.value()))
    return;
  if (order.respondent < at->second.removed.size() && at->second.removed[order.respondent])
    Add(Rule::kRespondent, leaf,
        absl::StrCat("order ", seq, " begins though it is about somebody who has left its case"), {seq});
}

void OpenedAudit::TakeSurplus(const journal::Leaf& leaf, const std::string& payload) {
  SurplusPayload said;
  const auto at = cases_.find(leaf.case_seq.value());
  if (!said.ParseFromString(payload)) return Add(Rule::kContent, leaf, "the surplus can't be read");
  if (at == cases_.end()) return;
  at->second.told.assign(said.removed_measures().begin(), said.removed_measures().end());
}

void OpenedAudit::FollowRemoved(const journal::Leaf& leaf) {
  const auto at = cases_.find(leaf.case_seq.value());
  if (at == cases_.end()) return;
  CaseKept& of = at->second;
  if (leaf.type == ENTRY_TYPE_SURPLUS_CLEARED) of.told.clear();
  if (std::none_of(of.removed.begin(), of.removed.end(), [](bool removed) { return removed; }) && of.told.empty())
    return;
  of.moved = leaf.index.value(), of.moved_at = leaf.time;
  moved_.insert(leaf.case_seq.value());
}

// Entries of one commit have one time; what follows from them stands in it.
void OpenedAudit::CheckRemovedTold(const journal::Leaf& leaf) {
  for (auto seq = moved_.begin(); seq != moved_.end();) {
    const CaseKept& of = cases_.at(*seq);
    if (of.moved_at >= leaf.time) {
      ++seq;
      continue;
    }
    const auto stands = ledger_.OnRemoved(*seq);
    if (of.knows_people && stands && *stands != of.told)
      findings_.Add(Rule::kRespondent, of.moved,
                    "what stands on somebody who has left the case is not what the log tells is to be released",
                    {*seq});
    seq = moved_.erase(seq);
  }
}

}  // namespace eagle::audit
