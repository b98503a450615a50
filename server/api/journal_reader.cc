#include "server/api/journal_reader.h"

#include <algorithm>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/core/codec.h"
#include "server/core/rows.h"
#include "server/domain/apply.h"

namespace eagle::api {
namespace {

constexpr size_t kCommitsKept = 8;

absl::Status NoSuchOrder() { return Fail(Reason::kNotFound, "no order of this court has this id"); }

}  // namespace

absl::StatusOr<JournalReader> JournalReader::Open(storage::Store& store, core::KeySource& keys) {
  EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<storage::Reader> reader, store.NewReader());
  return JournalReader(std::move(reader), keys);
}

absl::StatusOr<journal::PackedEntry> JournalReader::Packed(uint64_t index) {
  const auto holds = [&](const auto& commit) {
    return index >= commit->row.first_index && index < commit->row.first_index + commit->row.count;
  };
  auto known = std::find_if(commits_.begin(), commits_.end(), holds);
  if (known == commits_.end()) {
    EAGLE_ASSIGN_OR_RETURN(std::optional<storage::CommitRow> row, reader_->CommitAt(index));
    if (!row) return Fail(Reason::kNotFound, "the journal has no such entry").With("index", std::to_string(index));
    auto commit = std::make_unique<Unpacked>(Unpacked{*std::move(row), {}});
    EAGLE_ASSIGN_OR_RETURN(commit->entries, journal::Unpack(commit->row.entries, commit->row.count));
    commits_.push_front(std::move(commit));
    if (commits_.size() > kCommitsKept) commits_.pop_back();
    known = commits_.begin();
  }
  return (*known)->entries[index - (*known)->row.first_index];
}

absl::StatusOr<journal::Leaf> JournalReader::LeafAt(uint64_t index) {
  EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, Packed(index));
  return journal::DecodeLeaf(packed.leaf);
}

absl::StatusOr<domain::Entry> JournalReader::EntryAt(uint64_t index) {
  EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, Packed(index));
  return core::DecodeEntry(packed.leaf, packed.sealed, *keys_);
}

absl::StatusOr<journal::OpenedPayload> JournalReader::OpenedAt(uint64_t index) {
  EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, Packed(index));
  if (packed.sealed.empty())
    return Fail(Reason::kNotFound, "the entry has no payload").With("index", std::to_string(index));
  EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, journal::DecodeLeaf(packed.leaf));
  EAGLE_ASSIGN_OR_RETURN(const std::string key_id, journal::KeyIdOf(packed.sealed));
  EAGLE_ASSIGN_OR_RETURN(const std::string key, keys_->KeyOf(key_id));
  EAGLE_ASSIGN_OR_RETURN(journal::OpenedPayload opened,
                         journal::OpenPayload(key, packed.sealed, leaf.index, leaf.type, leaf.case_seq));
  EAGLE_RETURN_IF_ERROR(journal::CheckCommitment(opened, leaf.commitment));
  return opened;
}

absl::StatusOr<std::optional<domain::Order>> JournalReader::OrderAt(OrderSeq seq) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                         reader_->Get(storage::Table::kOrders, BigEndian(seq.value())));
  if (!row) return std::optional<domain::Order>();
  EAGLE_ASSIGN_OR_RETURN(domain::Order order, domain::Order::Decode(*row));
  return std::optional<domain::Order>(std::move(order));
}

absl::StatusOr<std::optional<domain::IdUse>> JournalReader::UseOf(const std::string& id) {
  if (id.empty() || id.size() > storage::kKeyBytesMax) return std::optional<domain::IdUse>();
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> row, reader_->Get(storage::Table::kIds, id));
  if (!row) return std::optional<domain::IdUse>();
  EAGLE_ASSIGN_OR_RETURN(domain::IdUse use, core::DecodeIdUse(*row));
  return std::optional<domain::IdUse>(std::move(use));
}

absl::StatusOr<std::optional<CaseSeq>> JournalReader::CaseNumbered(CourtOrdinal court,
                                                                   const std::vector<std::string>& number_tags) {
  for (const std::string& tag : number_tags) {
    EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                           reader_->Get(storage::Table::kCaseNumbers, domain::CaseNumberKey(court, tag)));
    if (row) return std::optional<CaseSeq>(CaseSeq(ByteReader(*row).U64()));
  }
  return std::optional<CaseSeq>();
}

absl::StatusOr<std::optional<domain::Case>> JournalReader::CaseRow(CaseSeq seq) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<std::string> row,
                         reader_->Get(storage::Table::kCases, BigEndian(seq.value())));
  if (!row) return std::optional<domain::Case>();
  EAGLE_ASSIGN_OR_RETURN(domain::Case of, domain::Case::Decode(*row));
  return std::optional<domain::Case>(std::move(of));
}

absl::StatusOr<domain::Order> JournalReader::OrderById(CourtOrdinal court, const std::string& order_id) {
  EAGLE_ASSIGN_OR_RETURN(const std::optional<domain::IdUse> use, UseOf(order_id));
  if (!use) return NoSuchOrder();
  EAGLE_ASSIGN_OR_RETURN(std::optional<domain::Order> order, OrderAt(OrderSeq(use->index)));
  if (!order || order->order_id != order_id || order->court != court) return NoSuchOrder();
  return *std::move(order);
}

absl::StatusOr<std::vector<domain::Entry>> JournalReader::EntriesOf(const domain::Order& order) {
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, core::StreamIndexes(*reader_, order.case_seq.value()));
  std::vector<domain::Entry> entries;
  for (auto index = std::lower_bound(indexes.begin(), indexes.end(), order.seq.value());
       index != indexes.end() && *index <= order.last_index; ++index) {
    EAGLE_ASSIGN_OR_RETURN(const journal::Leaf leaf, LeafAt(*index));
    if (*index != order.seq.value() && leaf.order != order.seq) continue;
    EAGLE_ASSIGN_OR_RETURN(domain::Entry entry, EntryAt(*index));
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<domain::Case> JournalReader::FoldedCase(CaseSeq seq) {
  EAGLE_ASSIGN_OR_RETURN(std::optional<domain::Case> row, CaseRow(seq));
  if (!row) return Fail(Reason::kNotFound, "no such case");
  if (row->erased()) {
    row->readable = false;
    return *std::move(row);
  }
  EAGLE_ASSIGN_OR_RETURN(const std::vector<uint64_t> indexes, core::StreamIndexes(*reader_, seq.value()));
  domain::State scratch;
  scratch.cases.emplace(seq.value(), *std::move(row));
  for (uint64_t index : indexes) {
    EAGLE_ASSIGN_OR_RETURN(const domain::Entry entry, EntryAt(index));
    domain::ApplyPrivate(entry, scratch);
  }
  return std::move(scratch.cases.at(seq.value()));
}

}  // namespace eagle::api
