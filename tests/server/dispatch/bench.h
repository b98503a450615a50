// A dispatcher on a floor of its own: orders made by hand, hand-outs that become durable at once or when the test says
// so.
//
//   Bench bench;  bench.Hello(1);
//   const uint64_t order = bench.Freeze(1, "S1");
//   auto answer = bench.Poll(1);  bench.Step();  EXPECT_THAT(answer->orders, ElementsAre(OrderSeq(order)));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/bytes.h"
#include "server/dispatch/dispatcher.h"
#include "tests/support/core_world.h"

namespace eagle::dispatch {

namespace v1 = ::goldeneagle::v1;

// What a poll was answered; empty while it is parked.
struct Polled {
  std::optional<absl::StatusOr<PollAnswer>> said;
  bool answered() const { return said.has_value(); }
  const PollAnswer* operator->() const { return &said->value(); }
};

class NoCommit : public core::CommitView {
 public:
  uint64_t size() const override { return 0; }
  const std::string& checkpoint() const override { return nothing_; }
  bool Holds(uint64_t) const override { return false; }
  const std::string& LeafOf(uint64_t) const override { return nothing_; }
  std::vector<std::string> ProofOf(uint64_t) const override { return {}; }
  const domain::State& state() const override { return state_; }

 private:
  std::string nothing_;
  domain::State state_;
};

struct OrderSpec {
  uint32_t court = 1;
  bool urgent = false;
  v1::Action action = v1::ACTION_INQUIRE;
  std::string subject = "S";
  std::vector<uint32_t> agencies = {1};
  absl::Duration due = absl::Hours(168);  // after the clock's start
  uint64_t case_seq = 0;
  bool waits = false;  // for its begin
};

class Bench {
 public:
  explicit Bench(Options options = {}) : options_(options), dispatcher(std::make_unique<Dispatcher>(clock, options)) {
    dispatcher->SetWake([this] { ++woken; });
    dispatcher->Load(state);
  }

  uint64_t Accept(const OrderSpec& spec) {
    const uint64_t seq = next_index++;
    domain::Order& order = state.orders[seq];
    order.seq = OrderSeq(seq);
    order.order_id = "order-id" + BigEndian(seq);
    order.court = CourtOrdinal(spec.court);
    order.case_seq = CaseSeq(spec.case_seq);
    order.action = spec.action;
    order.urgent = spec.urgent;
    order.subject_tag = spec.subject;
    order.deadline.due = absl::UnixEpoch() + spec.due;
    order.waits = spec.waits;
    for (uint32_t agency : spec.agencies) order.targets.Add(AgencyOrdinal(agency));
    dispatcher->Applied({.index = seq, .type = v1::ENTRY_TYPE_ORDER_ACCEPTED, .case_seq = CaseSeq(spec.case_seq)},
                        state);
    return seq;
  }
  uint64_t Inquire(uint32_t agency, uint32_t court = 1, bool urgent = false) {
    return Accept({.court = court, .urgent = urgent, .agencies = {agency}});
  }
  uint64_t Freeze(uint32_t agency, const std::string& subject, uint32_t court = 1, bool urgent = false) {
    return Accept(
        {.court = court, .urgent = urgent, .action = v1::ACTION_FREEZE, .subject = subject, .agencies = {agency}});
  }

  // A final answer, whoever gave it.
  void Answer(uint64_t seq, uint32_t agency, v1::EntryType type = v1::ENTRY_TYPE_TASK_ANSWERED) {
    domain::Order& order = state.orders.at(seq);
    (type == v1::ENTRY_TYPE_RECEIPT_CONFLICT ? order.conflict : order.done).Add(AgencyOrdinal(agency));
    dispatcher->Applied({.index = next_index++,
                         .type = type,
                         .agency = AgencyOrdinal(agency),
                         .order = OrderSeq(seq),
                         .case_seq = order.case_seq},
                        state);
  }
  void Withdraw(uint64_t seq) {
    domain::Order& order = state.orders.at(seq);
    v1::OrderWithdrawn body;
    body.set_targets(order.Open().bytes());
    order.withdrawn = order.Open();
    dispatcher->Applied({.index = next_index++,
                         .type = v1::ENTRY_TYPE_ORDER_WITHDRAWN,
                         .order = OrderSeq(seq),
                         .case_seq = order.case_seq,
                         .body = body.SerializeAsString()},
                        state);
  }

