#include "client/lib/desk.h"

#include <algorithm>

#include "client/common/files.h"
#include "client/lib/errors.h"
#include "server/trust/codes.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

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

Desk::Desk(const DeskOptions& options, DeskPorts ports, LogKeys keys, std::unique_ptr<journal::NoteVerifier> log_key,
           std::optional<BookFile> book)
    : options_(options),
      ports_(ports),
      keys_(std::move(keys)),
      log_key_(std::move(log_key)),
      outbox_(options.state_folder + "/outbox", ports.clock),
      sequences_(options.state_folder + "/sequences", ports.entropy, IsShared(options.organisation)),
      papers_(options.state_folder + "/papers"),
      checkpoints_(options.state_folder, *log_key_, keys_.checkpoint_file()),
      book_(std::move(book)) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const DeskOptions& options, DeskPorts ports) {
  if (!trust::IsCode(options.organisation))
    return Fail(Reason::kConfigurationInvalid, "organisation must be a code without white space and slashes");
  if (options.environment == v1::ENVIRONMENT_UNSPECIFIED)
    return Fail(Reason::kConfigurationInvalid, "environment must be test or production");
  EAGLE_RETURN_IF_ERROR(journal::ParseVerifierKey(options.log_key).status());
  EAGLE_RETURN_IF_ERROR(MakeFolder(options.state_folder));
  EAGLE_ASSIGN_OR_RETURN(LogKeys keys, LogKeys::Open(options.state_folder, options.log_key));
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<journal::NoteVerifier> log_key, journal::ParseVerifierKey(keys.now()));
  std::optional<BookFile> book;
  if (!options.registrar_keys.empty()) {
    trust::PinnedRegistrars pinned{options.registrar_keys, options.registrar_threshold, options.environment};
    EAGLE_ASSIGN_OR_RETURN(book,
                           BookFile::Open(options.state_folder + "/statements", std::move(pinned), ports.checker));
  }
  DeskOptions believed = options;
  believed.log_key = keys.now();
  return std::unique_ptr<Desk>(new Desk(believed, ports, std::move(keys), std::move(log_key), std::move(book)));
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
  // Only the gateway's own "no" ends a batch; after silence it goes out again, and once its papers are there.
  if (OriginOf(answer.status()) == Origin::kGateway && ReasonOf(answer.status()) != Reason::kBlobMissing &&
      ReasonOf(answer.status()) != Reason::kBlobQuotaExceeded) {
    EAGLE_RETURN_IF_ERROR(outbox_.Refused(item.name, std::string(RowOf(ReasonOf(answer.status())).name)));
  }
  return answer;
}

absl::StatusOr<SentOrders> Desk::SendOrders(const v1::SignedBatch& batch, Gateway& gateway) {
  v1::SubmitOrdersRequest request;
  *request.mutable_batch() = batch;
  return SendOrders(std::move(request), gateway);
}

absl::StatusOr<SentOrders> Desk::SendOrders(v1::SubmitOrdersRequest request, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(request.batch()));
  *request.mutable_batch() = item.batch;
  if (const absl::Status put = PutPapersOf(item.batch, papers_, gateway, paper_progress_); !put.ok())
    return Finish<v1::SubmitOrdersResponse>(item, put).status();
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

absl::StatusOr<v1::SubmitObjectionsResponse> Desk::SendObjections(const v1::SignedBatch& batch, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitObjectionsRequest request;
  *request.mutable_batch() = item.batch;
  EAGLE_ASSIGN_OR_RETURN(v1::SubmitObjectionsResponse response, Finish(item, gateway.AnswerObjection(request)));
  if (response.results_size() != item.batch.members_size()) return WrongCount(item);
  if (!response.checkpoint().empty()) EAGLE_RETURN_IF_ERROR(Observe(response.checkpoint(), gateway).status());
  return response;
}

absl::StatusOr<v1::SubmitSupervisionResponse> Desk::SendSupervision(const v1::SignedBatch& batch, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const OutboxItem item, outbox_.Put(batch));
  v1::SubmitSupervisionRequest request;
  *request.mutable_batch() = item.batch;
  EAGLE_ASSIGN_OR_RETURN(v1::SubmitSupervisionResponse response, Finish(item, gateway.SubmitSupervision(request)));
  if (response.results_size() != item.batch.members_size()) return WrongCount(item);
  if (!response.checkpoint().empty()) EAGLE_RETURN_IF_ERROR(Observe(response.checkpoint(), gateway).status());
  return response;
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
      case v1::MEMBER_TYPE_OBJECTION:
        one.status = SendObjections(item.batch, gateway).status();
        break;
      case v1::MEMBER_TYPE_SUPERVISION:
        one.status = SendSupervision(item.batch, gateway).status();
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

