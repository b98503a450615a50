// eagle order pending | digest, eagle case pending | digest: drafts that wait for signatures, and what is to be signed
// on another device.
#include <algorithm>
#include <filesystem>

#include "client/cli/batches.h"
#include "client/cli/commands.h"
#include "client/cli/pending.h"
#include "client/cli/signers.h"
#include "client/common/files.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

struct PendingFlags {
  std::vector<std::string> paths;
  bool offline = false;
};

struct DigestFlags {
  std::string path, out;
};

// A draft, or every *.draft of a folder.
absl::StatusOr<std::vector<std::string>> DraftsIn(const std::vector<std::string>& paths) {
  std::vector<std::string> out;
  for (const std::string& path : paths.empty() ? std::vector<std::string>{"."} : paths) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      out.push_back(path);
      continue;
    }
    EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> names, FilesIn(path, ".draft"));
    for (const std::string& name : names) out.push_back(path == "." ? name : path + "/" + name);
  }
  return out;
}

// Nobody may accept any of its orders later; absent for acts on cases.
std::optional<absl::Time> ExpiryOf(const Draft& draft) {
  std::optional<absl::Time> first;
  if (draft.head().member_type() != v1::MEMBER_TYPE_ORDER) return first;
  for (const std::string& member : draft.members()) {
    const auto order = trust::ParseStrict<v1::Order>(member);
    if (order.ok()) first = std::min(first.value_or(absl::InfiniteFuture()), ToTime(order->not_after()));
  }
  return first;
}

bool IsSent(Desk& desk, const Draft& draft) {
  const auto sent = desk.outbox().Find(draft.batch());
  return sent.ok() && *sent && (*sent)->state == OutboxState::kAnswered;
}

std::string SignedBy(const std::vector<SignerSeen>& signers) {
  std::string out;
  for (const SignerSeen& one : signers) {
    out += out.empty() ? "" : ", ";
    out += one.officer.empty() ? "key " + one.key_id : one.officer;
    if (!one.roles.empty()) out += " (" + one.roles + ")";
    if (one.holds == SignerSeen::Holds::kNo) out += " NOT OVER THIS";
  }
  return out;
}

// What the policy in force misses, in the gateway's own words, each once: first signatures, then all else.
struct Missing {
  std::string signatures, other;
};
void Collect(const v1::Refusal& refusal, Missing& missing) {
  for (const v1::FieldProblem& problem : refusal.problems()) {
    std::string& out = IsAboutSigners(problem.reason()) ? missing.signatures : missing.other;
    const std::string words =
        IsAboutSigners(problem.reason()) ? problem.description() : problem.field() + " " + problem.reason();
    if (out.find(words) == std::string::npos) out += (out.empty() ? "" : "; ") + words;
  }
  if (refusal.problems().empty() && !refusal.reason().empty()) missing.other = refusal.reason();
}

absl::StatusOr<Missing> AskGateway(Session& session, const Draft& draft) {
  // An unsigned draft is tried as if everybody had signed.
  Missing missing;
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  if (draft.head().member_type() == v1::MEMBER_TYPE_ORDER) {
    v1::SubmitOrdersRequest request;
    *request.mutable_batch() = draft.batch();
    EAGLE_ASSIGN_OR_RETURN(const v1::ValidateOrdersResponse response, gateway->ValidateOrders(request));
    for (const v1::OrderResult& result : response.results()) Collect(result.refusal(), missing);
  } else {
    v1::SubmitCaseActsRequest request;
    *request.mutable_batch() = draft.batch();
    request.set_validate_only(true);
    EAGLE_ASSIGN_OR_RETURN(const v1::SubmitCaseActsResponse response, gateway->SubmitCaseActs(request));
    for (const v1::CaseActResult& result : response.results()) Collect(result.refusal(), missing);
  }
  if (!draft.is_signed()) missing.signatures = "nobody has signed";
  return missing;
}

}  // namespace

