#include "server/domain/reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/bytes.h"
#include "server/base/uuid.h"
#include "server/domain/draft.h"
#include "server/domain/instant.h"

namespace eagle::domain {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr int kCourtsAboveMax = 16;  // supreme, high, intermediate, basic: more is a ring

// The count with one more page in the hour and day of `now`.
ReaderCount WithOneMore(const ReaderCount& before, absl::Time now, const Policy& policy) {
  const absl::TimeZone& zone = policy.zone();
  ReaderCount next{.hour_start = Micros(absl::FromCivil(absl::ToCivilHour(now, zone), zone)),
                   .day_start = Micros(absl::FromCivil(absl::ToCivilDay(now, zone), zone))};
  next.in_hour = (before.hour_start == next.hour_start ? before.in_hour : 0) + 1;
  next.in_day = (before.day_start == next.day_start ? before.in_day : 0) + 1;
  return next;
}

absl::Status CheckLimits(const ReaderCount& next, absl::Time now, const Policy& policy) {
  const ReadingRow& row = policy.table().reading();
  const auto exceeded = [](std::string_view what, absl::Duration wait) {
    return Fail(Reason::kReadLimitExceeded,
                "the officer has read as many pages as the policy allows in " + std::string(what))
        .RetryAfter(std::max(wait, absl::Seconds(1)));
  };
  if (next.in_day > row.reads_per_day()) {
    const absl::CivilDay day = absl::ToCivilDay(now, policy.zone());
    return exceeded("a day", absl::FromCivil(day + 1, policy.zone()) - now);
  }
  if (next.in_hour > row.reads_per_hour()) {
    const absl::CivilHour hour = absl::ToCivilHour(now, policy.zone());
    return exceeded("an hour", absl::FromCivil(hour + 1, policy.zone()) - now);
  }
  return absl::OkStatus();
}

// Nothing goes on in it any more, here at least. A case without assets 终本 is looked at again by law: it is open.
bool IsOpen(CaseStage stage) {
  return stage != CASE_STAGE_CLOSED && stage != CASE_STAGE_TRANSFERRED && stage != CASE_STAGE_ERASED;
}

// The officer's pages so far. After a rotation of the tag key they stand under an older tag until he reads again.
ReaderCount CountOf(const State& state, const std::vector<std::string>& officer_tags) {
  for (const std::string& tag : officer_tags) {
    if (const auto counted = state.readers.find(tag); counted != state.readers.end()) return counted->second;
  }
  return {};
}

absl::StatusOr<ReadScope> Judge(const State& state, const RecordAccess& command, const Case& of, absl::Time now) {
  EAGLE_RETURN_IF_ERROR(
      CheckTicketNow(state.directory, state.policy.get(), command.parsed, command.officers_of, command.key, now));
  const Court* court = state.directory.CourtByOrdinal(of.court);
  const auto& tags = command.case_number_tags;
  if (court == nullptr || court->row.code() != command.parsed.court() ||
      std::find(tags.begin(), tags.end(), of.number_tag) == tags.end())
    return Fail(Reason::kTicketMismatch, "the ticket is for another case")
        .At("officer_ticket.case_number", "must be the case that is read");
  const absl::StatusOr<ReadScope> scope =
      ScopeOf(state.directory, command.reader_name, court->row.code(), of.seq, command.officers_of, now);
  const SupervisionThread* thread = state.FindSupervision(command.supervision);
  const bool party = thread != nullptr && thread->case_seq == of.seq && thread->IsParty(command.court) &&
                     command.reader_name == "court/" + command.officers_of;
  if (!scope.ok() && party) return READ_SCOPE_PARTY;
  return scope;
}

}  // namespace

std::string ReaderCount::Encode() const {
  return ByteWriter().I64(hour_start).U32(in_hour).I64(day_start).U32(in_day).Take();
}

bool ReaderCount::Decode(std::string_view row) {
  ByteReader in(row);
  hour_start = in.I64();
  in_hour = in.U32();
  day_start = in.I64();
  in_day = in.U32();
  return in.Done();
}

absl::Status CheckTicketNow(const Directory& directory, const Policy* policy, const OfficerTicket& ticket,
                            std::string_view officers_of, std::string_view key, absl::Time now) {
  if (policy == nullptr || !policy->table().has_reading())
    return Fail(Reason::kPurposeNotAllowed, "the policy has no row for reading: nobody reads personal data");
  const ReadingRow& row = policy->table().reading();
  if (std::find(row.purposes().begin(), row.purposes().end(), ticket.purpose()) == row.purposes().end())
    return Fail(Reason::kPurposeNotAllowed, "not a purpose for which the policy lets anybody read")
        .At("officer_ticket.purpose", "one of the policy's for reading");
  const absl::Time issued = FromProto(ticket.issued_at()), expires = FromProto(ticket.expires_at());
  if (expires <= issued || expires - issued > absl::Minutes(row.ticket_minutes()))
    return Fail(Reason::kTicketInvalid, "the ticket's times are not the policy's")
        .At("officer_ticket.expires_at",
            absl::StrCat("after issued_at, by at most ", row.ticket_minutes(), " minutes"));
  if (issued > now + kTicketClockAhead)
    return Fail(Reason::kTicketInvalid, "the ticket is issued in the future: compare the clocks")
        .At("officer_ticket.issued_at", "not in the future");
  if (expires <= now)
    return Fail(Reason::kTicketExpired, "the ticket has expired").At("officer_ticket.expires_at", "in the past");
  const auto officer = directory.OfficerByKey(officers_of, key);
  if (!officer || officer->subject != ticket.officer() || !HoldsAt(*officer->statement, now) ||
      directory.KeyOf("court/" + std::string(officers_of), now) == nullptr)
    return Fail(Reason::kOfficerNotValid, "the officer who signed the ticket is not valid now")
        .At("officer_ticket.officer", "an officer in force");
  return absl::OkStatus();
}

