// eagle order sign | submit, eagle case sign | submit: drafts on their way from officer to officer and out.
#include "client/cli/commands.h"
#include "client/cli/orders.h"
#include "client/cli/signers.h"
#include "client/lib/errors.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct SignFlags {
  std::string path, digest, signature, officer;
  Signing signing;
};

struct SubmitFlags {
  std::string path, digest;
  bool pending = false, dry_run = false;
  uint64_t wait_seconds = 0;
};

// A draft of a case goes the same way as one of orders.
absl::Status SubmitCases(Session& session, const Draft& draft) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const SentCases sent, desk->SendCases(draft.batch(), *gateway));
  Table results("results", {{"request_id"}, {"result"}, {"journal_index", kRight}, {"proved"}});
  Table problems = ProblemsTable();
  size_t refused = 0;
  v1::Refusal first;
  for (const CaseAnswer& answer : sent.answers) {
    const bool yes = answer.accepted.has_value();
    results.Add({IdCell(answer.request_id), Text(yes ? "ACCEPTED" : "REFUSED"),
                 yes ? Count(answer.accepted->journal_index) : Nothing(), yes ? YesNo(true) : Nothing()});
    if (yes) continue;
    if (refused++ == 0) first = answer.refusal;
    AddProblems(problems, IdCell(answer.request_id).text, answer.refusal);
  }
  Document document;
  document.Add(std::move(results));
  document.Add(std::move(problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  return RefusedStatus(refused, sent.answers.size(), first);
}

// What lies in the outbox without an answer, once more, the same bytes.
absl::Status SubmitPending(Session& session) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const auto resent, desk->ResendPending(*gateway));
  if (resent.empty()) session.Talk("nothing waits in the outbox");
  Table batches("batches", {{"file"}, {"members_are"}, {"result"}});
  Answered answered;
  absl::Status worst;
  for (const Desk::Resent& one : resent) {
    batches.Add({Text(one.name), Text(Word(one.member_type)),
                 Text(one.status.ok() ? "ANSWERED" : RowOf(ReasonOf(one.status)).name)});
    if (worst.ok()) worst = one.status;
    if (!one.orders) continue;
    EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, desk->outbox().Read(one.name));
    AddAnswers(session, zone, item.batch, one.orders->answers, answered);
  }
  Document document;
  document.Add(std::move(batches));
  document.Add(std::move(answered.results));
  document.Add(std::move(answered.problems));
  EAGLE_RETURN_IF_ERROR(session.Print(document));
  EAGLE_RETURN_IF_ERROR(worst);
  return RefusedStatus(answered.refused, answered.all, answered.first);
}

// Signs with keys at hand, or adds what another device signed.
absl::Status Sign(Session& session, const SignFlags& flags) {
  if (flags.signature.empty() != flags.officer.empty())
    return Fail(Reason::kFieldMissing, "--signature and --officer go together: whose is it?");
  if (flags.signature.empty()) return SignDraft(session, flags.path, flags.signing, flags.digest);
  if (!flags.signing.nobody())
    return Fail(Reason::kFieldInvalid, "either a signature made elsewhere, or --sign and --key");
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Read(flags.path));
  if (!flags.digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(draft, flags.digest));
  EAGLE_RETURN_IF_ERROR(AddSignatureMadeElsewhere(session, draft, flags.signature, flags.officer));
  EAGLE_RETURN_IF_ERROR(draft.Write(flags.path));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

absl::Status SubmitDraft(Session& session, const SubmitFlags& flags) {
  if (flags.pending == !flags.path.empty())
    return Fail(Reason::kFieldMissing, "a draft's file, or --pending for what the outbox holds without an answer");
  if (flags.pending && !flags.digest.empty())
    return Fail(Reason::kFieldInvalid, "--digest is of one draft: name its file");
  if (flags.pending) return SubmitPending(session);
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.path));
  if (!flags.digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(draft, flags.digest));
  if (draft.head().member_type() == v1::MEMBER_TYPE_CASE && !flags.dry_run) return SubmitCases(session, draft);
  if (draft.head().member_type() == v1::MEMBER_TYPE_OBJECTION && !flags.dry_run)
    return SendObjections(session, draft.batch());
  if (draft.head().member_type() != v1::MEMBER_TYPE_ORDER)
    return Fail(Reason::kMemberTypeUnknown, "the file holds no orders: " + flags.path);
  if (flags.dry_run) return ValidateAndPrint(session, draft.batch());
  if (!draft.is_signed())
    return Fail(Reason::kSignaturesMissing, "nobody has signed the draft: eagle order sign " + flags.path);
  return SendAndPrint(session, draft.batch(), flags.wait_seconds);
}

}  // namespace

void AddDrafts(Verb& verb) {
  auto sign_flags = std::make_shared<SignFlags>();
  Verb sign = verb.Add("sign", "Add your signature to a draft, after reading what it says and its digest.",
                       "eagle order sign group.draft --sign 002\n"
                       "eagle order sign group.draft --signature group.sig --officer 003");
  sign.Text("DRAFT", &sign_flags->path, "the draft's file", Need::kRequired);
  SigningFlags(sign, sign_flags->signing);
  sign.Text("--digest", &sign_flags->digest, "the digest that the draft must have; another one is refused");
  sign.Text("--signature", &sign_flags->signature,
            "a signature made on another device: a file, or base64; verified, then added");
  sign.Text("--officer", &sign_flags->officer, "whose signature it is: an officer's code or subject");
  sign.Do([sign_flags](Session& session) { return Sign(session, *sign_flags); });

  auto submit_flags = std::make_shared<SubmitFlags>();
  Verb submit = verb.Add("submit", "Submit a signed draft; or again what was never answered.",
                         "eagle order submit group.draft --wait 5\neagle order submit --pending");
  submit.Text("DRAFT", &submit_flags->path, "the draft's file");
  submit.Text("--digest", &submit_flags->digest, "the digest that the draft must have; another one is not sent");
  submit.Flag("--pending", &submit_flags->pending, "send what the outbox holds without an answer, the same bytes");
  submit.Flag("--dry-run", &submit_flags->dry_run, "say what would happen, without effect");
  submit.Number("--wait", &submit_flags->wait_seconds, "follow the answers for at most so many seconds");
  submit.Do([submit_flags](Session& session) { return SubmitDraft(session, *submit_flags); });
}

}  // namespace eagle::client
