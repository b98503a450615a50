#include "server/domain/examine_respondents.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/money.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr char kRuling[] = "RULING";  // what the field is: 裁定书

// Enforcement has left the court, or has ended: what stands is released, nobody is enforced against any more.
bool IsOver(CaseStage stage) {
  return stage == CASE_STAGE_TRANSFERRED || stage == CASE_STAGE_CLOSED || stage == CASE_STAGE_ERASED;
}

void CheckRuling(const ChangeRespondents& change, Violations& wrong) {
  const Instrument& ruling = change.ruling();
  if (ruling.category() != kRuling) {
    wrong.Add("respondents.ruling", Reason::kPaperMissing, "needs RULING");
    return;
  }
  const bool type = ruling.media_type() == "application/pdf" || ruling.media_type() == "application/ofd";
  if (ruling.digest().size() != 32 || ruling.size_bytes() == 0 || !type)
    wrong.Add("respondents.ruling", Reason::kFieldInvalid, "SHA-256, size and a PDF or OFD type are required");
}

std::optional<uint32_t> PlaceOf(const Case& of, const Identity& identity) {
  const auto& respondents = of.open.respondents();
  const auto it = std::find_if(respondents.begin(), respondents.end(),
                               [&](const auto& known) { return SameIdentity(known.identity(), identity); });
  if (it == respondents.end()) return std::nullopt;
  return static_cast<uint32_t>(it - respondents.begin());
}

}  // namespace

void CheckRespondent(const Respondent& respondent, const Policy& policy, bool production, const std::string& path,
                     Violations& wrong) {
  CheckIdentity(respondent.identity(), policy, production, path + ".identity", wrong);
  if (respondent.liability() == LIABILITY_KIND_UNSPECIFIED)
    wrong.Add(path + ".liability", Reason::kFieldMissing, "JOINT, SEVERAL or SUPPLEMENTARY");
  const int64_t liable = respondent.liability_cap_minor_units();
  if (liable != 0 && !IsAmount(liable))
    wrong.Add(path + ".liability_cap_minor_units", Reason::kAmountInvalid, "0 or an amount within the bound");
}

ChangedPlaces ExamineRespondents(const State& state, const ChangeRespondents& change, const Case* of,
                                 Violations& wrong) {
  CheckText(change.ground(), kTextBytes, "respondents.ground", wrong);
  CheckText(change.legal_basis(), kTextBytes, "respondents.legal_basis", wrong);
  CheckRuling(change, wrong);
  const int changes = change.add_size() + change.remove_size();
  if (changes == 0) wrong.Add("respondents", Reason::kFieldMissing, "somebody who comes or goes");
  if (changes > kRespondentsPerCase)
    wrong.Add("respondents", Reason::kTooLarge, absl::StrCat("at most ", kRespondentsPerCase, " in one act"));
  if (of != nullptr && IsOver(of->stage))
    wrong.Add("respondents", Reason::kStageForbids, "not in the case's stage " + CaseStage_Name(of->stage).substr(11));
  ChangedPlaces places;
  uint32_t next = of != nullptr ? static_cast<uint32_t>(of->open.respondents_size()) : 0;
  for (int i = 0; i < change.add_size(); ++i) {
    const Identity& who = change.add(i).identity();
    const std::string path = absl::StrCat("respondents.add[", i, "]");
    CheckRespondent(change.add(i), *state.policy, state.directory.production(), path, wrong);
    for (int k = 0; k < i; ++k) {
      if (SameIdentity(change.add(k).identity(), who))
        wrong.Add(path + ".identity", Reason::kFieldInvalid, "named twice");
    }
    const auto known = of != nullptr ? PlaceOf(*of, who) : std::nullopt;
    if (known && !of->IsRemoved(*known))
      wrong.Add(path + ".identity", Reason::kRespondentExists, "a respondent of this case already");
    places.added.push_back(known ? *known : next++);
  }
  for (int i = 0; i < change.remove_size(); ++i) {
    const std::string path = absl::StrCat("respondents.remove[", i, "]");
    for (int k = 0; k < i; ++k) {
      if (SameIdentity(change.remove(k), change.remove(i))) wrong.Add(path, Reason::kFieldInvalid, "named twice");
    }
    const auto known = of != nullptr ? PlaceOf(*of, change.remove(i)) : std::nullopt;
    if (of != nullptr && (!known || of->IsRemoved(*known)))
      wrong.Add(path, Reason::kNotRespondent, "not a respondent of this case now");
    places.removed.push_back(known.value_or(0));
  }
  if (of == nullptr) return places;
  if (next > kRespondentsPerCase)
    wrong.Add("respondents.add", Reason::kTooLarge,
              absl::StrCat("a case has at most ", kRespondentsPerCase, " respondents, those removed among them"));
  const size_t now = of->RespondentsNow();
  if (change.add().empty() && places.removed.size() >= now)
    wrong.Add("respondents.remove", Reason::kRespondentLast, "nobody would be left");
  return places;
}

}  // namespace eagle::domain
