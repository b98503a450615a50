#include "adapters/conformance/gateway.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/receipt_rules.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/batch.h"
#include "server/trust/freeze_named.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

constexpr uint32_t kTasksMax = 256, kPollWaitMax = 30, kPollWaitSeconds = 5, kRenewSeconds = 20;
constexpr size_t kStatementsAPoll = 256;
constexpr int kUnknownField = 9999;  // of no version of the contract

std::string DigestOf(std::string_view member) { return std::string(journal::View(journal::LeafHash(member))); }

void AddUnknown(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(kUnknownField, "of a later version");
}

absl::Status NoAnswer() { return Fail(Reason::kUnavailable, "the connection broke"); }

}  // namespace

const Seen* HandedTask::LastWord() const {
  for (const Seen& seen : receipts) {
    const v1::ReceiptKind kind = seen.receipt.kind();
    if (kind == v1::RECEIPT_KIND_FINAL || kind == v1::RECEIPT_KIND_RETURNED) return &seen;
  }
  return nullptr;
}

FakeGateway::FakeGateway(const World& world, Clock& clock)
    : world_(world),
      clock_(clock),
      began_at_(clock.WallNow() - absl::Seconds(1)),
      last_fence_(static_cast<uint64_t>(absl::ToUnixMicros(clock.WallNow()))) {}  // above those of any earlier run

void FakeGateway::Hand(const v1::SignedMember& member) {
  HandedTask task;
  task.member = member;
  task.order.ParseFromString(member.member());
  task.digest = DigestOf(member.member());
  by_digest_[task.digest] = tasks_.size();
  tasks_.push_back(std::move(task));
}

void FakeGateway::HandAgain(const std::string& digest) {
  HandedTask& task = *Find(digest);
  task.open = true;
  task.held_back = false;
  task.fence = 0;
}

void FakeGateway::Withdraw(const std::string& digest) {
  HandedTask& task = *Find(digest);
  task.withdrawn = true;
  withdrawn_.push_back(task.order.order_id());
}

void FakeGateway::ForgetSessions() {
  known_.clear();
  ++sessions_;
  EndLeases();
}

void FakeGateway::EndLeases() {
  for (HandedTask& task : tasks_) task.lease_end = -absl::InfiniteDuration();
}

void FakeGateway::DropOpenTasks() {
  for (HandedTask& task : tasks_) task.open = false;
}

void FakeGateway::Straighten() {
  const bool greeted_wrongly =
      !bent.greets_as.empty() || bent.environment != v1::ENVIRONMENT_TEST || bent.lease != Bent().lease;
  bent = Bent();
  if (greeted_wrongly) ForgetSessions();  // so that it is greeted anew
}

HandedTask* FakeGateway::Find(const std::string& digest) {
  const auto found = by_digest_.find(digest);
  return found == by_digest_.end() ? nullptr : &tasks_[found->second];
}

uint64_t FakeGateway::CallsInAll() const { return std::accumulate(calls_.begin(), calls_.end(), uint64_t{0}); }
std::vector<std::string> FakeGateway::TakeBreaches() { return std::exchange(breaches_, {}); }

absl::Status FakeGateway::Admit(Method method, const std::string& instance) {
  ++calls_[static_cast<size_t>(method)];
  if (bent.unavailable) return NoAnswer();
  if (method != Method::kHello && !IsKnown(instance)) return Fail(Reason::kHelloFirst, "say Hello");
  return absl::OkStatus();
}

absl::StatusOr<v1::HelloResponse> FakeGateway::Hello(const v1::HelloRequest& request) {
  EAGLE_RETURN_IF_ERROR(Admit(Method::kHello, request.instance()));
  for (std::string& wrong : WrongInHello(request)) Breach(std::move(wrong));
  hellos_.push_back(request);
  known_ = {request.instance()};  // one process is examined; polls of one that died end now
  EndLeases();
  v1::HelloResponse response;
  response.set_contract_version(1);
  response.set_poll_wait_seconds(kPollWaitSeconds);
  response.set_lease_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(bent.lease)));
  response.set_renew_seconds(std::min(kRenewSeconds, std::max(1u, response.lease_seconds() / 3)));
  response.set_environment(bent.environment);
  response.set_agency(bent.greets_as.empty() ? world_.agency() : bent.greets_as);
  *response.mutable_effective() = request.capabilities();
  *response.mutable_gateway_time() = trust::TimestampOf(clock_.WallNow() + bent.gateway_time_ahead);
  response.set_origin(origin);
  response.set_recovered_at(recovered_at);
  if (bent.unknown_fields) AddUnknown(response);
  return response;
}

