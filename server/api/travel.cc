#include "server/api/travel.h"

#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/base/reason.h"
#include "server/domain/act.h"
#include "server/domain/instant.h"
#include "server/journal/merkle.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

absl::Status Erased(uint64_t index) {
  return Fail(Reason::kErased, "the payload can't be read any more").With("index", std::to_string(index));
}
absl::Status Malformed(uint64_t index) {
  return Fail(Reason::kEntryMalformed, "an entry isn't of the type that another one says")
      .With("index", std::to_string(index));
}

template <typename Body, typename Payload>
absl::Status Read(JournalReader& journal, uint64_t index, EntryType type, domain::Entry& entry, Body& body,
                  Payload& payload) {
  EAGLE_ASSIGN_OR_RETURN(entry, journal.EntryAt(index));
  if (entry.type != type || !body.ParseFromString(entry.body)) return Malformed(index);
  if (!entry.payload) return Erased(index);
  if (!payload.ParseFromString(*entry.payload)) return Malformed(index);
  return absl::OkStatus();
}

std::vector<std::string> Path(const HeadBytes& head, uint32_t index) {
  std::vector<std::string> path;
  for (const journal::Hash& hash : journal::PathOf(head.digests, index)) path.emplace_back(journal::View(hash));
  return path;
}

}  // namespace

void Travel::RememberHead(uint64_t index, std::shared_ptr<const HeadBytes> head) {
  const size_t bytes = head->bytes();
  heads_.Put(index, std::move(head), bytes);
}

void Travel::RememberTask(OrderSeq order, std::shared_ptr<const TaskBytes> task) {
  const size_t bytes = task->bytes();
  absl::MutexLock lock(&mu_);
  const auto resigned = resigned_.find(order.value());
  if (resigned == resigned_.end() || task->signed_index >= resigned->second)
    tasks_.Put(order.value(), std::move(task), bytes);
}

void Travel::Resigned(OrderSeq order, uint64_t index) {
  absl::MutexLock lock(&mu_);
  resigned_[order.value()] = index;
  tasks_.Remove(order.value());
}

void Travel::ForgetTask(OrderSeq order) { tasks_.Remove(order.value()); }

absl::StatusOr<std::shared_ptr<const HeadBytes>> Travel::HeadAt(uint64_t index, const OpenJournal& open) {
  if (auto known = heads_.Get(index)) return known;
  EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, open());
  domain::Entry entry;
  BatchHead body;
  BatchHeadPayload payload;
  EAGLE_RETURN_IF_ERROR(Read(*journal, index, ENTRY_TYPE_BATCH_HEAD, entry, body, payload));
  auto head = std::make_shared<HeadBytes>();
  head->envelope = std::move(*payload.mutable_head());
  const std::string_view digests = payload.member_digests();
  for (size_t at = 0; at + 32 <= digests.size(); at += 32)
    head->digests.push_back(*journal::HashFrom(digests.substr(at, 32)));
  RememberHead(index, head);
  return std::shared_ptr<const HeadBytes>(std::move(head));
}

absl::StatusOr<std::shared_ptr<const TaskBytes>> Travel::TaskOf(OrderSeq order, const OpenJournal& open) {
  if (auto known = tasks_.Get(order.value())) return known;
  EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, open());
  domain::Entry entry;
  OrderAccepted body;
  OrderPayload payload;
  EAGLE_RETURN_IF_ERROR(Read(*journal, order.value(), ENTRY_TYPE_ORDER_ACCEPTED, entry, body, payload));
  auto task = std::make_shared<TaskBytes>();
  EAGLE_ASSIGN_OR_RETURN(task->envelope, HeadAt(body.head(), open));
  if (payload.index() >= task->envelope->digests.size()) return Malformed(order.value());
  task->member = std::move(*payload.mutable_member());
  task->index = payload.index();
  task->path = Path(*task->envelope, task->index);
  task->head = body.head();
  task->signed_index = order.value();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::Order> row, journal->OrderAt(order));
  if (row && row->signed_index != order.value()) {
    OrderResumed resumed;
    ResumedPayload signed_anew;
    EAGLE_RETURN_IF_ERROR(Read(*journal, row->signed_index, ENTRY_TYPE_ORDER_RESUMED, entry, resumed, signed_anew));
    task->envelope =
        std::make_shared<const HeadBytes>(HeadBytes{std::move(*signed_anew.mutable_head()), task->envelope->digests});
    task->head = task->signed_index = row->signed_index;
  }
  task->takes = domain::Takes(body.action());
  task->due_at = domain::ToProto(domain::FromMicros(body.due()));
  RememberTask(order, task);
  return std::shared_ptr<const TaskBytes>(std::move(task));
}

absl::StatusOr<std::shared_ptr<const DirectoryChange>> Travel::StatementAt(uint64_t index, const OpenJournal& open) {
  if (auto known = statements_.Get(index)) return known;
  EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, open());
  domain::Entry entry;
  StatementAccepted body;
  StatementPayload payload;
  EAGLE_RETURN_IF_ERROR(Read(*journal, index, ENTRY_TYPE_STATEMENT_ACCEPTED, entry, body, payload));
  EAGLE_ASSIGN_OR_RETURN(const std::shared_ptr<const HeadBytes> head, HeadAt(body.head(), open));
  if (payload.index() >= head->digests.size()) return Malformed(index);
  auto change = std::make_shared<DirectoryChange>();
  change->set_position(index);
  *change->mutable_statement() = TravelForm(*head, payload.member(), payload.index());
  statements_.Put(index, change, change->ByteSizeLong());
  return std::shared_ptr<const DirectoryChange>(std::move(change));
}

SignedMember Travel::TravelForm(const HeadBytes& head, const std::string& member, uint32_t index) {
  SignedMember form;
  form.set_member(member);
  form.set_index(index);
  for (std::string& hash : Path(head, index)) form.add_path(std::move(hash));
  *form.mutable_head() = head.envelope;
  return form;
}

absl::StatusOr<StatementPage> StatementsPast(uint64_t position, size_t most, size_t bytes_max,
                                             const std::vector<uint64_t>& positions, Travel& travel,
                                             const Travel::OpenJournal& open) {
  StatementPage page;
  size_t bytes = 0;
  for (auto next = std::upper_bound(positions.begin(), positions.end(), position); next != positions.end(); ++next) {
    if (page.changes.size() == most || bytes >= bytes_max) {
      page.complete = false;
      return page;
    }
    EAGLE_ASSIGN_OR_RETURN(auto change, travel.StatementAt(*next, open));
    bytes += change->ByteSizeLong();
    page.changes.push_back(std::move(change));
  }
  return page;
}

}  // namespace eagle::api
