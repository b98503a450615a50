#include "server/journal_folder_looks.h"

#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/identity_number.h"
#include "server/trust/tag.h"

namespace eagle {
namespace {

namespace v1 = ::goldeneagle::v1;

template <typename Message>
Message Parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) message.Clear();  // the audit beside this one names the entry
  return message;
}

std::string Masked(const v1::Identity& identity) { return identity.name() + " " + MaskNumber(identity.id_number()); }

std::string WordOf(v1::Action action) {
  switch (action) {
    case v1::ACTION_INQUIRE:
      return "INQUIRE";
    case v1::ACTION_FREEZE:
      return "FREEZE";
    case v1::ACTION_RELEASE:
      return "RELEASE";
    case v1::ACTION_DEDUCT:
      return "DEDUCT";
    case v1::ACTION_RENEW:
      return "RENEW";
    case v1::ACTION_TRANSFER_TITLE:
      return "TRANSFER_TITLE";
    case v1::ACTION_LOCATE:
      return "LOCATE";
    case v1::ACTION_EXTRACT_INCOME:
      return "EXTRACT_INCOME";
    default:
      return "";
  }
}

}  // namespace

void LookBook::Take(const domain::Entry& entry) {
  switch (entry.type) {
    case v1::ENTRY_TYPE_COURT_REGISTERED:
    case v1::ENTRY_TYPE_STATEMENT_ACCEPTED:
    case v1::ENTRY_TYPE_CASE_OPENED:
    case v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED:
      return Learn(entry);
    case v1::ENTRY_TYPE_ACCESS_RECORDED:
      return Read(entry);
    case v1::ENTRY_TYPE_ORDER_ACCEPTED:
      return Inquiry(entry);
    case v1::ENTRY_TYPE_REFUSED:
      return Refused(entry);
    default:
      return;
  }
}

// What later entries name only by ordinal, sequence or tag.
void LookBook::Learn(const domain::Entry& entry) {
  if (!entry.payload) return;
  if (entry.type == v1::ENTRY_TYPE_COURT_REGISTERED) {
    courts_[Parse<v1::Adopted>(entry.body).ordinal()] = Parse<v1::AdoptedPayload>(*entry.payload).court().code();
  } else if (entry.type == v1::ENTRY_TYPE_STATEMENT_ACCEPTED) {
    const auto statement = Parse<v1::Statement>(Parse<v1::StatementPayload>(*entry.payload).member());
    if (statement.has_officer()) officers_[statement.subject()] = statement.officer().name();
  } else if (entry.type == v1::ENTRY_TYPE_CASE_RESPONDENTS_CHANGED) {
    const auto act = Parse<v1::CaseAct>(Parse<v1::CasePayload>(*entry.payload).member());
    const auto body = Parse<v1::CaseRespondentsChanged>(entry.body);
    for (int i = 0; i < std::min(body.added_tags_size(), act.respondents().add_size()); ++i)
      people_[body.added_tags(i)] = Masked(act.respondents().add(i).identity());
  } else {
    const auto act = Parse<v1::CaseAct>(Parse<v1::CasePayload>(*entry.payload).member());
    const auto body = Parse<v1::CaseOpened>(entry.body);
    cases_[entry.index] = act.open().case_number();  // a case is named by the entry that opened it
    for (int i = 0; i < std::min(body.subject_tags_size(), act.open().respondents_size()); ++i)
      people_[body.subject_tags(i)] = Masked(act.open().respondents(i).identity());
  }
}

Look LookBook::Begin(const domain::Entry& entry, LookAct act) const {
  Look look{.index = entry.index, .time = entry.time, .act = act, .case_seq = entry.case_seq.value()};
  if (entry.actor_kind == v1::ACTOR_KIND_COURT) {
    look.court_ordinal = entry.actor;
    if (const auto court = courts_.find(entry.actor); court != courts_.end()) look.court = court->second;
  }
  if (const auto number = cases_.find(look.case_seq); number != cases_.end()) look.case_number = number->second;
  look.sealed = !entry.key_id.empty() && !entry.payload;
  return look;
}