absl::StatusOr<std::vector<WaitingDraft>> WaitingDrafts(Session& session, const std::vector<std::string>& paths,
                                                        bool offline) {
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, offline ? session.desk() : session.desk_with_book());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::string> files, DraftsIn(paths));
  std::vector<WaitingDraft> out;
  for (const std::string& path : files) {
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(path));
    const v1::MemberType type = draft.head().member_type();
    if ((type != v1::MEMBER_TYPE_ORDER && type != v1::MEMBER_TYPE_CASE) || IsSent(*desk, draft)) continue;
    const std::vector<SignerSeen> signers = SignersOf(session, draft);
    Missing missing;
    if (!offline) {
      auto asked = AskGateway(session, draft);
      if (!asked.ok()) session.Talk(path + ": " + FailureOf(asked.status()).message);
      missing =
          asked.ok() ? *asked : Missing{.signatures = {}, .other = std::string(RowOf(ReasonOf(asked.status())).name)};
    }
    const std::optional<absl::Time> expiry = ExpiryOf(draft);
    const bool changed = std::any_of(signers.begin(), signers.end(),
                                     [](const SignerSeen& one) { return one.holds == SignerSeen::Holds::kNo; });
    const char* state = changed                                                 ? "CHANGED_AFTER_SIGNING"
                        : expiry && *expiry < session.process().clock.WallNow() ? "EXPIRED"
                        : !draft.is_signed()                                    ? "UNSIGNED"
                        : offline                                               ? "SIGNED"
                        : missing.signatures.empty() && missing.other.empty()   ? "READY"
                        : missing.signatures.empty()                            ? "WOULD_BE_REFUSED"
                                                                                : "WAITS";
    out.push_back({path, draft.members().size(), type, state, SignedBy(signers), missing.signatures, missing.other,
                   expiry, draft.digest_text()});
  }
  return out;
}

namespace {

absl::Status Pending(Session& session, const PendingFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const std::vector<WaitingDraft> drafts, WaitingDrafts(session, flags.paths, flags.offline));
  Table table("drafts", {{"draft"},
                         {"members", kRight},
                         {"members_are"},
                         {"state"},
                         {"signed_by"},
                         {"missing"},
                         {"not_after"},
                         {"digest"},
                         {"other_problems"}});
  for (const WaitingDraft& draft : drafts)
    table.Add({Text(draft.path), Count(draft.members), Text(Word(draft.type)), Text(draft.state),
               TextOrNothing(draft.signed_by), TextOrNothing(draft.missing),
               draft.not_after ? Instant(*draft.not_after, zone) : Nothing(),
               Cell{SpacedDigest(draft.digest), JsonString(draft.digest)}, TextOrNothing(draft.other_problems)});
  Document document;
  document.Add(std::move(table));
  return session.Print(document);
}

absl::Status ShowDigest(Session& session, const DigestFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const Draft draft, Draft::Read(flags.path));
  const std::string message = draft.to_be_signed();
  if (!flags.out.empty()) EAGLE_RETURN_IF_ERROR(WriteDurably(flags.out, message));
  Document document;
  document.Add(Record("to_be_signed")
                   .Add("draft", Text(flags.path))
                   .Add("digest", Cell{SpacedDigest(draft.digest_text()), JsonString(draft.digest_text())})
                   .Add("payload_type", Text(draft.batch().head().payload_type()))
                   .Add("bytes", Count(message.size()))
                   .Add("base64", Text(Base64Encode(message)))
                   .Add("file", TextOrNothing(flags.out)));
  return session.Print(document);
}

}  // namespace

void AddPending(Verb& verb, const std::string& noun) {
  auto pending_flags = std::make_shared<PendingFlags>();
  Verb pending = verb.Add("pending", "List drafts that wait for signatures: who has signed, who is missing 待会签.",
                          "eagle " + noun + " pending drafts/");
  pending.Texts("PATH", &pending_flags->paths, "drafts, or folders of *.draft; this folder without it");
  pending.Flag("--offline", &pending_flags->offline, "don't ask the gateway what the policy in force misses");
  pending.Do([pending_flags](Session& session) { return Pending(session, *pending_flags); });

  auto digest_flags = std::make_shared<DigestFlags>();
  Verb digest = verb.Add("digest", "Show the bytes that are signed and their digest, for a device of its own.",
                         "eagle " + noun + " digest group.draft --out group.bytes\neagle " + noun +
                             " sign group.draft --signature group.sig --officer 003");
  digest.Text("DRAFT", &digest_flags->path, "the draft's file", Need::kRequired);
  digest.Text("--out", &digest_flags->out, "write the bytes to be signed into this file");
  digest.Do([digest_flags](Session& session) { return ShowDigest(session, *digest_flags); });
}

}  // namespace eagle::client
