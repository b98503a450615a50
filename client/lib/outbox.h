// The outbox: every signed batch before it is sent, and what became of it. After a crash at any moment the same bytes
// go out again, under the same ids, and the gateway answers with the same facts.
//
// One file a batch, "<member type>-<sequence>-<first 8 hex of the head's digest>.batch":
//
//   "golden-eagle-outbox-v1\n" || state u8 || member type u8 || time of the last change i64 (microseconds) ||
//   length u32, SignedBatch || length u32, answer (the call's response message) || SHA-256 of all before
//
//   READY --Send--> ANSWERED      the gateway's answer is kept with the batch: order bytes and acceptance are the
//   court's proof
//     \-----------> REFUSED       the whole call was refused; it would be again
//
// Threads and processes: any; the folder is locked for the moment of a change.
//
//   Outbox outbox("state/outbox", clock);
//   EAGLE_ASSIGN_OR_RETURN(OutboxItem item, outbox.Put(batch));     // durable; only now may it be sent
//   ... send item.batch ...
//   EAGLE_RETURN_IF_ERROR(outbox.Answered(item.name, response.SerializeAsString()));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/base/clock.h"

namespace eagle::client {

enum class OutboxState : uint8_t { kReady = 1, kAnswered = 2, kRefused = 3 };

struct OutboxItem {
  std::string name;  // of the file
  OutboxState state = OutboxState::kReady;
  goldeneagle::v1::MemberType member_type = goldeneagle::v1::MEMBER_TYPE_UNSPECIFIED;
  absl::Time changed_at;
  goldeneagle::v1::SignedBatch batch;
  std::string answer;  // serialised response; or, REFUSED, the sentence of the refusal
};

class Outbox {
 public:
  // `clock` must outlive this.
  Outbox(std::string folder, Clock& clock) : folder_(std::move(folder)), clock_(clock) {}

  // Stores a signed batch, READY. A batch with the same head that is there already is given back as it is, its members
  // and answer included; one that waits, or holds statements, takes on signatures it did not have, and waits again.
  // Errors: ENVELOPE_MALFORMED and the like for what is no batch; STORAGE_UNUSABLE; SEQUENCE_REUSED when another head
  // has the number.
  absl::StatusOr<OutboxItem> Put(const goldeneagle::v1::SignedBatch& batch);
  absl::Status Answered(const std::string& name, std::string answer) {
    return Change(name, OutboxState::kAnswered, std::move(answer));
  }
  absl::Status Refused(const std::string& name, std::string why) {
    return Change(name, OutboxState::kRefused, std::move(why));
  }

  // Errors: STORAGE_UNUSABLE; STORAGE_DAMAGED for a file that isn't what was written.
  absl::StatusOr<OutboxItem> Read(const std::string& name) const;
  // What the outbox holds of this very head, whatever its state; absent: it was never to be sent. Errors: those of
  // Read; ENVELOPE_MALFORMED and the like for what is no batch.
  absl::StatusOr<std::optional<OutboxItem>> Find(const goldeneagle::v1::SignedBatch& batch) const;
  // What is READY: to be sent again, oldest sequence first.
  absl::StatusOr<std::vector<OutboxItem>> Pending() const;
  // What is ANSWERED, by file name.
  absl::StatusOr<std::vector<OutboxItem>> Answered() const;
  // Keeps the batch with this answer beside it for ever ("<name>.lost"), before another one takes its place: what the
  // log promised and lost is still the court's proof.
  absl::Status KeepAside(const OutboxItem& item) const;
  // Puts the signatures of `item` in place of those that the batch had: the same head, signed anew. Its state and
  // answer stay. Pre: it is there.
  absl::Status SignAnew(const OutboxItem& item) const;
  // The signed bytes of one order of ours; absent when it isn't here. Reads the folder: meant for one order at a time.
  absl::StatusOr<std::optional<std::string>> OrderBytes(std::string_view order_id) const;

 private:
  absl::Status Change(const std::string& name, OutboxState state, std::string answer);
  absl::Status Write(const OutboxItem& item) const;

  std::string folder_;
  Clock& clock_;
};

// The bytes of a file and back.
std::string EncodeOutboxItem(const OutboxItem& item);
// Errors: STORAGE_DAMAGED.
absl::StatusOr<OutboxItem> DecodeOutboxItem(const std::string& name, std::string_view bytes);

}  // namespace eagle::client
