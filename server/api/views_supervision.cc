// What a court sees of a supervision order without opening a word of it.
#include "server/api/views.h"
#include "server/domain/instant.h"

namespace eagle::api {
namespace {

std::string CodeOf(CourtOrdinal ordinal, const domain::Directory& directory) {
  const domain::Court* court = directory.CourtByOrdinal(ordinal);
  return court != nullptr ? court->row.code() : "";
}

// Empty when the case was erased.
absl::StatusOr<std::string> CaseNumberOf(CaseSeq seq, JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry opened, journal.EntryAt(seq.value()));
  v1::CasePayload payload;
  v1::CaseAct act;
  if (!opened.payload || !payload.ParseFromString(*opened.payload) || !act.ParseFromString(payload.member()))
    return std::string();
  return act.open().case_number();
}

}  // namespace

bool IsOverdue(const domain::SupervisionThread& thread, const core::Published& published) {
  return thread.owed() && published.recorded >= thread.deadline.due;
}

absl::StatusOr<v1::SupervisionView> ViewOf(const domain::SupervisionThread& thread, const core::Published& published,
                                           JournalReader& journal) {
  const domain::Directory& directory = *published.directory;
  const domain::Agency* agency = directory.AgencyByOrdinal(thread.to_agency);
  v1::SupervisionView view;
  view.set_supervision_id(thread.id);
  view.set_journal_index(thread.index);
  view.set_from_court(CodeOf(thread.from, directory));
  view.set_to_court(CodeOf(thread.to, directory));
  if (agency != nullptr) view.set_to_agency(agency->row.code());
  view.set_cc_court(CodeOf(thread.copied_to, directory));
  view.set_court(CodeOf(thread.court, directory));
  EAGLE_ASSIGN_OR_RETURN(*view.mutable_case_number(), CaseNumberOf(thread.case_seq, journal));
  if (thread.order) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(thread.order));
    if (!order) return Fail(Reason::kTablesDiffer, "a supervision order names an order that isn't there");
    view.set_order_id(order->order_id);
  }
  view.set_cause(thread.cause);
  view.set_commander(thread.commander);
  view.set_state(thread.state);
  *view.mutable_issued_at() = domain::ToProto(thread.issued_at);
  *view.mutable_deadline() = DeadlineOf(thread.deadline, thread.turn_since, published, agency);
  view.set_overdue(IsOverdue(thread, published));
  for (size_t i = 0; i < thread.deadline.fired; ++i) view.add_marks_fired_permille(thread.deadline.marks_permille[i]);
  view.set_late(thread.late);
  if (!thread.open()) *view.mutable_closed_at() = domain::ToProto(thread.closed_at);
  view.set_result(thread.result);
  view.set_words(static_cast<uint32_t>(thread.words.size()));
  return view;
}

}  // namespace eagle::api
