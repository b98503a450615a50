#include "adapters/sdk/inbox_rows.h"

#include "adapters/sdk/inbox_codec.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::sdk {
namespace {

constexpr std::string_view kMeta = "m";
constexpr std::string_view kUnprunedIndexed = "i";
constexpr size_t kTasksAPage = 256;
constexpr char kDamaged[] = "a row of the inbox can't be read: the file is damaged, or of another version";

std::string Key(char table, std::string_view key) { return std::string(1, table) + std::string(key); }
std::string Key(char table, uint64_t number) { return Key(table, BigEndian(number)); }
uint64_t NumberAt(std::string_view key, size_t offset) { return ByteReader(key.substr(offset)).U64(); }

std::string OperationKey(const Operation& operation) {
  return Key('o', operation.order_id + BigEndian(operation.step) + operation.agency);
}

}  // namespace

std::string_view TaskStateName(TaskState state) {
  switch (state) {
    case TaskState::kArrived:
      return "ARRIVED";
    case TaskState::kWaiting:
      return "WAITING";
    case TaskState::kApplying:
      return "APPLYING";
    case TaskState::kInDoubt:
      return "IN_DOUBT";
    case TaskState::kUnderReview:
      return "UNDER_REVIEW";
    case TaskState::kProgress:
      return "PROGRESS";
    case TaskState::kDone:
      return "DONE";
    case TaskState::kReturned:
      return "RETURNED";
    case TaskState::kWithdrawn:
      return "WITHDRAWN";
  }
  return "UNKNOWN";
}

bool MayFollow(TaskState from, TaskState to) {
  using enum TaskState;
  struct Step {
    TaskState from, to;
  };
  static constexpr Step kSteps[] = {
      {kArrived, kWaiting},  {kArrived, kReturned},  {kArrived, kWithdrawn},    {kWaiting, kApplying},
      {kWaiting, kDone},     {kWaiting, kReturned},  {kWaiting, kWithdrawn},    {kWaiting, kUnderReview},
      {kWaiting, kProgress},  // one transaction with the effect: no intent needed
      {kApplying, kWaiting},  // certainly not done: the lease ended, or the core says so
      {kApplying, kDone},    {kApplying, kReturned}, {kApplying, kUnderReview}, {kApplying, kProgress},
      {kApplying, kInDoubt}, {kInDoubt, kDone},      {kInDoubt, kReturned},     {kInDoubt, kUnderReview},
      {kInDoubt, kProgress}, {kUnderReview, kDone},  {kUnderReview, kReturned}, {kUnderReview, kProgress},
      {kProgress, kDone},    {kProgress, kReturned}};
  if (from == to) return true;
  for (const Step& step : kSteps) {
    if (step.from == from && step.to == to) return true;
  }
  return false;
}

MetaRow InboxTables::Meta() {
  const auto bytes = transaction_.Get(kMeta);
  if (!bytes) return {};
  auto row = DecodeMeta(*bytes);
  GATEWAY_ASSERT(row.has_value(), kDamaged);
  return *std::move(row);
}

void InboxTables::PutMeta(const MetaRow& meta) { transaction_.Put(kMeta, EncodeMeta(meta)); }

std::optional<TaskRow> InboxTables::FindTask(const journal::Hash& digest) {
  const auto bytes = transaction_.Get(Key('t', journal::View(digest)));
  if (!bytes) return std::nullopt;
  auto row = DecodeTask(*bytes);
  GATEWAY_ASSERT(row.has_value(), kDamaged);
  return row;
}

std::optional<TaskRow> InboxTables::FindOperation(const Operation& operation) {
  const auto digest = transaction_.Get(OperationKey(operation));
  if (!digest) return std::nullopt;
  return FindTask(journal::HashFrom(*digest).value_or(journal::Hash{}));
}

void InboxTables::PutTask(const TaskRow& task) {
  transaction_.Put(Key('t', journal::View(task.digest)), EncodeTask(task));
  if (task.verified) transaction_.Put(OperationKey(task.operation), journal::View(task.digest));
  const std::string open = Key('a', task.arrival_sequence), unpruned = Key('z', task.arrival_sequence);
  if (IsOpen(task.state)) {
    transaction_.Put(open, journal::View(task.digest));
    return;
  }
  transaction_.Delete(open);
  if (task.is_pruned()) {
    transaction_.Delete(unpruned);
  } else {
    transaction_.Put(unpruned, journal::View(task.digest));
  }
}