absl::StatusOr<RecoveryProved> Desk::AcceptRecovery(Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const auto seen, checkpoints_.Newest());
  EAGLE_ASSIGN_OR_RETURN(RecoveryProved proved, ProveRecovery(gateway, *log_key_, seen ? &seen->checkpoint : nullptr));
  EAGLE_RETURN_IF_ERROR(keys_.Keep(proved));
  if (book_) EAGLE_RETURN_IF_ERROR(book_->Rewind(proved.recoveries.front().index));
  return proved;
}

namespace {

// Where the answer stands: its checkpoint's claimed origin, and the indexes that it gives.
struct LostAnswer {
  std::string checkpoint;
  std::vector<uint64_t> indexes;  // of members that were recorded
};
absl::StatusOr<LostAnswer> AnswerOf(const OutboxItem& item) {
  LostAnswer out;
  const auto damaged = [&] {
    return Fail(Reason::kStorageDamaged, "an answer in the outbox can't be read: " + item.name);
  };
  if (item.member_type == v1::MEMBER_TYPE_ORDER) {
    v1::SubmitOrdersResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::OrderResult& result : response.results())
      if (result.has_acceptance()) out.indexes.push_back(result.acceptance().order_seq());
  } else if (item.member_type == v1::MEMBER_TYPE_CASE) {
    v1::SubmitCaseActsResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::CaseActResult& result : response.results())
      if (result.has_acceptance()) out.indexes.push_back(result.acceptance().journal_index());
  } else if (item.member_type == v1::MEMBER_TYPE_OBJECTION) {
    v1::SubmitObjectionsResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::ObjectionResult& result : response.results())
      if (result.has_acceptance()) out.indexes.push_back(result.acceptance().journal_index());
  } else if (item.member_type == v1::MEMBER_TYPE_SUPERVISION) {
    v1::SubmitSupervisionResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::SupervisionOutcome& result : response.results())
      if (result.has_acceptance()) out.indexes.push_back(result.acceptance().journal_index());
  } else if (item.member_type == v1::MEMBER_TYPE_STATEMENT) {
    v1::SubmitStatementsResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::StatementResult& result : response.results())
      if (result.journal_index() != 0) out.indexes.push_back(result.journal_index());
  } else if (item.member_type == v1::MEMBER_TYPE_ADMINISTRATION) {
    v1::SubmitAdministrationResponse response;
    if (!response.ParseFromString(item.answer)) return damaged();
    out.checkpoint = response.checkpoint();
    for (const v1::AdministrationResult& result : response.results())
      if (result.journal_index() != 0) out.indexes.push_back(result.journal_index());
  }
  return out;
}

}  // namespace

absl::StatusOr<std::vector<Desk::LostBatch>> Desk::Lost() const {
  std::vector<LostBatch> lost;
  EAGLE_ASSIGN_OR_RETURN(std::vector<OutboxItem> items, outbox_.Answered());
  for (OutboxItem& item : items) {
    EAGLE_ASSIGN_OR_RETURN(const LostAnswer answered, AnswerOf(item));
    const std::optional<uint64_t> lost_from = keys_.LostFrom(answered.checkpoint);
    if (!lost_from) continue;
    LostBatch one;
    for (const uint64_t index : answered.indexes) {
      if (index < *lost_from) continue;
      one.first_index = one.recorded++ == 0 ? index : std::min(one.first_index, index);
    }
    if (one.recorded == 0) continue;
    one.item = std::move(item);
    lost.push_back(std::move(one));
  }
  std::sort(lost.begin(), lost.end(), [](const auto& a, const auto& b) { return a.first_index < b.first_index; });
  return lost;
}

namespace {

// One acceptance as it lies in the outbox, verified with the key of its own origin.
PromisedOrder Again(const std::string& member, const v1::Acceptance& acceptance, const std::string& note,
                    const std::optional<std::string>& key) {
  PromisedOrder out{.order_seq = acceptance.order_seq()};
  out.order.ParseFromString(member);
  const auto prove = [&]() -> absl::Status {
    if (!key) return Fail(Reason::kLogOtherOrigin, "its checkpoint is of a log that was never believed here");
    EAGLE_ASSIGN_OR_RETURN(const auto verifier, journal::ParseVerifierKey(*key));
    EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, journal::OpenCheckpoint(note, *verifier));
    EAGLE_ASSIGN_OR_RETURN(const VerifiedAcceptance proved, VerifyAcceptance(member, acceptance, head));
    out.accepted_at = proved.accepted_at;
    out.begins = proved.begins;
    return absl::OkStatus();
  };
  out.proved = prove();
  return out;
}

