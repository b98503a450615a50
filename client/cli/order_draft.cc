// eagle order sign | submit, eagle case sign | submit: drafts on their way from officer to officer and out.
#include "client/cli/commands.h"
#include "client/cli/lists.h"
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
  bool pending = false;
  uint64_t wait_seconds = 0;
  OrderListFlags list;
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

// All drafts of a list at once, with keys at hand.
absl::Status SignFolder(Session& session, const SignFlags& flags) {
  if (!flags.signature.empty())
    return Fail(Reason::kFieldInvalid, "a signature made elsewhere is over one draft of the list: name its file");
  EAGLE_ASSIGN_OR_RETURN(const std::optional<OrderList> list, OrderList::OpenIfThere(flags.path));
  EAGLE_RETURN_IF_ERROR(SignList(session, *list, flags.signing, flags.digest));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeList(session, *list));
  return session.Print(document);
}

// Signs with keys at hand, or adds what another device signed.
absl::Status Sign(Session& session, const SignFlags& flags) {
  if (flags.signature.empty() != flags.officer.empty())
    return Fail(Reason::kFieldMissing, "--signature and --officer go together: whose is it?");
  if (IsListFolder(flags.path)) return SignFolder(session, flags);
  if (flags.signature.empty()) return SignDraft(session, flags.path, flags.signing, flags.digest);
  if (!flags.signing.nobody())
    return Fail(Reason::kFieldInvalid, "either a signature made elsewhere, or --sign and --key");
  EAGLE_ASSIGN_OR_RETURN(Draft draft, Draft::Read(flags.path));
  if (!flags.digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(draft.digest_text(), flags.digest));
  EAGLE_RETURN_IF_ERROR(AddSignatureMadeElsewhere(session, draft, flags.signature, flags.officer));
  EAGLE_RETURN_IF_ERROR(draft.Write(flags.path));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, draft));
  return session.Print(document);
}

absl::Status SubmitFolder(Session& session, const SubmitFlags& flags) {
  if (!flags.digest.empty()) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<OrderList> list, OrderList::OpenIfThere(flags.path));
    EAGLE_RETURN_IF_ERROR(ExpectDigest(list->digest_text(), flags.digest));
  }
  return ContinueList(session, flags.path, flags.list);
}

absl::Status SubmitDraft(Session& session, const SubmitFlags& flags) {
  const int named = (flags.pending ? 1 : 0) + (flags.path.empty() ? 0 : 1) + (flags.list.file.empty() ? 0 : 1);
  if (named != 1)
    return Fail(Reason::kFieldMissing,
                "a draft's file, a list's --file, or --pending for what the outbox holds without an answer");
  if (flags.path.empty() && !flags.digest.empty())
    return Fail(Reason::kFieldInvalid, "--digest is of one draft or list: name it");
  if (flags.pending) return SubmitPending(session);
  if (!flags.list.file.empty()) return SubmitFile(session, flags.list);
  if (IsListFolder(flags.path)) return SubmitFolder(session, flags);
  if (!flags.list.signing.nobody() || flags.list.refused_too)
    return Fail(Reason::kFieldInvalid, "--sign, --key and --refused-too are of a list: eagle order sign " + flags.path);
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.path));
  if (!flags.digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(draft.digest_text(), flags.digest));
  if (draft.head().member_type() == v1::MEMBER_TYPE_CASE && !flags.list.dry_run) return SubmitCases(session, draft);
  if (draft.head().member_type() == v1::MEMBER_TYPE_OBJECTION && !flags.list.dry_run)
    return SendObjections(session, draft.batch());
  if (draft.head().member_type() == v1::MEMBER_TYPE_SUPERVISION && !flags.list.dry_run)
    return SendSupervision(session, draft.batch());
  if (draft.head().member_type() != v1::MEMBER_TYPE_ORDER)
    return Fail(Reason::kMemberTypeUnknown, "the file holds no orders: " + flags.path);
  if (flags.list.dry_run) return ValidateAndPrint(session, draft.batch());
  if (!draft.is_signed())
    return Fail(Reason::kSignaturesMissing, "nobody has signed the draft: eagle order sign " + flags.path);
  return SendAndPrint(session, draft.batch(), flags.wait_seconds);
}

}  // namespace

void AddDrafts(Verb& verb, const std::string& noun) {
  auto sign_flags = std::make_shared<SignFlags>();
  Verb sign = verb.Add("sign", "Add your signature to a draft, after reading what it says and its digest.",
                       "eagle order sign group.draft --sign 002\n"
                       "eagle order sign group.draft --signature group.sig --officer 003");
  sign.Text("DRAFT", &sign_flags->path, "the draft's file, or the folder of a list's drafts: all in one act",
            Need::kRequired);
  SigningFlags(sign, sign_flags->signing);
  sign.Text("--digest", &sign_flags->digest, "the digest that the draft must have; another one is refused");
  sign.Text("--signature", &sign_flags->signature,
            "a signature made on another device: a file, or base64; verified, then added");
  sign.Text("--officer", &sign_flags->officer, "whose signature it is: an officer's code or subject");
  sign.Do([sign_flags](Session& session) { return Sign(session, *sign_flags); });

  auto submit_flags = std::make_shared<SubmitFlags>();
  const bool of_orders = noun == "order";
  Verb submit =
      verb.Add("submit",
               of_orders ? "Submit a signed draft; many orders from a file 批量; or again what was never answered."
                         : "Submit a signed draft; or again what was never answered.",
               of_orders ? "eagle order submit group.draft --wait 5\n"
                           "eagle order submit --file orders.csv --dry-run\n"
                           "eagle order submit --file orders.csv --sign 001 --sign 002\n"
                           "eagle order submit --pending"
                         : "eagle " + noun + " submit group.draft --wait 5\neagle " + noun + " submit --pending");
  submit.Text("DRAFT", &submit_flags->path,
              of_orders ? "the draft's file, or the folder of a list's drafts" : "the draft's file");
  submit.Text("--digest", &submit_flags->digest, "the digest that the draft must have; another one is not sent");
  submit.Flag("--pending", &submit_flags->pending, "send what the outbox holds without an answer, the same bytes");
  submit.Flag("--dry-run", &submit_flags->list.dry_run, "say what would happen, without effect");
  submit.Number("--wait", &submit_flags->wait_seconds, "follow the answers of a draft for at most so many seconds");
  if (of_orders) {
    submit.Text(
        "--file", &submit_flags->list.file,
        "a list of orders, *.csv or *.jsonl: column act is a command (inquire, freeze, ...), the others are its "
        "options without dashes; group: lines with the same word are accepted whole or not at all. Drafts and "
        "results go to FILE.drafts; the same command again goes on after a cut and sends nothing twice");
    submit.Texts(
        "--officer", &submit_flags->list.officers,
        "with --file: who stands in the orders that name nobody, handler first; the first two of --sign without "
        "it");
    SigningFlags(submit, submit_flags->list.signing);
    submit.Flag("--refused-too", &submit_flags->list.refused_too,
                "send a list although the dry run refuses some of its orders: they are refused on the record");
  }
  submit.Do([submit_flags](Session& session) { return SubmitDraft(session, *submit_flags); });
}

}  // namespace eagle::client