std::vector<journal::Hash> InboxTables::OpenTasks() {
  std::vector<journal::Hash> out;
  for (const auto& [key, digest] : transaction_.Scan("a", "b", SIZE_MAX))
    out.push_back(journal::HashFrom(digest).value_or(journal::Hash{}));
  return out;
}

std::vector<std::pair<uint64_t, journal::Hash>> InboxTables::Unpruned(uint64_t after, size_t limit) {
  std::vector<std::pair<uint64_t, journal::Hash>> out;
  for (const auto& [key, digest] : transaction_.Scan(Key('z', after + 1), "{", limit))
    out.emplace_back(NumberAt(key, 1), journal::HashFrom(digest).value_or(journal::Hash{}));
  return out;
}

void InboxTables::IndexUnpruned() {
  if (transaction_.Get(kUnprunedIndexed)) return;
  transaction_.Put(kUnprunedIndexed, "");
  std::string from = "t";
  while (true) {
    const auto page = transaction_.Scan(from, "u", kTasksAPage);
    for (const auto& [key, bytes] : page) {
      const auto task = DecodeTask(bytes);
      GATEWAY_ASSERT(task.has_value(), kDamaged);
      if (!IsOpen(task->state)) PutTask(*task);
    }
    if (page.size() < kTasksAPage) return;
    from = page.back().first + '\0';
  }
}

void InboxTables::AddReceipt(ReceiptRow& receipt) {
  MetaRow meta = Meta();
  receipt.id = ++meta.last_receipt_id;
  PutMeta(meta);
  PutReceipt(receipt);
  transaction_.Put(Key('q', std::string(journal::View(receipt.task)) + BigEndian(receipt.id)), "");
  transaction_.Put(Key('n', receipt.id), "");
}

std::vector<uint64_t> InboxTables::ReceiptsOf(const journal::Hash& task) {
  std::vector<uint64_t> out;
  const std::string prefix = Key('q', journal::View(task));
  for (const auto& [key, unused] : transaction_.Scan(prefix + BigEndian(0), prefix + BigEndian(UINT64_MAX), SIZE_MAX)) {
    out.push_back(NumberAt(key, prefix.size()));
  }
  return out;
}

ReceiptRow InboxTables::Receipt(uint64_t id) {
  const auto bytes = transaction_.Get(Key('r', id));
  auto row = bytes ? DecodeReceipt(*bytes) : std::nullopt;
  GATEWAY_ASSERT(row.has_value(), kDamaged);
  return *std::move(row);
}

void InboxTables::PutReceipt(const ReceiptRow& receipt) {
  transaction_.Put(Key('r', receipt.id), EncodeReceipt(receipt));
}

std::vector<ReceiptRow> InboxTables::Unsigned(size_t limit) {
  std::vector<ReceiptRow> out;
  for (const auto& [key, unused] : transaction_.Scan("n", "o", limit)) out.push_back(Receipt(NumberAt(key, 1)));
  return out;
}

void InboxTables::MarkSigned(uint64_t receipt) { transaction_.Delete(Key('n', receipt)); }

void InboxTables::DropReceipt(const ReceiptRow& receipt) {
  transaction_.Delete(Key('r', receipt.id));
  transaction_.Delete(Key('q', std::string(journal::View(receipt.task)) + BigEndian(receipt.id)));
}

BatchRow InboxTables::Batch(uint64_t sequence) {
  const auto bytes = transaction_.Get(Key('b', sequence));
  auto row = bytes ? DecodeBatch(*bytes) : std::nullopt;
  GATEWAY_ASSERT(row.has_value(), kDamaged);
  return *std::move(row);
}

void InboxTables::PutBatch(const BatchRow& batch) { transaction_.Put(Key('b', batch.sequence), EncodeBatch(batch)); }

void InboxTables::DropBatch(uint64_t sequence) {
  transaction_.Delete(Key('b', sequence));
  SetForgotten(sequence, false);
}

