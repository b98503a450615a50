#include "client/cli/batches.h"

#include <sstream>

#include "client/cli/signers.h"
#include "client/lib/errors.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// One member in words; a member that can't be read is shown as such, never skipped.
absl::StatusOr<std::string> MemberText(v1::MemberType type, const std::string& member) {
  switch (type) {
    case v1::MEMBER_TYPE_ORDER: {
      EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(member));
      return OrderText(order);
    }
    case v1::MEMBER_TYPE_CASE: {
      EAGLE_ASSIGN_OR_RETURN(const v1::CaseAct act, trust::ParseStrict<v1::CaseAct>(member));
      return CaseActText(act);
    }
    case v1::MEMBER_TYPE_OBJECTION: {
      EAGLE_ASSIGN_OR_RETURN(const v1::ObjectionAct act, trust::ParseStrict<v1::ObjectionAct>(member));
      return ObjectionText(act);
    }
    case v1::MEMBER_TYPE_SUPERVISION: {
      EAGLE_ASSIGN_OR_RETURN(const v1::SupervisionAct act, trust::ParseStrict<v1::SupervisionAct>(member));
      return SupervisionText(act);
    }
    case v1::MEMBER_TYPE_STATEMENT: {
      EAGLE_ASSIGN_OR_RETURN(const v1::Statement statement, trust::ParseStrict<v1::Statement>(member));
      return StatementText(statement);
    }
    case v1::MEMBER_TYPE_ADMINISTRATION: {
      EAGLE_ASSIGN_OR_RETURN(const v1::Administration act, trust::ParseStrict<v1::Administration>(member));
      return act.has_approval() ? "approve proposal " + std::to_string(act.approval().proposal_index())
                                : ProposalText(act);
    }
    default:
      return Fail(Reason::kMemberTypeUnknown, "nothing of this type is signed here");
  }
}

// Order or request id, subject of a statement.
std::string MemberId(v1::MemberType type, const std::string& member) {
  if (type == v1::MEMBER_TYPE_ORDER) {
    const auto order = trust::ParseStrict<v1::Order>(member);
    if (order.ok() && order->order_id().size() == kUuidBytes) return UuidText(order->order_id());
  }
  if (type == v1::MEMBER_TYPE_CASE) {
    const auto act = trust::ParseStrict<v1::CaseAct>(member);
    if (act.ok() && act->request_id().size() == kUuidBytes) return UuidText(act->request_id());
  }
  if (type == v1::MEMBER_TYPE_OBJECTION) {
    const auto act = trust::ParseStrict<v1::ObjectionAct>(member);
    if (act.ok() && act->request_id().size() == kUuidBytes) return UuidText(act->request_id());
  }
  if (type == v1::MEMBER_TYPE_SUPERVISION) {
    const auto act = trust::ParseStrict<v1::SupervisionAct>(member);
    if (act.ok() && act->request_id().size() == kUuidBytes) return UuidText(act->request_id());
  }
  if (type == v1::MEMBER_TYPE_STATEMENT) {
    const auto statement = trust::ParseStrict<v1::Statement>(member);
    if (statement.ok()) return statement->subject();
  }
  return "-";
}

absl::StatusOr<v1::SignedBatch> MakeBatch(Session& session, v1::MemberType type, std::vector<std::string> members,
                                          const Signing& signing, bool dry_run) {
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::unique_ptr<trust::Signer>> signers,
                         session.Signers(signing.key_files, signing.officers));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, desk->NewHead(type, dry_run));
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Begin(fields, std::move(members)));
  for (const auto& signer : signers) EAGLE_RETURN_IF_ERROR(draft.Sign(*signer));
  return draft.batch();
}

}  // namespace

void SigningFlags(Verb& verb, Signing& signing) {
  verb.Texts("--sign", &signing.officers,
             "officer who signs, with the key that the configuration names; repeat for each");
  verb.Texts("--key", &signing.key_files, "key file that signs; repeat for each");
}

absl::StatusOr<v1::SignedBatch> SignNow(Session& session, v1::MemberType type, std::vector<std::string> members,
                                        const Signing& signing) {
  if (signing.nobody())
    return Fail(Reason::kFieldMissing, "nobody signs: give --sign OFFICER or --key FILE, once for each signature");
  return MakeBatch(session, type, std::move(members), signing, false);
}

absl::StatusOr<v1::SignedBatch> DryBatch(Session& session, v1::MemberType type, std::vector<std::string> members,
                                         const Signing& signing) {
  return MakeBatch(session, type, std::move(members), signing, true);
}