  // Its begin has come; where it has `ended` it doesn't.
  void Begin(uint64_t seq, const std::vector<uint32_t>& ended = {}) {
    domain::Order& order = state.orders.at(seq);
    order.waits = false;
    for (uint32_t agency : ended) order.ended.Add(AgencyOrdinal(agency));
    order.withdrawn.AddAll(order.ended);
    dispatcher->Applied(
        {.index = next_index++, .type = v1::ENTRY_TYPE_ORDER_BEGUN, .order = OrderSeq(seq), .case_seq = order.case_seq},
        state);
  }

  // A key was revoked: it waits wherever it had not begun.
  void Pause(uint64_t seq) {
    domain::Order& order = state.orders.at(seq);
    order.paused = order.Open();
    order.paused.RemoveAll(order.delivered);
    v1::OrderPaused body;
    body.set_targets(order.paused.bytes());
    dispatcher->Applied({.index = next_index++,
                         .type = v1::ENTRY_TYPE_ORDER_PAUSED,
                         .order = OrderSeq(seq),
                         .case_seq = order.case_seq,
                         .body = body.SerializeAsString()},
                        state);
  }
  void Resume(uint64_t seq) {
    domain::Order& order = state.orders.at(seq);
    v1::OrderResumed body;
    body.set_targets(order.paused.bytes());
    order.paused = {};
    dispatcher->Applied({.index = next_index++,
                         .type = v1::ENTRY_TYPE_ORDER_RESUMED,
                         .order = OrderSeq(seq),
                         .case_seq = order.case_seq,
                         .body = body.SerializeAsString()},
                        state);
  }

  absl::Status Hello(uint32_t agency, const std::string& instance = "a", uint32_t most = 1000,
                     const std::string& inbox = "inbox") {
    return dispatcher->Hello(AgencyOrdinal(agency), instance, inbox, most);
  }
  std::shared_ptr<Polled> Poll(uint32_t agency, uint64_t last_delivery = 0, const std::string& instance = "a",
                               size_t most = 256, absl::Duration wait = absl::Seconds(30),
                               uint64_t directory_position = kKnowsAll) {
    auto polled = std::make_shared<Polled>();
    const absl::Status status = dispatcher->Poll(
        AgencyOrdinal(agency), instance, most, last_delivery, wait,
        [polled](absl::StatusOr<PollAnswer> answer) { polled->said = std::move(answer); }, directory_position);
    if (!status.ok()) polled->said = status;
    return polled;
  }
  // Plans a batch and, at once, makes it durable.
  size_t Step() {
    auto planned = dispatcher->Plan(state);
    for (auto& next : planned) Commit(next);
    return planned.size();
  }
  uint64_t Commit(core::Handout::Planned& planned) {
    domain::Result result{.index = next_index++};
    planned.done(result, NoCommit());
    return result.index;
  }
  // Everything that one agency gets, poll after poll, each confirming the one before.
  std::vector<uint64_t> Drain(uint32_t agency, size_t most = 256, const std::string& instance = "a") {
    std::vector<uint64_t> all;
    uint64_t last = 0;
    while (true) {
      auto polled = Poll(agency, last, instance, most, absl::ZeroDuration());
      Step();
      if (!polled->answered() || !polled->said->ok() || (*polled)->orders.empty()) return all;
      for (OrderSeq seq : (*polled)->orders) all.push_back(seq.value());
      last = (*polled)->fence;
    }
  }
  // The process dies and another one starts on the same state.
  void Restart() {
    dispatcher = std::make_unique<Dispatcher>(clock, options_);
    dispatcher->SetWake([this] { ++woken; });
    dispatcher->Load(state);
  }

 private:
  const Options options_;

 public:
  test::HandClock clock;
  domain::State state;
  std::unique_ptr<Dispatcher> dispatcher;
  uint64_t next_index = 1;
  int woken = 0;
};

inline std::vector<uint64_t> Seqs(const std::shared_ptr<Polled>& polled) {
  std::vector<uint64_t> out;
  for (OrderSeq seq : (*polled)->orders) out.push_back(seq.value());
  return out;
}

}  // namespace eagle::dispatch