absl::StatusOr<ReadScope> ScopeOf(const Directory& directory, std::string_view reader, std::string_view court,
                                  CaseSeq case_seq, std::string_view officers_of, absl::Time now) {
  const bool own_officer = reader == "court/" + std::string(officers_of);
  if (own_officer && officers_of == court) return READ_SCOPE_SELF;
  const GrantReading* grant = directory.GrantFor(reader, case_seq);
  if (grant != nullptr && now < FromProto(grant->until()) &&
      (grant->officers_of().empty() ? own_officer : grant->officers_of() == officers_of))
    return READ_SCOPE_GRANT;
  return Fail(Reason::kScopeNotGranted, "the case isn't the caller's to read");
}

bool IsAbove(const Directory& directory, std::string_view superior, std::string_view court) {
  const Court* at = directory.CourtByCode(court);
  for (int height = 0; at != nullptr && height < kCourtsAboveMax; ++height) {
    if (at->row.superior().empty()) return false;
    if (at->row.superior() == superior) return superior != court;
    at = directory.CourtByCode(at->row.superior());
  }
  return false;
}

void CheckReading(const State& state, const GrantReading& asked, Violations& wrong) {
  const auto of = state.cases.find(asked.case_index());
  const Court* court = state.directory.CourtByCode(asked.court());
  if (of == state.cases.end() || court == nullptr || of->second.court != court->ordinal || of->second.erased())
    wrong.Add("reading.case_index", Reason::kCaseUnknown, "no case of this court was opened there");
  const bool by_court = asked.reader().substr(0, 6) == "court/";
  if (by_court) {
    if (state.directory.CourtByCode(asked.reader().substr(6)) == nullptr || asked.reader().substr(6) == asked.court())
      wrong.Add("reading.reader", Reason::kFieldInvalid, "another court of the directory");
    if (!asked.officers_of().empty())
      wrong.Add("reading.officers_of", Reason::kFieldInvalid, "a court's own officers sign its tickets");
  } else {
    const auto& systems = state.directory.systems();
    const auto system =
        asked.reader().substr(0, 7) == "system/" ? systems.find(asked.reader().substr(7)) : systems.end();
    if (system == systems.end() || system->second.role() != "AUDITOR")
      wrong.Add("reading.reader", Reason::kFieldInvalid, "court/<code>, or system/<name> of an auditor");
    if (state.directory.CourtByCode(asked.officers_of()) == nullptr)
      wrong.Add("reading.officers_of", Reason::kFieldInvalid, "a court of the directory");
  }
  if (!asked.has_until()) wrong.Add("reading.until", Reason::kFieldMissing, "a grant has an end");
}

void DecideCommand(Draft& draft, const RecordAccess& command) {
  const State& state = draft.state();
  const auto found = state.cases.find(command.case_seq.value());
  if (found == state.cases.end()) {
    draft.result().status = Fail(Reason::kNotFound, "no such case");
    return;
  }
  const Case& of = found->second;
  const absl::StatusOr<ReadScope> scope = Judge(state, command, of, draft.now());
  if (!scope.ok()) {
    draft.result().status = scope.status();
    return;
  }
  // The page was made before, and the erasure decided meanwhile: no key is left to seal the ticket with.
  if (of.erased()) {
    draft.result().status = Fail(Reason::kErased, "the case was erased");
    return;
  }
  const ReaderCount next = WithOneMore(CountOf(state, command.officer_tags), draft.now(), *state.policy);
  draft.result().status = CheckLimits(next, draft.now(), *state.policy);
  if (!draft.result().status.ok()) return;
  AccessRecorded body;
  body.set_method(command.method);
  body.set_scope(*scope);
  for (const std::string& tag : command.subject_tags) body.add_subject_tags(tag);
  body.set_officer_tag(command.officer_tags.front());
  body.set_reader_tag(command.reader_tag);
  body.set_rows(command.rows);
  body.set_page_after(command.page_after);
  body.set_ticket_digest(command.ticket_digest);
  body.set_no_open_case(!IsOpen(of.stage));
  body.set_hour_start(next.hour_start);
  body.set_reads_in_hour(next.in_hour);
  body.set_day_start(next.day_start);
  body.set_reads_in_day(next.in_day);
  body.set_policy_version(state.policy->version());
  // The order is in the payload, not in the leaf: a read is no step of the order's life.
  AccessPayload payload;
  *payload.mutable_ticket() = command.ticket;
  payload.set_reader(command.reader);
  payload.set_blob_digest(command.blob_digest);
  if (const Order* order = state.FindOrder(command.order)) payload.set_order_id(UuidText(order->order_id));
  draft.result().index = draft.Append({.type = ENTRY_TYPE_ACCESS_RECORDED,
                                       .actor_kind = command.court ? ACTOR_KIND_COURT : ACTOR_KIND_SYSTEM,
                                       .actor = command.court.value(),
                                       .case_seq = of.seq,
                                       .payload = payload.SerializeAsString(),
                                       .key_id = of.key_id},
                                      body);
}

}  // namespace eagle::domain
