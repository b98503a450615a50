#include "tests/adapters/sdk/test_gateway.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/strict.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {
namespace {

// The words of threads: whoever says or fetches them needn't have said Hello.
bool NamesNoInstance(Wire wire) {
  return wire == kWireObject || wire == kWireThread || wire == kWireAnswer || wire == kWireSupervised;
}

}  // namespace

void TestGateway::AddOrder(const v1::SignedMember& member) {
  OutTask task;
  task.member = member;
  v1::Order order;
  order.ParseFromString(member.member());
  task.order_id = order.order_id();
  task.order_seq = tasks_.size() + 1;
  tasks_.push_back(std::move(task));
}

void TestGateway::AddStatement(const v1::SignedMember& member) {
  v1::DirectoryChange& change = directory_.emplace_back();
  change.set_position(++last_position_);
  *change.mutable_statement() = member;
}

void TestGateway::Withdraw(const std::string& order_id) {
  for (OutTask& task : tasks_) {
    if (task.order_id == order_id) task.withdrawn = true;
  }
  withdrawn_.push_back(order_id);
}

void TestGateway::Redeliver(const std::string& order_id) {
  for (OutTask& task : tasks_) {
    if (task.order_id == order_id) task.answered = false, task.lease_end = -absl::InfiniteDuration();
  }
}

void TestGateway::Forget(const std::string& order_id) {
  for (OutTask& task : tasks_) {
    if (task.order_id == order_id) task.answered = true;
  }
}

void TestGateway::Handle(Wire wire, CallId call, const std::string& instance,
                         const std::function<absl::StatusOr<Reply>()>& answer) {
  if (crash_.Point()) return;
  ++calls[wire];
  const Fate what = fate(wire);
  if (what == Fate::kLoseRequest) return;
  const absl::Status refused = refuse(wire);
  absl::StatusOr<Reply> reply = absl::InternalError("");
  if (!refused.ok()) {
    reply = refused;
  } else if (wire != kWireHello && !NamesNoInstance(wire) && known_.count(instance) == 0) {
    reply = Fail(Reason::kHelloFirst, "say Hello");
  } else {
    reply = answer();
  }
  if (crash_.Point()) return;
  Answer(call, std::move(reply), what);
}

void TestGateway::Answer(CallId call, absl::StatusOr<Reply> reply, Fate what) {
  if (what == Fate::kLoseReply) return;
  if (what == Fate::kFailReply) reply = absl::UnavailableError("the connection broke");
  const int round = round_ + (what == Fate::kDelayReply ? 30 : 1);
  replies_.push_back({round, call, reply});
  if (what == Fate::kDoubleReply) replies_.push_back({round + 2, call, std::move(reply)});
}

void TestGateway::Round(const std::function<void(CallId, absl::StatusOr<Reply>)>& deliver) {
  ++round_;
  std::vector<Parked> parked = std::exchange(pulls_, {});
  for (Parked& pull : parked) {
    auto reply = Pull(pull.request);
    const auto* tasks = reply.ok() ? std::get_if<v1::PullTasksResponse>(&*reply) : nullptr;
    const bool empty =
        tasks != nullptr && tasks->tasks().empty() && tasks->directory().empty() && tasks->withdrawn().empty();
    if (empty && clock_.MonotonicNow() < pull.until && !draining) {
      pulls_.push_back(std::move(pull));
    } else {
      Answer(pull.call, std::move(reply), pull.fate);
    }
  }
  for (size_t i = 0; i < replies_.size();) {
    if (replies_[i].round > round_) {
      ++i;
      continue;
    }
    PendingReply reply = std::move(replies_[i]);
    replies_.erase(replies_.begin() + static_cast<std::ptrdiff_t>(i));
    deliver(reply.call, std::move(reply.reply));
  }
}

// A call that names no instance.
void TestGateway::Carry(Wire wire, CallId call, const std::function<absl::StatusOr<Reply>()>& answer) {
  if (crash_.Point()) return;
  ++calls[wire];
  const Fate what = fate(wire);
  if (what == Fate::kLoseRequest) return;
  absl::Status refused = refuse(wire);
  Answer(call, refused.ok() ? answer() : absl::StatusOr<Reply>(std::move(refused)), what);
}

