#include "server/api/audited.h"

#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/tags.h"
#include "server/base/bytes.h"
#include "server/domain/reading.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

absl::Status NoSuchOrder() { return Fail(Reason::kNotFound, "no order of this court has this id"); }

// Words for a ticket of an officer whose statement has ended: his key is no candidate any more.
absl::Status NameEndedOfficer(const domain::Directory& directory, const SignedMember& member, absl::Status refused) {
  OfficerTicket said;
  if (ReasonOf(refused) != Reason::kTicketInvalid || !said.ParseFromString(member.member())) return refused;
  const domain::StatementOnFile* file = directory.StatementAbout(said.officer());
  if (file == nullptr || file->statement.kind() != STATEMENT_KIND_ENDED) return refused;
  return Fail(Reason::kOfficerNotValid, "the officer whom the ticket names is not valid any more")
      .At("officer_ticket.officer", "an officer in force");
}

}  // namespace

std::string ReaderName(const Caller& caller) {
  return (caller.role == Role::kCourt ? "court/" : "system/") + caller.code;
}

absl::StatusOr<trust::OpenedTicket> TakeTicket(Handlers::Impl& impl, const Caller& caller, const SignedMember& member) {
  const auto published = impl.published();
  const domain::Directory& directory = *published->directory;
  auto opened = trust::OpenTicket(
      member, directory.founding().environment(), [&](std::string_view court) { return OfficersOf(directory, court); },
      impl.ports.checker);
  if (!opened.ok()) return NameEndedOfficer(directory, member, opened.status());
  if (opened->ticket.certificate_sha256() != caller.certificate_sha256)
    return Fail(Reason::kTicketMismatch, "the ticket is for another connection")
        .At("officer_ticket.certificate_sha256", "must be that of the certificate which the caller shows");
  if (caller.role == Role::kCourt && opened->officers_of != caller.code)
    return Fail(Reason::kTicketMismatch, "a court reads with its own officers' tickets")
        .At("officer_ticket.officer", "must be of the caller's court");
  EAGLE_RETURN_IF_ERROR(domain::CheckTicketNow(directory, published->policy.get(), opened->ticket, opened->officers_of,
                                               opened->key, impl.ports.clock.WallNow()));
  return opened;
}

absl::Status MayRead(Handlers::Impl& impl, const Caller& caller, std::string_view method, const domain::Case& of,
                     const trust::OpenedTicket& ticket, bool party) {
  const auto published = impl.published();
  const domain::Court* court = published->directory->CourtByOrdinal(of.court);
  const std::vector<std::string> numbers =
      CaseNumberTags(impl.ports.key_ring, ticket.ticket.court(), ticket.ticket.case_number());
  if (court == nullptr || court->row.code() != ticket.ticket.court() ||
      std::find(numbers.begin(), numbers.end(), of.number_tag) == numbers.end())
    return Fail(Reason::kTicketMismatch, "the ticket is for another case")
        .At("officer_ticket.case_number", "must be the case that is read");
  absl::StatusOr<ReadScope> scope = domain::ScopeOf(*published->directory, ReaderName(caller), court->row.code(),
                                                    of.seq, ticket.officers_of, impl.ports.clock.WallNow());
  if (!scope.ok() && party) scope = READ_SCOPE_PARTY;
  EAGLE_RETURN_IF_ERROR(scope.status());
  if (!MayReach(caller, method, *scope)) return Fail(Reason::kScopeNotGranted, "this call isn't made by that scope");
  return absl::OkStatus();
}

absl::StatusOr<domain::Case> CaseToRead(Handlers::Impl& impl, const Caller& caller, std::string_view method,
                                        const std::string& court_code, const std::string& case_number,
                                        const trust::OpenedTicket& ticket, JournalReader& journal) {
  const std::string& code = court_code.empty() ? caller.code : court_code;
  if (ticket.ticket.case_number() != case_number || ticket.ticket.court() != code)
    return Fail(Reason::kTicketMismatch, "the ticket is for another case")
        .At("officer_ticket.case_number", "must be the case that is read");
  const bool own = caller.role == Role::kCourt && code == caller.code;
  const auto published = impl.published();
  const domain::Court* court = published->directory->CourtByCode(code);
  std::optional<CaseSeq> seq;
  if (court != nullptr) {
    EAGLE_ASSIGN_OR_RETURN(
        seq, journal.CaseNumbered(court->ordinal, CaseNumberTags(impl.ports.key_ring, code, case_number)));
  }
  // Whoever has no right to a case doesn't learn either whether it is there.
  if (!seq && own) return Fail(Reason::kNotFound, "the court has no such case here");
  if (!seq) return Fail(Reason::kScopeNotGranted, "the case isn't the caller's to read");
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> row, journal.CaseRow(*seq));
  if (!row) return Fail(Reason::kNotFound, "the court has no such case here");
  EAGLE_RETURN_IF_ERROR(MayRead(impl, caller, method, *row, ticket));
  return *row;
}