absl::StatusOr<Document> DescribeDraft(Session& session, const Draft& draft) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Document document;
  document.Add(Record("draft")
                   .Add("signer", Text(draft.head().signer()))
                   .Add("members_are", Text(Word(draft.head().member_type())))
                   .Add("environment", Text(Word(draft.head().environment())))
                   .Add("sequence", Count(draft.head().sequence()))
                   .Add("head_made", Instant(trust::SignedAt(draft.head()), zone))
                   .Add("digest", Cell{SpacedDigest(draft.digest_text()), JsonString(draft.digest_text())}));
  Table members("members", {{"no", kRight}, {"id"}, {"says"}});
  for (size_t i = 0; i < draft.members().size(); ++i) {
    EAGLE_ASSIGN_OR_RETURN(const std::string says, MemberText(draft.head().member_type(), draft.members()[i]));
    members.Add({Count(i + 1), Text(MemberId(draft.head().member_type(), draft.members()[i])), Text(says)});
  }
  document.Add(std::move(members));
  Table signatures("signatures", {{"keyid"}, {"officer"}, {"roles"}, {"holds"}});
  for (const SignerSeen& one : SignersOf(session, draft)) {
    const bool known = one.holds != SignerSeen::Holds::kUnknown;
    signatures.Add({Text(one.key_id), TextOrNothing(one.officer), TextOrNothing(one.roles),
                    known ? YesNo(one.holds == SignerSeen::Holds::kYes) : Nothing()});
  }
  document.Add(std::move(signatures));
  return document;
}

absl::Status SignDraft(Session& session, const std::string& path, const Signing& signing, const std::string& digest) {
  if (signing.nobody()) return Fail(Reason::kFieldMissing, "nobody signs: give --sign OFFICER or --key FILE");
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Read(path));
  if (!digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(draft.digest_text(), digest));
  for (const SignerSeen& one : SignersOf(session, draft)) {
    if (one.holds == SignerSeen::Holds::kNo)
      return Fail(Reason::kSignatureInvalid, "the draft was changed after officer " + one.officer +
                                                 " signed it: sign nothing, compare the digests");
  }
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::unique_ptr<trust::Signer>> signers,
                         session.Signers(signing.key_files, signing.officers));
  EAGLE_ASSIGN_OR_RETURN(const Document before, DescribeDraft(session, draft));
  std::ostringstream shown;
  before.PrintText(shown, false);
  session.Talk(shown.str());
  EAGLE_RETURN_IF_ERROR(
      session.Confirm("Sign exactly this, digest " + SpacedDigest(draft.digest_text()).substr(0, 19) + " ...?"));
  for (const auto& signer : signers) EAGLE_RETURN_IF_ERROR(draft.Sign(*signer));
  EAGLE_RETURN_IF_ERROR(draft.Write(path));
  EAGLE_ASSIGN_OR_RETURN(const Document after, DescribeDraft(session, draft));
  return session.Print(after);
}

Table ProblemsTable() {
  return Table("problems", {{"id"},
                            {"refused_for"},
                            {"field"},
                            {"reason"},
                            {"description"},
                            {"what_to_do"},
                            {"who"},
                            {"journal_index", kRight}});
}

void AddProblems(Table& table, const std::string& id, const v1::Refusal& refusal) {
  const auto index = [&] { return refusal.journal_index() == 0 ? Nothing() : Count(refusal.journal_index()); };
  if (refusal.problems().empty()) {
    table.Add({Text(id), Text(refusal.reason()), Nothing(), Text(refusal.reason()), Text(refusal.message()),
               TextOrNothing(refusal.advice()), TextOrNothing(refusal.who_must_act()), index()});
  }
  for (const v1::FieldProblem& problem : refusal.problems()) {
    const auto known = ReasonByName(problem.reason());
    table.Add({Text(id), Text(refusal.reason()), Text(problem.field()), Text(problem.reason()),
               Text(problem.description()), known ? Text(RowOf(*known).advice) : TextOrNothing(refusal.advice()),
               known ? Text(RowOf(*known).who_must_act) : TextOrNothing(refusal.who_must_act()), index()});
  }
}

absl::Status RefusedStatus(size_t refused, size_t of, const v1::Refusal& first) {
  if (refused == 0) return absl::OkStatus();
  Failure failure = FailureOfRefusal(first);
  failure.violations.clear();  // they stand in the table
  failure.message = std::to_string(refused) + " of " + std::to_string(of) + " refused: " + failure.message;
  return ToStatus(failure);
}

Cell IdCell(std::string_view id) { return id.size() == kUuidBytes ? Text(UuidText(id)) : Nothing(); }

}  // namespace eagle::client