void TestGateway::PullBlobPart(CallId call, const v1::PullBlobPartRequest& request) {
  Carry(kWirePaper, call, [&]() -> absl::StatusOr<Reply> {
    const auto found = papers.find(request.digest());
    if (found == papers.end() || request.part() * kPaperPartBytes >= found->second.size())
      return Fail(Reason::kNotFound, "no paper of the caller's has this name");
    v1::PullBlobPartResponse response;
    response.set_content(found->second.substr(request.part() * kPaperPartBytes, kPaperPartBytes));
    response.set_size_bytes(found->second.size());
    return Reply(response);
  });
}

void TestGateway::PutBlobPart(CallId call, const v1::PutBlobPartRequest& request) {
  Carry(kWireDocument, call, [&]() -> absl::StatusOr<Reply> {
    auto& parts = documents[request.digest()];
    if (!request.content().empty()) parts[request.part()] = request.content();
    v1::PutBlobPartResponse response;
    for (uint32_t part = 0; part * kPaperPartBytes < request.size_bytes(); ++part)
      if (!parts.contains(part)) response.add_parts_missing(part);
    response.set_complete(response.parts_missing().empty());
    return Reply(response);
  });
}

void TestGateway::Hello(CallId call, const v1::HelloRequest& request) {
  Handle(kWireHello, call, request.instance(), [&]() -> absl::StatusOr<Reply> {
    hellos.push_back(request);
    known_.insert(request.instance());
    v1::HelloResponse response;
    response.set_contract_version(1);
    response.set_poll_wait_seconds(30);
    response.set_lease_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(lease)));
    response.set_renew_seconds(20);
    response.set_environment(environment);
    response.set_agency(greets_as.empty() ? agency_ : greets_as);
    response.set_origin(origin);
    response.set_recovered_at(recovered_at);
    return Reply(response);
  });
}

void TestGateway::PullTasks(CallId call, const v1::PullTasksRequest& request) {
  if (answer_polls_at_once) {
    Handle(kWirePull, call, request.instance(), [&] { return Pull(request); });
    return;
  }
  if (crash_.Point()) return;
  ++calls[kWirePull];
  const Fate what = fate(kWirePull);
  if (what == Fate::kLoseRequest) return;
  if (known_.count(request.instance()) == 0) return Answer(call, Fail(Reason::kHelloFirst, "say Hello"), what);
  pulls_.push_back({call, request, clock_.MonotonicNow() + absl::Seconds(request.wait_seconds()), what});
}

absl::StatusOr<Reply> TestGateway::Pull(const v1::PullTasksRequest& request) {
  EAGLE_RETURN_IF_ERROR(check_poll(request));
  v1::PullTasksResponse response;
  const absl::Duration now = clock_.MonotonicNow();
  const uint64_t fence = last_fence_ + 1;
  for (OutTask& task : tasks_) {
    if (task.answered || task.withdrawn) continue;
    const bool held = task.fence != 0 && task.fence <= request.last_delivery() && now < task.lease_end;
    if (held || static_cast<uint32_t>(response.tasks_size()) == request.most_tasks()) continue;
    last_fence_ = task.fence = fence;
    task.lease_end = now + lease;
    v1::Task& out = *response.add_tasks();
    out.set_fence(fence);
    out.set_head(static_cast<uint32_t>(response.heads_size()));
    *response.add_heads() = task.member.head();
    out.set_member(task.member.member());
    out.set_index(task.member.index());
    *out.mutable_path() = task.member.path();
    out.set_order_seq(task.order_seq);
    dress(out);
  }
  size_t told = 0;
  for (const v1::DirectoryChange& change : directory_) {
    if (change.position() <= request.directory_position()) continue;
    if (told++ == statements_a_poll) break;
    *response.add_directory() = change;
  }
  response.set_directory_complete(directory_complete && told <= statements_a_poll);
  response.set_draining(draining);
  for (const std::string& order_id : withdrawn_) response.add_withdrawn(order_id);
  withdrawn_.clear();
  change_tasks(response);
  if (!thread_.empty()) response.set_objections(thread_.back().journal_index());
  if (!supervision_.empty()) response.set_supervision(supervision_.back().journal_index());
  return Reply(response);
}