absl::StatusOr<CourtOrdinal> CourtListed(const Caller& caller, std::string_view method, const std::string& court,
                                         const core::Published& published) {
  if (court.empty() || court == caller.code) return caller.court;
  if (!domain::IsAbove(*published.directory, caller.code, court) ||
      !MayReach(caller, method, goldeneagle::v1::READ_SCOPE_SUBTREE))
    return Fail(Reason::kScopeNotGranted, "no court below the caller's has this code").At("court", "a court below");
  return published.directory->CourtByCode(court)->ordinal;
}

absl::StatusOr<domain::Order> OrderToRead(Handlers::Impl& impl, const Caller& caller, std::string_view method,
                                          const std::string& order_id, const trust::OpenedTicket& ticket,
                                          JournalReader& journal) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, journal.UseOf(order_id));
  if (!use) return NoSuchOrder();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> order, journal.OrderAt(OrderSeq(use->index)));
  if (!order || order->order_id != order_id) return NoSuchOrder();
  if (caller.role == Role::kCourt && order->court != caller.court &&
      impl.published()->directory->GrantFor(ReaderName(caller), order->case_seq) == nullptr)
    return NoSuchOrder();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Case> of, journal.CaseRow(order->case_seq));
  if (!of) return NoSuchOrder();
  EAGLE_RETURN_IF_ERROR(MayRead(impl, caller, method, *of, ticket));
  return *order;
}

absl::StatusOr<std::string> SubjectTagOf(const trust::KeyRing& ring, const domain::Order& order,
                                         JournalReader& journal) {
  if (order.subject_tag.substr(0, trust::kTagKeyIdSize) == ring.tag_keys().front().tag_id) return order.subject_tag;
  EAGLE_ASSIGN_OR_RETURN(const domain::Entry accepted, journal.EntryAt(order.seq.value()));
  OrderPayload payload;
  goldeneagle::v1::Order signed_order;
  if (!accepted.payload || !payload.ParseFromString(*accepted.payload) ||
      !signed_order.ParseFromString(payload.member()))
    return order.subject_tag;
  return SubjectTag(ring, signed_order.subject());
}

domain::RecordAccess AccessBy(const trust::KeyRing& ring, const Caller& caller, std::string_view method,
                              trust::OpenedTicket ticket) {
  domain::RecordAccess read;
  const OfficerTicket& said = ticket.ticket;
  read.officer_tags =
      ReadingOfficerTags(ring, ticket.officers_of, said.officer().substr(said.officer().rfind('/') + 1));
  read.case_number_tags = CaseNumberTags(ring, said.court(), said.case_number());
  if (caller.role == Role::kCourt) read.court = caller.court;
  read.reader_name = ReaderName(caller);
  read.reader = caller.spiffe_id;
  read.reader_tag = ReaderTag(ring, caller.spiffe_id);
  read.method = method;
  read.ticket = std::move(ticket.member);
  read.parsed = std::move(ticket.ticket);
  read.ticket_digest = std::move(ticket.digest);
  read.officers_of = std::move(ticket.officers_of);
  read.key = std::move(ticket.key);
  return read;
}

void NoticeRead(Handlers::Impl& impl, const Caller& caller, std::string_view method, const std::string& officer_tag,
                const domain::Result& result, const core::CommitView& commit) {
  const auto alert = [&](std::string_view event) {
    impl.Alert(event, {{"reader", ReaderName(caller)},
                       {"method", std::string(method)},
                       {"officer_tag", HexEncode(officer_tag)},
                       {"journal_index", std::to_string(result.index)}});
  };
  if (ReasonOf(result.status) == Reason::kReadLimitExceeded) {
    ++impl.reads_over_limit;
    alert("read_limit_exceeded");
  }
  if (!result.status.ok() || !commit.Holds(result.index)) return;
  ++impl.reads;
  AccessRecorded body;
  const auto leaf = journal::DecodeLeaf(commit.LeafOf(result.index));
  if (!leaf.ok() || !body.ParseFromString(leaf->body) || !body.no_open_case()) return;
  ++impl.reads_without_open_case;
  alert("read_without_open_case");
}

}  // namespace eagle::api