void FakeGateway::CountPoll(const v1::PullTasksRequest& request) {
  ++calls_[static_cast<size_t>(Method::kPull)];
  if (request.most_tasks() < 1 || request.most_tasks() > kTasksMax) Breach("PullTasks.most_tasks: 1 to 256");
  if (request.wait_seconds() > kPollWaitMax) Breach("PullTasks.wait_seconds: at most 30");
  if (request.last_delivery() > last_fence_) Breach("PullTasks.last_delivery: a delivery that never was");
  if (!request.directory_digest().empty() && request.directory_digest() != StreamDigest(request.directory_position()))
    Breach("PullTasks.directory_digest: not that of the statements up to directory_position");
}

// d(n) as DirectoryHead has it (entry.proto); positions are 1, 2, 3 here.
std::string FakeGateway::StreamDigest(uint64_t position) const {
  std::string digest(journal::kHashSize, '\0');
  for (const v1::SignedMember& statement : world_.statements()) {
    if (position-- == 0) break;
    const journal::Hash next = journal::Sha256(digest + DigestOf(statement.member()));
    digest = journal::View(next);
  }
  return digest;
}

std::optional<absl::StatusOr<v1::PullTasksResponse>> FakeGateway::PullTasks(const v1::PullTasksRequest& request,
                                                                            bool last) {
  if (bent.unavailable) return NoAnswer();
  if (!IsKnown(request.instance())) return Fail(Reason::kHelloFirst, "say Hello");
  v1::PullTasksResponse response;
  response.set_directory_complete(AddDirectory(request, response));
  if (response.directory_complete() || bent.statements_held_back) AddTasks(request, response);
  for (const std::string& order_id : std::exchange(withdrawn_, {})) response.add_withdrawn(order_id);
  if (!last && response.tasks().empty() && response.directory().empty() && response.withdrawn().empty())
    return std::nullopt;
  *response.mutable_gateway_time() = trust::TimestampOf(clock_.WallNow() + bent.gateway_time_ahead);
  if (bent.unknown_fields) {
    AddUnknown(response);
    for (v1::Task& task : *response.mutable_tasks()) AddUnknown(task);
  }
  bent.dress(response);
  return response;
}

void FakeGateway::AddTasks(const v1::PullTasksRequest& request, v1::PullTasksResponse& response) {
  const absl::Duration now = clock_.MonotonicNow();
  const uint64_t fence = last_fence_ + 1;
  uint64_t place = 0;
  for (HandedTask& task : tasks_) {
    ++place;
    if (!task.open || task.withdrawn || task.held_back) continue;
    const bool held = task.fence != 0 && task.fence <= request.last_delivery() && now < task.lease_end;
    if (held || static_cast<uint32_t>(response.tasks_size()) >= std::min(request.most_tasks(), kTasksMax)) continue;
    last_fence_ = task.fence = fence;
    task.lease_end = now + bent.lease;
    ++task.deliveries;
    v1::Task& out = *response.add_tasks();
    out.set_fence(fence);
    out.set_head(static_cast<uint32_t>(response.heads_size()));
    *response.add_heads() = task.member.head();
    out.set_member(task.member.member());
    out.set_index(task.member.index());
    *out.mutable_path() = task.member.path();
    out.set_order_seq(place);
  }
}

// True when nothing is left past what this poll brings.
bool FakeGateway::AddDirectory(const v1::PullTasksRequest& request, v1::PullTasksResponse& response) {
  const auto& statements = world_.statements();
  const size_t end = bent.statements_held_back ? std::min(bent.statements_told, statements.size()) : statements.size();
  size_t next = std::min<uint64_t>(request.directory_position(), end);
  for (; next < end && static_cast<size_t>(response.directory_size()) < kStatementsAPoll; ++next) {
    v1::DirectoryChange& change = *response.add_directory();
    change.set_position(next + 1);
    *change.mutable_statement() = statements[next];
  }
  return next == statements.size();
}

absl::StatusOr<v1::RenewLeaseResponse> FakeGateway::RenewLease(const v1::RenewLeaseRequest& request) {
  EAGLE_RETURN_IF_ERROR(Admit(Method::kRenew, request.instance()));
  v1::RenewLeaseResponse response;
  const absl::Duration now = clock_.MonotonicNow();
  for (HandedTask& task : tasks_) {
    if (!task.open || task.fence == 0) continue;
    if (task.withdrawn) {
      response.add_withdrawn(task.order.order_id());
    } else if (now >= task.lease_end) {
      response.add_lost(task.order.order_id());
    } else {
      task.lease_end = now + bent.lease;
      response.set_held(response.held() + 1);
    }
  }
  if (bent.unknown_fields) AddUnknown(response);
  return response;
}