void TestGateway::RenewLease(CallId call, const v1::RenewLeaseRequest& request) {
  Handle(kWireRenew, call, request.instance(), [&]() -> absl::StatusOr<Reply> {
    v1::RenewLeaseResponse response;
    const absl::Duration now = clock_.MonotonicNow();
    for (OutTask& task : tasks_) {
      if (task.answered || task.fence == 0) continue;
      if (task.withdrawn) {
        response.add_withdrawn(task.order_id);
      } else if (now >= task.lease_end) {
        response.add_lost(task.order_id);
      } else {
        task.lease_end = now + lease;
        response.set_held(response.held() + 1);
      }
    }
    return Reply(response);
  });
}

void TestGateway::ReportResults(CallId call, const v1::ReportResultsRequest& request) {
  Handle(kWireResults, call, request.instance(), [&] { return Report(request, false); });
}
void TestGateway::ReportEvents(CallId call, const v1::ReportResultsRequest& request) {
  Handle(kWireEvents, call, request.instance(), [&] { return Report(request, true); });
}

absl::StatusOr<Reply> TestGateway::Report(const v1::ReportResultsRequest& request, bool events) {
  batches.push_back(request.batch().SerializeAsString());
  const std::vector<trust::CandidateKey> keys = {{1, v1::KEY_ALGORITHM_ED25519, agency_key_}};
  const auto opened = trust::OpenBatch(request.batch(), keys, checker_);
  EXPECT_TRUE(opened.ok()) << opened.status();
  if (!opened.ok()) return opened.status();
  if (opened->head.sequence() == refuse_batch) return Fail(Reason::kSignatureInvalid, "no such key is known yet");
  EXPECT_EQ(opened->head.member_type(), v1::MEMBER_TYPE_RECEIPT);
  EXPECT_EQ(opened->head.environment(), v1::ENVIRONMENT_TEST);
  EXPECT_EQ(opened->head.signer(), agency_);
  // A sequence is never used for two heads.
  const auto [head, fresh] = heads_.emplace(opened->head.sequence(), opened->envelope.payload());
  EXPECT_EQ(head->second, opened->envelope.payload()) << "batch " << opened->head.sequence();
  v1::ReportResultsResponse response;
  for (const std::string& member : opened->members) {
    auto receipt = trust::ParseStrict<v1::Receipt>(member);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_EQ(receipt->kind() == v1::RECEIPT_KIND_EVENT, events);
    *response.add_results() = Record(*receipt, member, opened->head.sequence());
  }
  change_verdicts(response);
  return Reply(response);
}