void LookBook::Read(const domain::Entry& entry) {
  const auto body = Parse<v1::AccessRecorded>(entry.body);
  Look look = Begin(entry, LookAct::kRead);
  look.what = body.method();
  look.subject_tags.assign(body.subject_tags().begin(), body.subject_tags().end());
  look.officer_tags = {body.officer_tag()};
  look.no_open_case = body.no_open_case();
  if (entry.payload) {
    const auto payload = Parse<v1::AccessPayload>(*entry.payload);
    const auto ticket = Parse<v1::OfficerTicket>(payload.ticket().member());
    look.system = payload.reader();
    look.purpose = ticket.purpose();
    const auto name = officers_.find(ticket.officer());
    look.officers = {ticket.officer().substr(ticket.officer().rfind('/') + 1) +
                     (name != officers_.end() ? " " + name->second : "")};
  }
  Keep(std::move(look));
}

void LookBook::Inquiry(const domain::Entry& entry) {
  const auto body = Parse<v1::OrderAccepted>(entry.body);
  if (body.action() != v1::ACTION_INQUIRE) return;
  Look look = Begin(entry, LookAct::kInquiry);
  look.what = WordOf(body.action());
  look.subject_tags = {body.subject_tag()};
  look.officer_tags.assign(body.officer_tags().begin(), body.officer_tags().end());
  if (entry.payload) TellOrder(Parse<v1::OrderPayload>(*entry.payload).member(), look);
  Keep(std::move(look));
}

void LookBook::Refused(const domain::Entry& entry) {
  const auto body = Parse<v1::Refused>(entry.body);
  if (body.member_type() != v1::MEMBER_TYPE_ORDER) return;
  Look look = Begin(entry, LookAct::kRefused);
  look.reason = entry.outcome;
  if (!body.subject_tag().empty()) look.subject_tags = {body.subject_tag()};
  look.officer_tags.assign(body.officer_tags().begin(), body.officer_tags().end());
  if (entry.payload) TellOrder(Parse<v1::RefusedPayload>(*entry.payload).member(), look);
  Keep(std::move(look));
}

void LookBook::TellOrder(const std::string& member, Look& look) const {
  const auto order = Parse<v1::Order>(member);
  look.what = WordOf(order.action());
  if (look.court.empty()) look.court = order.court();  // who signed is known better than whom the order names
  look.case_number = order.case_number();
  look.purpose = order.purpose();
  look.subjects = {Masked(order.subject())};
  for (const v1::OfficerRef& officer : order.officers()) {
    const auto name = officers_.find("court/" + look.court + "/officer/" + officer.officer());
    look.officers.push_back(officer.officer() + (name != officers_.end() ? " " + name->second : ""));
  }
}

void LookBook::Count(const std::string& tag, uint64_t index) {
  const std::string_view id = trust::TagKeyIdOf(tag);
  auto at = std::find_if(tag_keys_.begin(), tag_keys_.end(), [&](const TagKeyUse& use) { return use.id == id; });
  if (at == tag_keys_.end()) {
    const bool given = wanted_ && std::any_of(wanted_->begin(), wanted_->end(), [&](const std::string& wanted) {
                         return trust::TagKeyIdOf(wanted) == id;
                       });
    at = tag_keys_.insert(at, {.id = std::string(id), .first_index = index, .given = given});
  }
  ++at->tags;
}

bool LookBook::AnotherTagKey() const {
  return wanted_ && !tag_keys_.empty() &&
         std::none_of(tag_keys_.begin(), tag_keys_.end(), [](const TagKeyUse& use) { return use.given; });
}

void LookBook::Keep(Look look) {
  bool concerned = false;
  for (const std::string& tag : look.subject_tags) {
    Count(tag, look.index);
    concerned = concerned || (wanted_ && std::find(wanted_->begin(), wanted_->end(), tag) != wanted_->end());
  }
  if (wanted_ && !concerned) return;
  if (look.subjects.empty()) {
    for (const std::string& tag : look.subject_tags) {
      if (const auto person = people_.find(tag); person != people_.end()) look.subjects.push_back(person->second);
    }
  }
  looks_.push_back(std::move(look));
}

}  // namespace eagle
