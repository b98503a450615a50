// Daily statements with their lines open: the bytes that the agency signed, and whether incidents follow from them as
// the measures, counted again from the receipts, demand.
#include "absl/strings/str_cat.h"
#include "client/audit/opened_audit.h"
#include "client/audit/opened_due.h"
#include "goldeneagle/v1/position.pb.h"

namespace eagle::audit {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

bool IsHeldAs(const MeasureState& state, const OpenedLedger::Held& held) {
  return state.controlled_minor_units() == held.controlled && state.unfunded_minor_units() == held.unfunded;
}

}  // namespace

void OpenedAudit::TakePosition(const journal::Leaf& leaf, const std::string& payload) {
  PositionStated body;
  PositionPayload said;
  Position position;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload) || !position.ParseFromString(said.member()))
    return Add(Rule::kContent, leaf, "the statement can't be read");
  const HeadOpened* head = CheckMember(leaf, body.head(), body.digest(), said.member(), said.index());
  if (position.day() != body.day() || static_cast<uint32_t>(position.lines_size()) != body.rows() ||
      position.up_to().empty() != body.complete())
    Add(Rule::kContent, leaf, "another day, another number of measures, or another end of the day was signed");
  if (head != nullptr) CheckAgencySigned(leaf, *head, position.agency());
  PositionKept& kept = positions_[leaf.agency.value()];
  kept = {.index = leaf.index.value()};
  differ_at_ = leaf.index.value();
  for (const PositionLine& line : position.lines()) {
    kept.lines[line.order_id()] = line.measure();
    const auto seq = order_seqs_.find(line.order_id());
    if (seq == order_seqs_.end()) continue;
    // Where both count the same changes the comparison needs no judgement; what was on its way is the gateway's to say.
    const auto held = ledger_.HeldBy(orders_.at(seq->second).case_seq, seq->second);
    if (held && held->stands && held->revision != 0 && held->revision == line.measure().revision() &&
        !line.measure().ended() && !IsHeldAs(line.measure(), *held))
      differ_.insert(seq->second);
  }
  for (const auto& [incident, order] : incidents_) differ_.erase(order);
}

// Both sides are what the statement and the receipts say.
void OpenedAudit::CheckIncidentSides(const journal::Leaf& leaf, const IncidentArisen& body,
                                     const IncidentPayload& said) {
  const auto wrong = [&](std::string_view why) { Add(Rule::kIncident, leaf, why, {body.statement()}); };
  const auto statement = positions_.find(leaf.agency.value());
  const auto order = orders_.find(leaf.order.value());
  if (statement == positions_.end() || statement->second.index != body.statement() || order == orders_.end()) return;
  const auto line = statement->second.lines.find(order->second.id);
  const bool named = line != statement->second.lines.end();
  if (named == (body.kind() == INCIDENT_KIND_MEASURE_MISSING)) return wrong("the statement says otherwise");
  if (named && line->second.SerializeAsString() != said.stated().SerializeAsString())
    wrong("the agency stated something else");
  const auto held = ledger_.HeldBy(order->second.case_seq, leaf.order.value());
  if (!held) return;
  if (held->stands == (body.kind() == INCIDENT_KIND_MEASURE_UNKNOWN))
    return wrong(held->stands ? "the measure stands by its receipts" : "the measure has ended by its receipts");
  if (held->stands && !IsHeldAs(said.recorded(), *held)) wrong("the receipts say something else");
}

void OpenedAudit::TakeIncident(const journal::Leaf& leaf, const std::string& payload) {
  IncidentArisen body;
  IncidentPayload said;
  if (!body.ParseFromString(leaf.body) || !said.ParseFromString(payload))
    return Add(Rule::kContent, leaf, "the incident can't be read");
  if (leaf.order) CheckIncidentSides(leaf, body, said);
}

// Which incidents stand, by their leaves; and whether those that a statement shows have come.
void OpenedAudit::FollowIncident(const journal::Leaf& leaf) {
  IncidentArisen arisen;
  IncidentCleared cleared;
  if (leaf.type == ENTRY_TYPE_INCIDENT_ARISEN && arisen.ParseFromString(leaf.body)) {
    incidents_[leaf.index.value()] = leaf.order.value();
    differ_.erase(leaf.order.value());
    const PolicyTable& policy = register_.policy;
    const auto agency = register_.agency_rows.find(leaf.agency.value());
    if (!register_.policy_sealed && policy.version() == arisen.policy_version() &&
        agency != register_.agency_rows.end()) {
      if (const auto why = WrongDue(arisen, leaf.time, policy, agency->second)) Add(Rule::kDue, leaf, *why);
    }
  } else if (leaf.type == ENTRY_TYPE_INCIDENT_CLEARED && cleared.ParseFromString(leaf.body)) {
    incidents_.erase(cleared.incident());
  } else {
    for (uint64_t order : differ_)
      findings_.Add(Rule::kIncident, differ_at_,
                    absl::StrCat("it shows other amounts of the measure of order ", order, ", and no incident follows"),
                    {order});
    differ_.clear();
  }
}

}  // namespace eagle::audit