// What every receipt promises, whatever the test is about.
v1::ReceiptResult TestGateway::Record(const v1::Receipt& receipt, const std::string& bytes, uint64_t batch) {
  v1::ReceiptResult result;
  auto& stored = receipts_[receipt.order_id()];
  for (StoredReceipt& known : stored) {
    if (known.bytes != bytes) continue;
    ++known.times;
    EXPECT_EQ(known.batch, batch) << "a receipt is sent again in the batch in which it was signed";
    result.set_verdict(v1::RECEIPT_VERDICT_DUPLICATE);
    return result;
  }
  EXPECT_EQ(receipt.agency(), agency_);
  EXPECT_GT(receipt.sequence(), last_sequence_[receipt.order_digest()]) << "receipts on one order come in their order";
  last_sequence_[receipt.order_digest()] = receipt.sequence();
  EXPECT_TRUE(receipt.has_arrived_at());
  EXPECT_TRUE(receipt.has_answered_at());
  bool known_order = false;
  for (OutTask& task : tasks_) {
    const journal::Hash digest = journal::LeafHash(task.member.member());
    if (journal::View(digest) != receipt.order_digest()) continue;
    known_order = true;
    if (receipt.kind() == v1::RECEIPT_KIND_FINAL || receipt.kind() == v1::RECEIPT_KIND_RETURNED) task.answered = true;
  }
  EXPECT_TRUE(known_order) << "a receipt names the digest of an order that was handed out";
  const bool last = receipt.kind() == v1::RECEIPT_KIND_FINAL || receipt.kind() == v1::RECEIPT_KIND_RETURNED;
  bool answered = false;
  for (const StoredReceipt& known : stored) {
    if (known.receipt.order_digest() != receipt.order_digest()) continue;
    answered =
        answered || known.receipt.kind() == v1::RECEIPT_KIND_FINAL || known.receipt.kind() == v1::RECEIPT_KIND_RETURNED;
  }
  EXPECT_FALSE(last && answered) << "one last word on an order";
  if (receipt.kind() == v1::RECEIPT_KIND_EVENT || receipt.kind() == v1::RECEIPT_KIND_CORRECTION) {
    EXPECT_TRUE(answered) << "events and corrections come after the last word";
  }
  if (receipt.kind() == v1::RECEIPT_KIND_ACKNOWLEDGED || receipt.kind() == v1::RECEIPT_KIND_PROGRESS) {
    EXPECT_FALSE(answered);
  }
  stored.push_back({receipt, bytes, batch, 1});
  result.set_verdict(v1::RECEIPT_VERDICT_RECORDED);
  return result;
}

