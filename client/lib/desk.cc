#include "client/lib/desk.h"

#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/trust/codes.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// A name under which several machines sign.
bool IsShared(std::string_view organisation) {
  return organisation == trust::kRegistrar || organisation == trust::kAdministratorSigner;
}

absl::Status WrongCount(const OutboxItem& item) {
  return AsVerification(
      Fail(Reason::kAcceptanceMismatch, "the answer hasn't one result a member").With("file", item.name));
}

}  // namespace

Desk::Desk(const DeskOptions& options, DeskPorts ports, std::unique_ptr<journal::NoteVerifier> log_key,
           std::optional<BookFile> book)
    : options_(options),
      ports_(ports),
      log_key_(std::move(log_key)),
      outbox_(options.state_folder + "/outbox", ports.clock),
      sequences_(options.state_folder + "/sequences", ports.entropy, IsShared(options.organisation)),
      checkpoints_(options.state_folder, *log_key_),
      book_(std::move(book)) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const DeskOptions& options, DeskPorts ports) {
  if (!trust::IsCode(options.organisation))
    return Fail(Reason::kConfigurationInvalid, "organisation must be a code without white space and slashes");
  if (options.environment == v1::ENVIRONMENT_UNSPECIFIED)
    return Fail(Reason::kConfigurationInvalid, "environment must be test or production");
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<journal::NoteVerifier> log_key, journal::ParseVerifierKey(options.log_key));
  EAGLE_RETURN_IF_ERROR(MakeFolder(options.state_folder));
  std::optional<BookFile> book;
  if (!options.registrar_keys.empty()) {
    trust::PinnedRegistrars pinned{options.registrar_keys, options.registrar_threshold, options.environment};
    EAGLE_ASSIGN_OR_RETURN(book,
                           BookFile::Open(options.state_folder + "/statements", std::move(pinned), ports.checker));
  }
  return std::unique_ptr<Desk>(new Desk(options, ports, std::move(log_key), std::move(book)));
}

absl::StatusOr<trust::HeadFields> Desk::NewHead(v1::MemberType type, bool dry_run) {
  trust::HeadFields fields{.member_type = type, .environment = options_.environment, .signer = options_.organisation};
  EAGLE_ASSIGN_OR_RETURN(fields.sequence, dry_run ? sequences_.Peek(options_.organisation, type)
                                                  : sequences_.Take(options_.organisation, type));
  fields.signed_at = ports_.clock.WallNow();
  return fields;
}

absl::StatusOr<journal::Checkpoint> Desk::Observe(std::string_view note, Gateway& gateway) {
  return checkpoints_.Observe(note, gateway);
}

template <class Response>
absl::StatusOr<Response> Desk::Finish(const OutboxItem& item, absl::StatusOr<Response> answer) {
  if (answer.ok()) {
    EAGLE_RETURN_IF_ERROR(outbox_.Answered(item.name, answer->SerializeAsString()));
    return answer;
  }
  // Only the gateway's own "no" ends a batch; after silence it goes out again.
  if (OriginOf(answer.status()) == Origin::kGateway) {
    EAGLE_RETURN_IF_ERROR(outbox_.Refused(item.name, std::string(RowOf(ReasonOf(answer.status())).name)));
  }
  return answer;
}

absl::StatusOr<SentOrders> Desk::SendOrders(const v1::SignedBatch& batch, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = item.batch;
  SentOrders sent;
  EAGLE_ASSIGN_OR_RETURN(sent.response, Finish(item, gateway.SubmitOrders(request)));
  if (sent.response.results_size() != item.batch.members_size()) return WrongCount(item);
  // A batch of which nothing was recorded may come without a checkpoint; an acceptance may not.
  if (!sent.response.checkpoint().empty()) {
    EAGLE_ASSIGN_OR_RETURN(sent.checkpoint, Observe(sent.response.checkpoint(), gateway));
  }
  for (int i = 0; i < sent.response.results_size(); ++i) {
    const v1::OrderResult& result = sent.response.results(i);
    EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(item.batch.members(i)));
    OrderAnswer answer{.order_id = order.order_id(), .refusal = result.refusal()};
    if (result.has_acceptance()) {
      EAGLE_ASSIGN_OR_RETURN(answer.accepted,
                             VerifyAcceptance(item.batch.members(i), result.acceptance(), sent.checkpoint));
    } else if (!result.has_refusal() || result.order_id() != order.order_id()) {
      return WrongCount(item);
    }
    sent.answers.push_back(std::move(answer));
  }
  return sent;
}

