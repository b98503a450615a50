#include "server/domain/state.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "server/base/bytes.h"
#include "server/domain/instant.h"

namespace eagle::domain {

const Order* State::FindOrder(OrderSeq seq) const {
  const auto it = orders.find(seq.value());
  return it == orders.end() ? nullptr : &it->second;
}

const ObjectionThread* State::FindObjection(uint64_t index) const {
  const auto it = objections.find(index);
  return it == objections.end() ? nullptr : &it->second;
}

std::vector<const ObjectionThread*> State::ObjectionsOf(const Order& order) const {
  std::vector<const ObjectionThread*> found;
  const auto it = objections_of.find(order.freeze ? order.freeze.value() : order.seq.value());
  if (it == objections_of.end()) return found;
  for (uint64_t index : it->second) found.push_back(&objections.at(index));
  return found;
}

void State::PutObjection(ObjectionThread thread) {
  const uint64_t index = thread.index;
  uint64_t& newest = newest_word[thread.agency.value()];
  newest = std::max(newest, thread.words.back());
  objections_of[thread.measure ? thread.measure.value() : thread.order.value()].push_back(index);
  objections.emplace(index, std::move(thread));
}

const SupervisionThread* State::FindSupervision(uint64_t index) const {
  const auto it = supervisions.find(index);
  return it == supervisions.end() ? nullptr : &it->second;
}

void State::PutSupervision(SupervisionThread thread) {
  if (thread.to_agency) {
    uint64_t& newest = newest_supervision[thread.to_agency.value()];
    newest = std::max(newest, thread.words.back());
  }
  const uint64_t index = thread.index;
  supervisions.emplace(index, std::move(thread));
}

const AgencyPosition& State::PositionOf(AgencyOrdinal agency) const {
  static const AgencyPosition kNothing;
  return agency && agency.value() <= positions.size() ? positions[agency.value() - 1] : kNothing;
}

std::vector<IncidentKey> State::IncidentsOf(AgencyOrdinal agency) const {
  std::vector<IncidentKey> found;
  for (auto it = incidents_of.lower_bound({.agency = agency}); it != incidents_of.end() && it->agency == agency; ++it)
    found.push_back(*it);
  return found;
}

std::vector<IncidentKey> State::IncidentsAbout(AgencyOrdinal agency, OrderSeq freeze) const {
  std::vector<IncidentKey> found;
  for (auto it = incidents_of.lower_bound({.agency = agency, .freeze = freeze});
       it != incidents_of.end() && it->agency == agency && it->freeze == freeze; ++it)
    found.push_back(*it);
  return found;
}

void State::PutIncident(Incident incident) {
  incidents_of.insert({incident.agency, incident.freeze, incident.kind, incident.index});
  const uint64_t index = incident.index;
  incidents.emplace(index, std::move(incident));
}

void State::CloseIncident(uint64_t index) {
  auto node = incidents.extract(index);
  const Incident& incident = node.mapped();
  incidents_of.erase({incident.agency, incident.freeze, incident.kind, index});
  changes.cleared.push_back(std::move(node.mapped()));
}

const Case* State::FindCase(CourtOrdinal court, const std::vector<std::string>& number_tags) const {
  for (const std::string& tag : number_tags) {
    const auto it = case_numbers.find(CaseNumberKey(court, tag));
    if (it != case_numbers.end()) return &cases.at(it->second);
  }
  return nullptr;
}

std::string State::PersonOf(const Order& order) const {
  const auto of = cases.find(order.case_seq.value());
  if (of == cases.end()) return order.subject_tag;
  const auto kept = of->second.orders.find(order.seq.value());
  if (kept == of->second.orders.end()) return order.subject_tag;
  const auto& respondents = of->second.open.respondents();
  const uint32_t place = kept->second.respondent;
  if (place >= static_cast<uint32_t>(respondents.size())) return order.subject_tag;
  const auto& identity = respondents.Get(static_cast<int>(place)).identity();
  return identity.id_kind() + '\0' + absl::AsciiStrToUpper(identity.id_number());
}

const PresenceState& State::PresenceOf(AgencyOrdinal agency) const {
  static const PresenceState kNeverSeen;
  return agency && agency.value() <= presence.size() ? presence[agency.value() - 1] : kNeverSeen;
}

std::string SequenceKey(std::string_view signer, goldeneagle::v1::MemberType type, uint64_t sequence) {
  return ByteWriter().Bytes(signer).U8(0).U8(static_cast<uint8_t>(type)).U64(sequence).Take();
}
std::string CaseNumberKey(CourtOrdinal court, std::string_view number_tag) {
  return ByteWriter().U32(court.value()).Bytes(number_tag).Take();
}

bool Case::AtRest() const {
  const Totals sum = ledger.Sum();
  return sum.E() == 0 && sum.R() == 0 && sum.contingent == 0 && sum.deducting == 0 && sum.in_transit == 0 &&
         surplus_amount == 0 && removed_measures.empty();
}

size_t Case::RespondentsNow() const {
  return static_cast<size_t>(
      std::count_if(standings.begin(), standings.end(), [](const Standing& one) { return !one.removed; }));
}

std::string Case::Encode() const {
  ByteWriter out;
  out.U8(flagged == 0 ? 1 : 2)
      .U64(seq.value())
      .U32(court.value())
      .Bytes(key_id)
      .U8(static_cast<uint8_t>(stage))
      .I64(Micros(opened_at));
  out.U16(static_cast<uint16_t>(number_tag.size())).Bytes(number_tag);
  out.U16(static_cast<uint16_t>(surplus.row.size()))
      .Bytes(surplus.row)
      .I64(surplus.row.empty() ? 0 : Micros(surplus.due));
  out.U8(static_cast<uint8_t>(surplus.marks.size())).U8(static_cast<uint8_t>(surplus.fired));
  for (size_t i = 0; i < surplus.marks.size(); ++i) out.I64(Micros(surplus.marks[i])).U32(surplus.marks_permille[i]);
  if (flagged != 0) out.U64(flagged).I64(Micros(flagged_at)).U64(flagged_by.value());
  return out.Take();
}

absl::StatusOr<Case> Case::Decode(std::string_view row) {
  ByteReader in(row);
  Case out;
  const uint8_t version = in.U8();
  out.seq = CaseSeq(in.U64());
  out.court = CourtOrdinal(in.U32());
  out.key_id = in.Bytes(16);
  out.stage = static_cast<goldeneagle::v1::CaseStage>(in.U8());
  out.opened_at = FromMicros(in.I64());
  out.number_tag = in.Bytes(in.U16());
  out.surplus.row = in.Bytes(in.U16());
  out.surplus.due = FromMicros(in.I64());
  const uint8_t marks = in.U8();
  out.surplus.fired = in.U8();
  for (int i = 0; i < marks; ++i) {
    out.surplus.marks.push_back(FromMicros(in.I64()));
    out.surplus.marks_permille.push_back(in.U32());
  }
  if (version == 2) {
    out.flagged = in.U64();
    out.flagged_at = FromMicros(in.I64());
    out.flagged_by = OrderSeq(in.U64());
  }
  if (version < 1 || version > 2 || !in.Done())
    return Fail(Reason::kTablesDiffer, "a row of the cases table can't be read");
  return out;
}

}  // namespace eagle::domain