// What was signed beforehand is promised for its day.
bool MayBeginSince(const std::string& member, absl::Time since) {
  v1::Order order;
  return order.ParseFromString(member) && order.has_not_before() &&
         trust::TimeOf(order.not_before()).value_or(absl::InfinitePast()) >= since;
}

}  // namespace

absl::StatusOr<std::vector<PromisedOrder>> Desk::Promised(absl::Time since) const {
  std::vector<PromisedOrder> promised;
  EAGLE_ASSIGN_OR_RETURN(const std::vector<OutboxItem> items, outbox_.Answered());
  for (const OutboxItem& item : items) {
    if (item.member_type != v1::MEMBER_TYPE_ORDER) continue;
    v1::SubmitOrdersResponse response;
    if (!response.ParseFromString(item.answer) || response.results_size() != item.batch.members_size())
      return Fail(Reason::kStorageDamaged, "an answer in the outbox can't be read: " + item.name);
    const std::optional<uint64_t> lost_from = keys_.LostFrom(response.checkpoint());
    for (int i = 0; i < response.results_size(); ++i) {
      if (!response.results(i).has_acceptance()) continue;
      if (item.changed_at < since && !MayBeginSince(item.batch.members(i), since)) continue;
      const v1::Acceptance& acceptance = response.results(i).acceptance();
      if (lost_from && acceptance.order_seq() >= *lost_from) continue;
      promised.push_back(
          Again(item.batch.members(i), acceptance, response.checkpoint(), keys_.KeyFor(response.checkpoint())));
      if (!promised.back().proved.ok()) promised.back().accepted_at = item.changed_at;
    }
  }
  std::sort(promised.begin(), promised.end(), [](const auto& a, const auto& b) { return a.order_seq < b.order_seq; });
  return promised;
}

absl::StatusOr<Desk::LostBatch> Desk::SignedAnew(const v1::SignedBatch& anew) {
  EAGLE_ASSIGN_OR_RETURN(std::vector<LostBatch> lost, Lost());
  const journal::Hash digest = trust::HeadDigest(anew.head());
  for (LostBatch& one : lost) {
    if (trust::HeadDigest(one.item.batch.head()) != digest) continue;
    *one.item.batch.mutable_head() = anew.head();
    return std::move(one);
  }
  return Fail(Reason::kOrderUnknown, "no batch that is lost has this head: see eagle order resend --dry-run");
}

absl::StatusOr<Desk::Resent> Desk::Resend(const LostBatch& lost, Gateway& gateway) {
  const OutboxItem& item = lost.item;
  if (item.member_type == v1::MEMBER_TYPE_ADMINISTRATION)
    return Fail(Reason::kRecoveryMismatch, "proposals and approvals are made anew: their indexes are others now");
  v1::SubmitOrdersRequest orders;
  if (item.member_type == v1::MEMBER_TYPE_ORDER) {
    *orders.mutable_batch() = item.batch;
    v1::SubmitOrdersResponse before;
    if (!before.ParseFromString(item.answer)) return Fail(Reason::kStorageDamaged, "the lost answer can't be read");
    for (const v1::OrderResult& result : before.results())
      if (result.has_refusal()) orders.add_refused_before(result.order_id());
    EAGLE_ASSIGN_OR_RETURN(const v1::ValidateOrdersResponse dry, gateway.ValidateOrders(orders));
    if (dry.results_size() != before.results_size()) return WrongCount(item);
    for (int i = 0; i < dry.results_size(); ++i) {
      if (before.results(i).has_acceptance() && !dry.results(i).has_acceptance())
        return Fail(Reason::kRecoveryMismatch,
                    "not yet, or not without people: the gateway would say now " + dry.results(i).refusal().reason());
    }
  }
  EAGLE_RETURN_IF_ERROR(outbox_.KeepAside(item));
  Resent resent{.name = item.name, .member_type = item.member_type};
  if (item.member_type == v1::MEMBER_TYPE_ORDER) {
    EAGLE_RETURN_IF_ERROR(outbox_.SignAnew(item));
    EAGLE_ASSIGN_OR_RETURN(resent.orders, SendOrders(std::move(orders), gateway));
  } else if (item.member_type == v1::MEMBER_TYPE_CASE) {
    EAGLE_RETURN_IF_ERROR(SendCases(item.batch, gateway).status());
  } else if (item.member_type == v1::MEMBER_TYPE_OBJECTION) {
    EAGLE_RETURN_IF_ERROR(SendObjections(item.batch, gateway).status());
  } else if (item.member_type == v1::MEMBER_TYPE_SUPERVISION) {
    EAGLE_RETURN_IF_ERROR(SendSupervision(item.batch, gateway).status());
  } else {
    EAGLE_RETURN_IF_ERROR(SendStatements(item.batch, gateway).status());
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