absl::StatusOr<v1::ReportResultsResponse> FakeGateway::Report(const v1::ReportResultsRequest& request, bool events) {
  EAGLE_RETURN_IF_ERROR(Admit(events ? Method::kEvents : Method::kResults, request.instance()));
  if (bent.lose_reports > 0 && bent.lose_reports-- > 0) return NoAnswer();
  EAGLE_ASSIGN_OR_RETURN(const trust::OpenedBatch opened,
                         Open(request.batch(), v1::MEMBER_TYPE_RECEIPT, "a batch of receipts"));
  const auto [head, fresh] = heads_.emplace(opened.head.sequence(), opened.envelope.payload());
  if (head->second != opened.envelope.payload()) {
    Breach("one sequence of heads was used for two batches");
    return Fail(Reason::kSequenceReused, "the sequence was used for other bytes");
  }
  v1::ReportResultsResponse response;
  for (const std::string& member : opened.members) {
    auto receipt = trust::ParseTolerant<v1::Receipt>(member);
    if (!receipt.ok()) {
      Breach("a receipt that can't be read");
      return receipt.status();
    }
    *response.add_results() = Record(*receipt, member, opened.envelope.payload(), trust::SignedAt(opened.head), events);
  }
  if (bent.lose_verdicts > 0 && bent.lose_verdicts-- > 0) return NoAnswer();
  if (bent.unknown_fields) AddUnknown(response);
  return response;
}

// A batch of one kind that the agency signed; a breach says what is wrong with any other.
absl::StatusOr<trust::OpenedBatch> FakeGateway::Open(const v1::SignedBatch& batch, v1::MemberType type,
                                                     std::string_view what) {
  const trust::Signer& key = world_.KeyOf("agency");
  auto opened =
      trust::OpenBatch(batch, std::vector<trust::CandidateKey>{{1, key.algorithm(), key.public_key()}}, checker_);
  if (opened.ok()) {
    if (absl::Status head = trust::ExpectHead(opened->head, type, v1::ENVIRONMENT_TEST); !head.ok()) opened = head;
  }
  if (!opened.ok()) {
    Breach(absl::StrCat(ToAbsl(what), " that can't be taken: ", RowOf(ReasonOf(opened.status())).name.data()));
  } else if (opened->head.signer() != world_.agency()) {
    Breach(absl::StrCat(ToAbsl(what), " whose head names another signer"));
    return Fail(Reason::kSignerNotCaller, "not the caller's code");
  }
  return opened;
}

// Empty when the part fits; else why it is refused.
std::string FakeGateway::TakePart(const v1::Position& part) {
  for (std::string& wrong : WrongInPosition(part, world_.agency(), clock_.WallNow()))
    Breach("a statement that breaks a rule: " + std::move(wrong));
  const absl::Time as_of = trust::TimeOf(part.as_of()).value_or(absl::UnixEpoch());
  if (part.after().empty()) {
    stated_.push_back({.day = part.day(), .as_of = as_of});
  } else if (stated_.empty() || stated_.back().complete || stated_.back().day != part.day() ||
             stated_.back().up_to != part.after() || stated_.back().as_of != as_of) {
    return std::string(RowOf(Reason::kPositionOutOfTurn).name);
  }
  StatedDay& day = stated_.back();
  for (const v1::PositionLine& line : part.lines()) day.lines[line.order_id()] = line.measure();
  day.up_to = part.up_to();
  day.complete = part.up_to().empty();
  return "";
}

absl::StatusOr<v1::ReportResultsResponse> FakeGateway::ReportPosition(const v1::ReportResultsRequest& request) {
  EAGLE_RETURN_IF_ERROR(Admit(Method::kPosition, request.instance()));
  if (bent.lose_statements > 0 && bent.lose_statements-- > 0) return NoAnswer();
  EAGLE_ASSIGN_OR_RETURN(const trust::OpenedBatch opened,
                         Open(request.batch(), v1::MEMBER_TYPE_POSITION, "a batch of a statement"));
  v1::ReportResultsResponse response;
  for (const std::string& member : opened.members) {
    v1::ReceiptResult& result = *response.add_results();
    auto part = trust::ParseTolerant<v1::Position>(member);
    if (!part.ok()) {
      Breach("a statement that can't be read");
      return part.status();
    }
    result.set_verdict(member == last_part_ ? v1::RECEIPT_VERDICT_DUPLICATE : v1::RECEIPT_VERDICT_RECORDED);
    if (member == last_part_) continue;
    if (std::string why = TakePart(*part); !why.empty()) {
      result.set_verdict(v1::RECEIPT_VERDICT_REFUSED);
      result.set_reason(std::move(why));
      continue;
    }
    last_part_ = member;
  }
  return response;
}