absl::StatusOr<SentCases> Desk::SendCases(const v1::SignedBatch& batch, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitCaseActsRequest request;
  *request.mutable_batch() = item.batch;
  SentCases sent;
  EAGLE_ASSIGN_OR_RETURN(sent.response, Finish(item, gateway.SubmitCaseActs(request)));
  if (sent.response.results_size() != item.batch.members_size()) return WrongCount(item);
  journal::Checkpoint checkpoint;
  if (!sent.response.checkpoint().empty()) {
    EAGLE_ASSIGN_OR_RETURN(checkpoint, Observe(sent.response.checkpoint(), gateway));
  }
  for (int i = 0; i < sent.response.results_size(); ++i) {
    const v1::CaseActResult& result = sent.response.results(i);
    EAGLE_ASSIGN_OR_RETURN(const v1::CaseAct act, trust::ParseStrict<v1::CaseAct>(item.batch.members(i)));
    CaseAnswer answer{
        .request_id = act.request_id(), .case_seq = result.acceptance().case_seq(), .refusal = result.refusal()};
    if (result.has_acceptance()) {
      EAGLE_ASSIGN_OR_RETURN(answer.accepted, VerifyCaseAct(item.batch.members(i), result.acceptance(), checkpoint));
    } else if (!result.has_refusal() || result.request_id() != act.request_id()) {
      return WrongCount(item);
    }
    sent.answers.push_back(std::move(answer));
  }
  return sent;
}

absl::StatusOr<v1::SubmitStatementsResponse> Desk::SendStatements(const v1::SignedBatch& batch, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitStatementsRequest request;
  *request.mutable_batch() = item.batch;
  EAGLE_ASSIGN_OR_RETURN(v1::SubmitStatementsResponse response, Finish(item, gateway.SubmitStatements(request)));
  if (response.results_size() != item.batch.members_size()) return WrongCount(item);
  if (!response.checkpoint().empty()) EAGLE_RETURN_IF_ERROR(Observe(response.checkpoint(), gateway).status());
  return response;
}

absl::StatusOr<v1::SubmitAdministrationResponse> Desk::SendAdministration(const v1::SignedBatch& batch,
                                                                          Gateway& gateway, Gateway* proofs) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitAdministrationRequest request;
  *request.mutable_batch() = item.batch;
  EAGLE_ASSIGN_OR_RETURN(v1::SubmitAdministrationResponse response,
                         Finish(item, gateway.SubmitAdministration(request)));
  if (response.results_size() != item.batch.members_size()) return WrongCount(item);
  if (response.checkpoint().empty()) return response;
  if (proofs != nullptr) {
    EAGLE_RETURN_IF_ERROR(Observe(response.checkpoint(), *proofs).status());
  } else {
    EAGLE_RETURN_IF_ERROR(AsVerification(journal::OpenCheckpoint(response.checkpoint(), *log_key_).status()));
  }
  return response;
}

absl::StatusOr<std::vector<Desk::Resent>> Desk::ResendPending(Gateway& gateway) {
  std::vector<Resent> resent;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> pending, outbox_.Pending());
  for (const OutboxItem& item : pending) {
    Resent one{.name = item.name, .member_type = item.member_type};
    switch (item.member_type) {
      case v1::MEMBER_TYPE_ORDER: {
        auto sent = SendOrders(item.batch, gateway);
        one.status = sent.status();
        if (sent.ok()) one.orders = *std::move(sent);
        break;
      }
      case v1::MEMBER_TYPE_CASE:
        one.status = SendCases(item.batch, gateway).status();
        break;
      case v1::MEMBER_TYPE_STATEMENT:
        one.status = SendStatements(item.batch, gateway).status();
        break;
      case v1::MEMBER_TYPE_ADMINISTRATION:
        one.status = SendAdministration(item.batch, gateway, &gateway).status();
        break;
      default:
        one.status = Fail(Reason::kMemberTypeUnknown, "nothing of this type is sent from here");
    }
    const bool later = !one.status.ok() && OriginOf(one.status) == Origin::kUnavailable;
    resent.push_back(std::move(one));
    if (later) break;
  }
  return resent;
}

absl::StatusOr<SyncReport> Desk::SyncBook(Gateway& gateway) {
  if (!book_)
    return Fail(Reason::kConfigurationInvalid,
                "no registrar keys are pinned, so no statement can be believed: see [trust] registrars");
  return book_->Sync(gateway);
}

}  // namespace eagle::client