void TestGateway::ReportPosition(CallId call, const v1::ReportResultsRequest& request) {
  Handle(kWirePosition, call, request.instance(), [&]() -> absl::StatusOr<Reply> {
    const std::vector<trust::CandidateKey> keys = {{1, v1::KEY_ALGORITHM_ED25519, agency_key_}};
    const auto opened = trust::OpenBatch(request.batch(), keys, checker_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return opened.status();
    EXPECT_EQ(opened->head.member_type(), v1::MEMBER_TYPE_POSITION);
    EXPECT_EQ(request.batch().members_size(), 1);
    v1::ReportResultsResponse response;
    v1::ReceiptResult& result = *response.add_results();
    v1::Position part;
    EXPECT_TRUE(part.ParseFromString(request.batch().members(0)));
    if (!refuse_position.empty()) {
      result.set_verdict(v1::RECEIPT_VERDICT_REFUSED);
      result.set_reason(std::exchange(refuse_position, ""));
    } else if (!positions.empty() && positions.back().SerializeAsString() == part.SerializeAsString()) {
      result.set_verdict(v1::RECEIPT_VERDICT_DUPLICATE);
    } else {
      result.set_verdict(v1::RECEIPT_VERDICT_RECORDED);
      positions.push_back(part);
    }
    return Reply(response);
  });
}

void TestGateway::ReportStatus(CallId call, const v1::ReportStatusRequest& request) {
  Handle(kWireStatus, call, request.instance(), [&]() -> absl::StatusOr<Reply> {
    statuses.push_back(request);
    return Reply(v1::ReportStatusResponse());
  });
}

void TestGateway::RaiseObjection(CallId call, const v1::SubmitObjectionsRequest& request) {
  Handle(kWireObject, call, "", [&]() -> absl::StatusOr<Reply> {
    said.push_back(request.batch());
    v1::SubmitObjectionsResponse response;
    for (int i = 0; i < request.batch().members_size(); ++i) {
      v1::ObjectionAct act;
      act.ParseFromString(request.batch().members(i));
      v1::ObjectionResult& result = *response.add_results();
      result.set_request_id(act.request_id());
      if (!refuse_words.reason().empty()) {
        *result.mutable_refusal() = refuse_words;
        continue;
      }
      auto [at, fresh] = recorded_.try_emplace(act.request_id());
      if (fresh) {
        const std::string& id = act.has_raise() ? act.request_id() : act.reply().objection_id();
        AddWord(id, trust::TravelForm(request.batch(), static_cast<uint32_t>(i)));
        at->second.set_journal_index(thread_.back().journal_index());
        if (act.has_raise())
          *at->second.mutable_deadline()->mutable_due_at() =
              trust::TimestampOf(clock_.WallNow() + absl::Hours(24 * 15));
      }
      *result.mutable_acceptance() = at->second;
    }
    return Reply(response);
  });
}

void TestGateway::PullObjections(CallId call, const v1::PullObjectionsRequest& request) {
  Handle(kWireThread, call, "", [&]() -> absl::StatusOr<Reply> {
    v1::PullObjectionsResponse response;
    response.set_newest(thread_.empty() ? request.after() : thread_.back().journal_index());
    for (const v1::ObjectionWord& word : thread_) {
      if (word.journal_index() > request.after()) *response.add_words() = word;
    }
    return Reply(response);
  });
}

void TestGateway::AddWord(const std::string& objection_id, const v1::SignedMember& word) {
  v1::ObjectionWord& added = thread_.emplace_back();
  added.set_journal_index(1000 + thread_.size());
  added.set_objection_id(objection_id);
  *added.mutable_word() = word;
  *added.mutable_due_at() = trust::TimestampOf(clock_.WallNow() + absl::Hours(24 * 15));
}

void TestGateway::AnswerSupervision(CallId call, const v1::SubmitSupervisionRequest& request) {
  Handle(kWireAnswer, call, "", [&]() -> absl::StatusOr<Reply> {
    said_to_courts.push_back(request);
    v1::SupervisionAct act;
    act.ParseFromString(request.batch().members(0));
    if (refuse_words.reason().empty() && answers_.insert(act.request_id()).second)
      AddSupervision(act.supervision_id(), trust::TravelForm(request.batch(), 0));
    v1::SubmitSupervisionResponse response;
    v1::SupervisionOutcome& result = *response.add_results();
    result.set_request_id(act.request_id());
    if (refuse_words.reason().empty()) {
      result.mutable_acceptance()->set_journal_index(supervision_.back().journal_index());
    } else {
      *result.mutable_refusal() = refuse_words;
    }
    return Reply(response);
  });
}

void TestGateway::PullSupervision(CallId call, const v1::PullSupervisionRequest& request) {
  Handle(kWireSupervised, call, "", [&]() -> absl::StatusOr<Reply> {
    v1::PullSupervisionResponse response;
    response.set_newest(supervision_.empty() ? request.after() : supervision_.back().journal_index());
    for (const v1::SupervisionWord& word : supervision_) {
      if (word.journal_index() > request.after()) *response.add_words() = word;
    }
    return Reply(response);
  });
}

void TestGateway::AddSupervision(const std::string& id, const v1::SignedMember& word) {
  v1::SupervisionWord& added = supervision_.emplace_back();
  added.set_journal_index(2000 + supervision_.size());
  added.set_supervision_id(id);
  *added.mutable_word() = word;
  *added.mutable_time() = trust::TimestampOf(clock_.WallNow());
  *added.mutable_due_at() = trust::TimestampOf(clock_.WallNow() + absl::Hours(24));
}

const v1::Receipt* TestGateway::LastWord(const std::string& order_id) {
  for (const StoredReceipt& stored : receipts_[order_id]) {
    const v1::ReceiptKind kind = stored.receipt.kind();
    if (kind == v1::RECEIPT_KIND_FINAL || kind == v1::RECEIPT_KIND_RETURNED) return &stored.receipt;
  }
  return nullptr;
}

std::vector<const v1::Receipt*> TestGateway::Of(const std::string& order_id, v1::ReceiptKind kind) {
  std::vector<const v1::Receipt*> out;
  for (const StoredReceipt& stored : receipts_[order_id]) {
    if (stored.receipt.kind() == kind) out.push_back(&stored.receipt);
  }
  return out;
}

bool TestGateway::AllAnswered() const {
  return std::all_of(tasks_.begin(), tasks_.end(), [](const OutTask& task) { return task.answered || task.withdrawn; });
}

}  // namespace eagle::sdk