std::map<std::string, v1::MeasureState> FakeGateway::Standing() const {
  std::map<std::string, v1::MeasureState> out;
  for (const HandedTask& task : tasks_) {
    const std::string* named = trust::FreezeNamed(task.order);
    for (const Seen& seen : task.receipts) {
      const v1::MeasureState* measure = MeasureIn(seen.receipt);
      if (measure == nullptr || measure->unit_reference().empty()) continue;
      const auto [at, fresh] = out.try_emplace(named == nullptr ? task.order.order_id() : *named, *measure);
      if (!fresh && measure->revision() >= at->second.revision()) at->second = *measure;
    }
  }
  std::erase_if(out, [](const auto& one) { return one.second.ended(); });
  return out;
}

absl::StatusOr<v1::SubmitObjectionsResponse> FakeGateway::SubmitObjections(const v1::SubmitObjectionsRequest& request) {
  if (bent.unavailable) return NoAnswer();
  EAGLE_ASSIGN_OR_RETURN(const trust::OpenedBatch opened,
                         Open(request.batch(), v1::MEMBER_TYPE_OBJECTION, "an objection"));
  v1::SubmitObjectionsResponse response;
  for (const std::string& member : opened.members) {
    auto act = trust::ParseTolerant<v1::ObjectionAct>(member);
    if (!act.ok()) {
      Breach("an objection that can't be read");
      return act.status();
    }
    v1::ObjectionResult& result = *response.add_results();
    result.set_request_id(act->request_id());
    const auto same = [&](const v1::ObjectionAct& known) { return known.request_id() == act->request_id(); };
    if (std::none_of(objections_.begin(), objections_.end(), same)) objections_.push_back(*act);
    result.mutable_acceptance()->set_journal_index(objections_.size());
  }
  return response;
}

v1::ReceiptResult FakeGateway::Record(const v1::Receipt& receipt, const std::string& bytes, const std::string& head,
                                      absl::Time signed_at, bool events) {
  v1::ReceiptResult result;
  const auto refused = [&](Reason reason) {
    result.set_verdict(v1::RECEIPT_VERDICT_REFUSED);
    result.set_reason(std::string(RowOf(reason).name));
    return result;
  };
  HandedTask* task = Find(receipt.order_digest());
  if (task ==
      nullptr) {  // of an earlier run, told again after a recovery; else a digest of nothing that was handed out
    if (signed_at >= began_at_) Breach("a receipt that names the digest of no order that was handed out");
    return refused(Reason::kReceiptForAnotherOrder);
  }
  const bool returned = receipt.kind() == v1::RECEIPT_KIND_RETURNED;
  const bool last_word = returned || receipt.kind() == v1::RECEIPT_KIND_FINAL;
  if (returned && bent.lease_lost.erase(task->digest) != 0) return refused(Reason::kLeaseLost);
  for (Seen& seen : task->receipts) {
    if (seen.bytes != bytes) continue;
    ++seen.times;
    if (seen.head != head) Breach("a receipt was sent again in another batch than the one in which it was signed");
    if (last_word) task->open = false;
    result.set_verdict(v1::RECEIPT_VERDICT_DUPLICATE);
    return result;
  }
  for (std::string& wrong : WrongInReceipt(task->order, receipt, world_.agency(), clock_.WallNow()))
    Breach("a receipt that breaks a rule: " + std::move(wrong));
  if ((receipt.kind() == v1::RECEIPT_KIND_EVENT) != events)
    Breach("an EVENT belongs into ReportEvents, and nothing else does");
  uint64_t& last_sequence = last_sequence_[task->digest];
  if (receipt.sequence() <= last_sequence) Breach("receipt.sequence doesn't rise within the receipts on one order");
  last_sequence = std::max(last_sequence, receipt.sequence());
  if (last_word && task->LastWord() != nullptr) {
    Breach("two different last words on one order");
    result.set_verdict(v1::RECEIPT_VERDICT_CONFLICT);
    return result;
  }
  if (last_word) task->open = false;
  task->receipts.push_back({receipt, bytes, head});
  result.set_verdict(v1::RECEIPT_VERDICT_RECORDED);
  return result;
}

absl::StatusOr<v1::ReportStatusResponse> FakeGateway::ReportStatus(const v1::ReportStatusRequest& request) {
  EAGLE_RETURN_IF_ERROR(Admit(Method::kStatus, request.instance()));
  status_ = request;
  return v1::ReportStatusResponse();
}

}  // namespace eagle::conformance