bool InboxTables::IsPending(uint64_t batch) { return transaction_.Get(Key('p', batch)).has_value(); }

void InboxTables::SetPending(uint64_t batch, bool pending) {
  if (pending) {
    transaction_.Put(Key('p', batch), "");
  } else {
    transaction_.Delete(Key('p', batch));
  }
}

std::vector<uint64_t> InboxTables::Batches(uint64_t after, size_t limit) {
  std::vector<uint64_t> sequences;
  for (const auto& [key, bytes] : transaction_.Scan(Key('b', after + 1), "c", limit))
    sequences.push_back(NumberAt(key, 1));
  return sequences;
}

void InboxTables::SetForgotten(uint64_t batch, bool forgotten) {
  if (forgotten) {
    transaction_.Put(Key('g', batch), "");
  } else {
    transaction_.Delete(Key('g', batch));
  }
}

std::vector<uint64_t> InboxTables::Forgotten(uint64_t after, size_t limit) {
  std::vector<uint64_t> sequences;
  for (const auto& [key, bytes] : transaction_.Scan(Key('g', after + 1), "h", limit))
    sequences.push_back(NumberAt(key, 1));
  return sequences;
}

std::optional<uint64_t> InboxTables::NextPending(uint64_t after) {
  const auto rows = transaction_.Scan(Key('p', after + 1), "q", 1);
  if (rows.empty()) return std::nullopt;
  return NumberAt(rows.front().first, 1);
}

void InboxTables::AddStatement(uint64_t position, const v1::SignedMember& member) {
  transaction_.Put(Key('s', position), member.SerializeAsString());
}

std::vector<std::pair<uint64_t, v1::SignedMember>> InboxTables::Statements(uint64_t after, size_t limit) {
  std::vector<std::pair<uint64_t, v1::SignedMember>> out;
  for (const auto& [key, bytes] : transaction_.Scan(Key('s', after + 1), "t", limit)) {
    auto& [position, member] = out.emplace_back();
    position = NumberAt(key, 1);
    GATEWAY_ASSERT(member.ParseFromString(bytes), kDamaged);
  }
  return out;
}

void InboxTables::Withdraw(const std::string& order_id) { transaction_.Put(Key('w', order_id), ""); }
bool InboxTables::IsWithdrawn(const std::string& order_id) { return transaction_.Get(Key('w', order_id)).has_value(); }

void InboxTables::AppendChange(RegisterChange change) {
  MetaRow meta = Meta();
  change.sequence = ++meta.last_inbox_change;
  PutMeta(meta);
  transaction_.Put(Key('c', change.sequence), EncodeChange(change));
}

std::vector<RegisterChange> InboxTables::Changes(uint64_t after, size_t limit) {
  std::vector<RegisterChange> out;
  for (const auto& [key, bytes] : transaction_.Scan(Key('c', after + 1), "d", limit)) {
    auto row = DecodeChange(bytes);
    GATEWAY_ASSERT(row.has_value(), kDamaged);
    out.push_back(*std::move(row));
  }
  return out;
}

size_t InboxTables::DropChanges(uint64_t last, size_t limit) {
  const auto rows = transaction_.Scan(Key('c', uint64_t{0}), Key('c', last + 1), limit);
  for (const auto& [key, bytes] : rows) transaction_.Delete(key);
  return rows.size();
}

void InboxTables::Defer(const journal::Hash& task, const RegisterChange& change) {
  transaction_.Put(Key('d', std::string(journal::View(task)) + BigEndian(change.sequence)), EncodeChange(change));
}

std::vector<RegisterChange> InboxTables::TakeDeferred(const journal::Hash& task) {
  std::vector<RegisterChange> out;
  const std::string prefix = Key('d', journal::View(task));
  for (const auto& [key, bytes] : transaction_.Scan(prefix + BigEndian(0), prefix + BigEndian(UINT64_MAX), SIZE_MAX)) {
    auto row = DecodeChange(bytes);
    GATEWAY_ASSERT(row.has_value(), kDamaged);
    out.push_back(*std::move(row));
    transaction_.Delete(key);
  }
  return out;
}

}  // namespace eagle::sdk
