#include "adapters/sdk/inbox_codec.h"

#include "adapters/sdk/encumbrance/fields.h"

namespace eagle::sdk {
namespace {

constexpr uint8_t kVersion = 1;

// The fields of the SDK's own rows, beside texts and numbers.
class Out : public FieldWriter {
 public:
  Out() : FieldWriter(kVersion) {}
  Out& Hash(const journal::Hash& hash) { return Bytes(journal::View(hash)), *this; }
  Out& Message(const google::protobuf::MessageLite& message) { return Text(message.SerializeAsString()), *this; }
};

class In : public FieldReader {
 public:
  explicit In(std::string_view bytes) : FieldReader(bytes, kVersion) {}
  journal::Hash Hash() { return journal::HashFrom(Bytes(journal::kHashSize)).value_or(journal::Hash{}); }
  void Message(google::protobuf::MessageLite& message) {
    const std::string_view bytes = View();
    Expect(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  }
};

void PutOperation(Out& out, const Operation& operation) {
  out.Text(operation.order_id).Text(operation.agency).U32(operation.step);
}
Operation TakeOperation(In& in) {
  Operation operation;
  operation.order_id = in.Text();
  operation.agency = in.Text();
  operation.step = in.U32();
  return operation;
}

template <typename Row>
std::optional<Row> Whole(const In& in, Row& row) {
  if (!in.Done()) return std::nullopt;
  return std::move(row);
}

// The stream of statements was not counted then: it is fetched again, and what is known stays known.
MetaRow Unread(MetaRow row) {
  row.statement_offset += row.directory_position;
  row.directory_position = 0;
  return row;
}

}  // namespace

std::string EncodeMeta(const MetaRow& row) {
  Out out;
  out.Text(row.inbox_id)
      .U64(row.last_arrival_sequence)
      .Time(row.last_arrived_at)
      .U64(row.last_delivery)
      .U64(row.directory_position);
  out.U64(row.last_receipt_id).U64(row.last_batch).U64(row.change_cursor).U64(row.last_inbox_change);
  out.Text(row.origin).U64(row.statement_offset);
  out.U64(row.statements).Text(row.stream_digest).U64(row.directory_head).Time(row.directory_head_at);
  return out.Take();
}

std::optional<MetaRow> DecodeMeta(std::string_view bytes) {
  In in(bytes);
  MetaRow row;
  row.inbox_id = in.Text();
  row.last_arrival_sequence = in.U64();
  row.last_arrived_at = in.Time();
  row.last_delivery = in.U64();
  row.directory_position = in.U64();
  row.last_receipt_id = in.U64();
  row.last_batch = in.U64();
  row.change_cursor = in.U64();
  row.last_inbox_change = in.U64();
  if (in.Done()) return Unread(row);  // written before there were these
  row.origin = in.Text();
  row.statement_offset = in.U64();
  if (in.Done()) return Unread(row);
  row.statements = in.U64();
  row.stream_digest = in.Text();
  row.directory_head = in.U64();
  row.directory_head_at = in.Time();
  return Whole(in, row);
}

std::string EncodeTask(const TaskRow& row) {
  Out out;
  out.Hash(row.digest);
  PutOperation(out, row.operation);
  out.U8(static_cast<uint8_t>(row.state))
      .U8(row.verified)
      .U8(row.witnessed)
      .Time(row.arrived_at)
      .U64(row.arrival_sequence);
  out.Message(row.member);
  out.U8(row.is_control)
      .Text(row.person)
      .U64(row.receipt_sequence)
      .U8(row.acknowledged)
      .U8(row.final_digest.has_value());
  out.Hash(row.final_digest.value_or(journal::Hash{})).Text(row.note);
  return out.Take();
}

std::optional<TaskRow> DecodeTask(std::string_view bytes) {
  In in(bytes);
  TaskRow row;
  row.digest = in.Hash();
  row.operation = TakeOperation(in);
  row.state = static_cast<TaskState>(in.U8());
  row.verified = in.U8() != 0;
  row.witnessed = in.U8() != 0;
  row.arrived_at = in.Time();
  row.arrival_sequence = in.U64();
  in.Message(row.member);
  row.is_control = in.U8() != 0;
  row.person = in.Text();
  row.receipt_sequence = in.U64();
  row.acknowledged = in.U8() != 0;
  const bool has_final = in.U8() != 0;
  const journal::Hash final_digest = in.Hash();
  if (has_final) row.final_digest = final_digest;
  row.note = in.Text();
  return Whole(in, row);
}

std::string EncodeReceipt(const ReceiptRow& row) {
  Out out;
  out.U64(row.id);
  out.Hash(row.task).U8(static_cast<uint8_t>(row.stream)).U64(row.batch).Text(row.member);
  return out.Take();
}

std::optional<ReceiptRow> DecodeReceipt(std::string_view bytes) {
  In in(bytes);
  ReceiptRow row;
  row.id = in.U64();
  row.task = in.Hash();
  row.stream = static_cast<ReceiptStream>(in.U8());
  row.batch = in.U64();
  row.member = in.Text();
  return Whole(in, row);
}

std::string EncodeBatch(const BatchRow& row) {
  Out out;
  out.U64(row.sequence).U8(static_cast<uint8_t>(row.stream));
  out.Message(row.head).Count(row.receipts.size());
  for (uint64_t id : row.receipts) out.U64(id);
  out.Count(row.fates.size());
  for (const ReceiptFate& fate : row.fates) out.U8(fate.verdict).Text(fate.reason);
  return out.Take();
}

std::optional<BatchRow> DecodeBatch(std::string_view bytes) {
  In in(bytes);
  BatchRow row;
  row.sequence = in.U64();
  row.stream = static_cast<ReceiptStream>(in.U8());
  in.Message(row.head);
  row.receipts.resize(in.Count());
  for (uint64_t& id : row.receipts) id = in.U64();
  row.fates.resize(in.Count());
  for (ReceiptFate& fate : row.fates) fate.verdict = in.U8(), fate.reason = in.Text();
  return Whole(in, row);
}

std::string EncodeChange(const RegisterChange& row) {
  Out out;
  out.U64(row.sequence).U8(static_cast<uint8_t>(row.kind));
  PutOperation(out, row.operation);
  out.U8(static_cast<uint8_t>(row.answer.kind)).Count(row.answer.items.size());
  for (const v1::ItemResult& item : row.answer.items) out.Message(item);
  out.Text(row.answer.searched_scope)
      .Time(row.answer.effect_at)
      .Text(row.answer.return_reason)
      .Text(row.answer.return_remark);
  out.U32(static_cast<uint32_t>(row.change));
  out.Message(row.item).Time(row.at);
  return out.Take();
}

std::optional<RegisterChange> DecodeChange(std::string_view bytes) {
  In in(bytes);
  RegisterChange row;
  row.sequence = in.U64();
  row.kind = static_cast<RegisterChange::Kind>(in.U8());
  row.operation = TakeOperation(in);
  row.answer.kind = static_cast<AnswerKind>(in.U8());
  row.answer.items.resize(in.Count());
  for (v1::ItemResult& item : row.answer.items) in.Message(item);
  row.answer.searched_scope = in.Text();
  row.answer.effect_at = in.MaybeTime();
  row.answer.return_reason = in.Text();
  row.answer.return_remark = in.Text();
  row.change = static_cast<v1::MeasureChange>(in.U32());
  in.Message(row.item);
  row.at = in.Time();
  return Whole(in, row);
}

}  // namespace eagle::sdk
