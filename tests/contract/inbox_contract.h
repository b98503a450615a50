// What every inbox promises, and what the rows in it promise on any inbox. Each implementation runs this one suite,
// included by one *_test.cc:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, InboxContract, testing::Values(InboxFactory(MakeSqliteHarness)));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sdk/inbox.h"
#include "adapters/sdk/inbox_prune.h"
#include "adapters/sdk/inbox_rows.h"
#include "goldeneagle/v1/adapter_service.pb.h"
#include "server/trust/timestamps.h"

namespace eagle::sdk {

// Opens the same inbox again and again: what a new process finds.
class InboxHarness {
 public:
  virtual ~InboxHarness() = default;
  virtual Inbox& Open() = 0;
};
using InboxFactory = std::function<std::unique_ptr<InboxHarness>()>;

class InboxContract : public testing::TestWithParam<InboxFactory> {
 protected:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  // A finished order that arrived on day `day`, with an ACKNOWLEDGED and a FINAL receipt in batches of their own,
  // answered by `verdict`.
  static TaskRow Finished(InboxTables& tables, const std::string& name, int day,
                          v1::ReceiptVerdict verdict = v1::RECEIPT_VERDICT_RECORDED,
                          TaskState state = TaskState::kDone) {
    v1::Order order;
    order.set_order_id(std::string(15, 'o') + name.substr(0, 1));
    order.set_court("court");
    order.set_action(v1::ACTION_FREEZE);
    order.mutable_subject()->set_name(std::string(1000, 'n'));
    order.mutable_freeze()->set_limit_minor_units(7);
    TaskRow task;
    task.member.set_member(order.SerializeAsString());
    task.member.mutable_head()->set_payload("head of " + name);
    task.digest = journal::LeafHash(task.member.member());
    task.operation = {order.order_id(), "9900001", 0};
    task.state = state;
    task.verified = true;
    task.arrived_at = Day(day);
    MetaRow meta = tables.Meta();
    task.arrival_sequence = ++meta.last_arrival_sequence;
    tables.PutMeta(meta);
    tables.PutTask(task);
    for (const v1::ReceiptKind kind : {v1::RECEIPT_KIND_ACKNOWLEDGED, v1::RECEIPT_KIND_FINAL})
      Report(tables, {Say(tables, task, kind, day)}, verdict);
    return task;
  }
  static ReceiptRow Say(InboxTables& tables, const TaskRow& task, v1::ReceiptKind kind, int day) {
    v1::Receipt receipt;
    receipt.set_kind(kind);
    *receipt.mutable_answered_at() = trust::TimestampOf(Day(day));
    ReceiptRow row;
    row.task = task.digest;
    row.member = receipt.SerializeAsString();
    tables.AddReceipt(row);
    return row;
  }
  static uint64_t Report(InboxTables& tables, std::vector<ReceiptRow> rows, v1::ReceiptVerdict verdict) {
    MetaRow meta = tables.Meta();
    BatchRow batch;
    batch.sequence = ++meta.last_batch;
    tables.PutMeta(meta);
    for (ReceiptRow& row : rows) {
      row.batch = batch.sequence;
      tables.PutReceipt(row);
      tables.MarkSigned(row.id);
      batch.receipts.push_back(row.id);
      batch.fates.push_back({static_cast<uint8_t>(verdict), ""});
    }
    tables.PutBatch(batch);
    return batch.sequence;
  }
  static absl::Time Day(int day) { return absl::FromUnixSeconds(1'790'000'000) + absl::Hours(24 * day); }

  std::unique_ptr<InboxHarness> harness_ = GetParam()();
};

TEST_P(InboxContract, WhatWasCommittedIsThereAndNothingElse) {
  {
    Inbox& inbox = harness_->Open();
    auto first = inbox.Begin();
    first->Put("a", "1");
    first->Put("b", "2");
    ASSERT_TRUE(first->Commit().ok());
    first.reset();
    auto second = inbox.Begin();
    second->Put("a", "changed");
    second->Delete("b");
    second->Put("c", "3");
    EXPECT_EQ(second->Get("a"), "changed");
    EXPECT_EQ(second->Get("b"), std::nullopt);
  }
  Inbox& inbox = harness_->Open();
  {
    auto transaction = inbox.Begin();
    EXPECT_EQ(transaction->Scan("", "z", 10), (Rows{{"a", "1"}, {"b", "2"}}));
  }
  auto transaction = inbox.Begin();  // dropped ones leave no trace in the same process, either
  EXPECT_EQ(transaction->Get("c"), std::nullopt);
}

TEST_P(InboxContract, ScansAreInByteOrderWithTheTransactionsOwnWrites) {
  Inbox& inbox = harness_->Open();
  {
    auto transaction = inbox.Begin();
    for (const char* key : {"k1", "k3", "k5", "l"}) transaction->Put(key, "old");
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto transaction = inbox.Begin();
  transaction->Put("k2", "new");
  transaction->Put("k3", "new");
  transaction->Delete("k5");
  transaction->Put("k\xff", "new");
  EXPECT_EQ(transaction->Scan("k", "l", 10), (Rows{{"k1", "old"}, {"k2", "new"}, {"k3", "new"}, {"k\xff", "new"}}));
  EXPECT_EQ(transaction->Scan("k2", "k3", 10), (Rows{{"k2", "new"}}));
  EXPECT_EQ(transaction->Scan("k", "l", 2).size(), 2u);
  EXPECT_TRUE(transaction->Scan("m", "n", 10).empty());
}

TEST_P(InboxContract, AnyBytesAreKeysAndValues) {
  const std::string key("k\0\xff\x01", 4), value("\0v\xff", 3);
  {
    auto transaction = harness_->Open().Begin();
    transaction->Put(key, value);
    transaction->Put("empty", "");
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto transaction = harness_->Open().Begin();
  EXPECT_EQ(transaction->Get(key), value);
  EXPECT_EQ(transaction->Get("empty"), "");
  EXPECT_EQ(transaction->Get("k"), std::nullopt);
}

TEST_P(InboxContract, TheRowsOfTheAgentKeepTheirIndexes) {
  Inbox& inbox = harness_->Open();
  TaskRow task;
  task.digest = journal::LeafHash("order");
  task.operation = {std::string(16, 'o'), "9900001", 0};
  task.arrived_at = absl::FromUnixSeconds(7);
  task.arrival_sequence = 3;
  {
    auto transaction = inbox.Begin();
    InboxTables tables(*transaction);
    EXPECT_EQ(tables.Meta().last_batch, 0u);
    tables.PutTask(task);
    EXPECT_FALSE(tables.FindOperation(task.operation).has_value()) << "not verified yet";
    EXPECT_EQ(tables.OpenTasks(), std::vector<journal::Hash>{task.digest});
    task.verified = true;
    task.state = TaskState::kDone;
    tables.PutTask(task);
    EXPECT_TRUE(tables.OpenTasks().empty());
    for (int i = 0; i < 3; ++i) {
      ReceiptRow receipt;
      receipt.task = task.digest;
      receipt.member = "receipt " + std::to_string(i);
      tables.AddReceipt(receipt);
      EXPECT_EQ(receipt.id, static_cast<uint64_t>(i + 1));
    }
    EXPECT_EQ(tables.Unsigned(2).size(), 2u);
    tables.MarkSigned(1);
    tables.SetPending(5, true);
    tables.SetPending(9, true);
    tables.SetPending(9, false);
    tables.Withdraw(std::string(16, 'w'));
    RegisterChange change;
    change.operation = task.operation;
    tables.AppendChange(change);
    tables.AppendChange(change);
    tables.Defer(task.digest, change);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  EXPECT_EQ(tables.FindOperation(task.operation)->digest, task.digest);
  EXPECT_EQ(tables.ReceiptsOf(task.digest), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(tables.Unsigned(10).front().id, 2u);
  EXPECT_EQ(tables.NextPending(0), 5u);
  EXPECT_EQ(tables.NextPending(5), std::nullopt);
  EXPECT_TRUE(tables.IsWithdrawn(std::string(16, 'w')));
  EXPECT_FALSE(tables.IsWithdrawn(std::string(16, 'x')));
  ASSERT_EQ(tables.Changes(1, 10).size(), 1u);
  EXPECT_EQ(tables.Changes(1, 10)[0].sequence, 2u);
  EXPECT_EQ(tables.TakeDeferred(task.digest).size(), 1u);
  EXPECT_TRUE(tables.TakeDeferred(task.digest).empty());
}

// ---- What is forgotten ----

TEST_P(InboxContract, AFinishedOrderKeepsItsIdItsDigestAndItsLastWord) {
  TaskRow task;
  {
    auto transaction = harness_->Open().Begin();
    InboxTables tables(*transaction);
    task = Finished(tables, "a", 0);
    EXPECT_EQ(PruneSome(tables, Day(1), 0).orders, 1u);
    EXPECT_EQ(PruneSome(tables, Day(1), 0).orders, 0u) << "once";
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  const auto kept = tables.FindOperation(task.operation);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->digest, task.digest);
  EXPECT_EQ(kept->state, TaskState::kDone);
  EXPECT_EQ(kept->arrived_at, task.arrived_at);
  EXPECT_TRUE(kept->is_pruned());
  EXPECT_LT(kept->member.ByteSizeLong(), 100u);
  v1::Order brief;
  ASSERT_TRUE(brief.ParseFromString(kept->member.member()));
  EXPECT_EQ(brief.court(), "court");
  EXPECT_EQ(brief.freeze().limit_minor_units(), 7);
  EXPECT_FALSE(brief.has_subject());
  EXPECT_EQ(tables.ReceiptsOf(task.digest), std::vector<uint64_t>{2}) << "the acknowledgement went";
  EXPECT_EQ(tables.Batch(tables.Receipt(2).batch).receipts, std::vector<uint64_t>{2});
}

TEST_P(InboxContract, NothingIsForgottenBeforeItsTime) {
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  const TaskRow old = Finished(tables, "a", 0), young = Finished(tables, "b", 5);
  const TaskRow open = Finished(tables, "c", 0, v1::RECEIPT_VERDICT_RECORDED, TaskState::kUnderReview),
                answered_late = Finished(tables, "d", 0);
  Report(tables, {Say(tables, answered_late, v1::RECEIPT_KIND_CORRECTION, 5)}, v1::RECEIPT_VERDICT_RECORDED);
  EXPECT_EQ(PruneSome(tables, Day(4), 0).orders, 1u);
  EXPECT_TRUE(tables.FindTask(old.digest)->is_pruned());
  for (const TaskRow* task : {&young, &open, &answered_late}) {
    EXPECT_EQ(tables.FindTask(task->digest)->member.member(), task->member.member());
    EXPECT_GE(tables.ReceiptsOf(task->digest).size(), 2u);
  }
  EXPECT_EQ(PruneSome(tables, Day(5), 0).orders, 2u);
  EXPECT_FALSE(tables.FindTask(open.digest)->is_pruned());
}

TEST_P(InboxContract, WhatTheGatewayHasNotRecordedStays) {
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  const TaskRow conflict = Finished(tables, "a", 0, v1::RECEIPT_VERDICT_CONFLICT),
                refused = Finished(tables, "b", 0, v1::RECEIPT_VERDICT_REFUSED),
                unanswered = Finished(tables, "c", 0, v1::RECEIPT_VERDICT_UNSPECIFIED),
                unsent = Finished(tables, "d", 0);
  Say(tables, unsent, v1::RECEIPT_KIND_EVENT, 0);  // in no batch yet
  EXPECT_FALSE(PruneSome(tables, Day(9), 0).has_changed());
  for (const TaskRow* task : {&conflict, &refused, &unanswered, &unsent})
    EXPECT_FALSE(tables.FindTask(task->digest)->is_pruned());
}

TEST_P(InboxContract, ABatchGoesOnlyWhenAllThatItSaysWasSaidBetterSince) {
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  const TaskRow first = Finished(tables, "a", 0), second = Finished(tables, "b", 3);
  const auto progress = [&](const TaskRow& task) { return Say(tables, task, v1::RECEIPT_KIND_PROGRESS, 0); };
  const uint64_t both = Report(tables, {progress(first), progress(second)}, v1::RECEIPT_VERDICT_RECORDED);
  const uint64_t mixed =
      Report(tables, {progress(first), Say(tables, first, v1::RECEIPT_KIND_EVENT, 0)}, v1::RECEIPT_VERDICT_RECORDED);
  const uint64_t sent_again = Report(tables, {progress(second)}, v1::RECEIPT_VERDICT_RECORDED);
  tables.SetPending(sent_again, true);
  EXPECT_EQ(PruneSome(tables, Day(1), 0).receipts, 1u) << "only the acknowledgement";
  EXPECT_EQ(tables.Batch(both).receipts.size(), 2u) << "the second order isn't forgotten yet";
  EXPECT_EQ(PruneSome(tables, Day(9), 0).receipts, 3u);
  EXPECT_EQ(tables.Batch(mixed).receipts.size(), 2u) << "an event is in it";
  EXPECT_EQ(tables.Batch(sent_again).receipts.size(), 1u) << "it is on its way again";
  EXPECT_EQ(tables.ReceiptsOf(first.digest).size(), 3u) << "the last word, progress and event of the mixed batch";
  for (const uint64_t id : tables.ReceiptsOf(second.digest)) EXPECT_NE(tables.Receipt(id).batch, both);
}

TEST_P(InboxContract, ChangesGoWhenTheyHaveBecomeReceipts) {
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  for (int i = 0; i < 5; ++i) tables.AppendChange({.operation = {std::string(16, 'o'), "9900001", 0}});
  EXPECT_FALSE(PruneSome(tables, Day(9), 0).has_changed());
  MetaRow meta = tables.Meta();
  meta.change_cursor = 3;
  tables.PutMeta(meta);
  EXPECT_EQ(PruneSome(tables, Day(9), 0).changes, 3u);
  ASSERT_EQ(tables.Changes(0, 10).size(), 2u);
  EXPECT_EQ(tables.Changes(0, 10)[0].sequence, 4u);
  tables.AppendChange({.operation = {std::string(16, 'o'), "9900001", 0}});
  EXPECT_EQ(tables.Changes(5, 10)[0].sequence, 6u) << "numbers are never used again";
}

TEST_P(InboxContract, ALittleIsForgottenAtATimeUntilAllWasLookedAt) {
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  const size_t count = 2 * kPrunedAtOnce + 1;
  for (size_t i = 0; i < count; ++i) {
    TaskRow task;
    task.digest = journal::LeafHash(std::to_string(i));
    task.operation = {std::string(16, 'o'), "9900001", static_cast<uint32_t>(i)};
    task.state = TaskState::kWithdrawn;
    task.arrival_sequence = i + 1;
    task.arrived_at = Day(0);
    task.member.mutable_head();
    tables.PutTask(task);
  }
  uint64_t after = 0;
  size_t orders = 0, calls = 0;
  for (bool more = true; more; ++calls) {
    const PruneReport done = PruneSome(tables, Day(1), after);
    EXPECT_LE(done.orders, kPrunedAtOnce);
    orders += done.orders, after = done.stopped_at, more = done.more;
  }
  EXPECT_EQ(orders, count);
  EXPECT_EQ(calls, 3u);
  EXPECT_EQ(after, 0u) << "then anew";
}

TEST_P(InboxContract, AnInboxFromBeforeThereWasPruningIsPrunedToo) {
  TaskRow done, open;
  {
    auto transaction = harness_->Open().Begin();
    InboxTables tables(*transaction);
    done = Finished(tables, "a", 0);
    open = Finished(tables, "b", 0, v1::RECEIPT_VERDICT_RECORDED, TaskState::kUnderReview);
    for (const auto& [key, value] : transaction->Scan("z", "{", 10)) transaction->Delete(key);
    ASSERT_TRUE(transaction->Commit().ok());
  }
  auto transaction = harness_->Open().Begin();
  InboxTables tables(*transaction);
  EXPECT_EQ(PruneSome(tables, Day(9), 0).orders, 0u);
  tables.IndexUnpruned();
  EXPECT_EQ(PruneSome(tables, Day(9), 0).orders, 1u);
  EXPECT_TRUE(tables.FindTask(done.digest)->is_pruned());
  EXPECT_EQ(tables.OpenTasks(), std::vector<journal::Hash>{open.digest});
}

}  // namespace eagle::sdk
