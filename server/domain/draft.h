// What every decision needs to write its entries: numbering, the link to the previous entry of the same order, sequence
// and id checks. Private to the decide_*.cc files.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/message_lite.h"
#include "server/domain/decide.h"

namespace eagle::domain {

class Draft {
 public:
  Draft(const State& state, absl::Time now) : state_(state), now_(now) {}

  const State& state() const { return state_; }
  absl::Time now() const { return now_; }
  uint64_t next_index() const { return state_.next_index + decision_.entries.size(); }

  // Appends an entry and fills in index, time and the previous entry of the same order. Returns its index.
  uint64_t Append(Entry entry, const google::protobuf::MessageLite& body) {
    entry.index = next_index();
    entry.time = now_;
    entry.body = body.SerializeAsString();
    if (entry.order) {
      uint64_t& last = last_of_order_[entry.order.value()];
      if (last == 0) {
        const Order* order = state_.FindOrder(entry.order);
        last = order != nullptr ? order->last_index : 0;
      }
      entry.previous = last;
      last = entry.index;
    } else if (entry.type == goldeneagle::v1::ENTRY_TYPE_ORDER_ACCEPTED) {
      // An order is named by the index of its acceptance, so that entry can't name it itself: 0.
      last_of_order_[entry.index] = entry.index;
    }
    decision_.entries.push_back(std::move(entry));
    return decision_.entries.back().index;
  }

  Decision Take() { return std::move(decision_); }
  Result& result() { return decision_.result; }
  std::vector<Entry>& entries() { return decision_.entries; }

 private:
  const State& state_;
  absl::Time now_;
  Decision decision_;
  absl::flat_hash_map<uint64_t, uint64_t> last_of_order_;
};

// Who signed and where it is recorded.
struct Signer {
  goldeneagle::v1::ActorKind kind = goldeneagle::v1::ACTOR_KIND_UNSPECIFIED;
  uint32_t ordinal = 0;
  std::string name;    // for SequenceKey, as apply.cc spells it
  std::string key_id;  // payload key of the organisation; empty = the log's
};

// Writes the BATCH_HEAD entry at the first member that needs it, once.
class HeadWriter {
 public:
  HeadWriter(Draft& draft, const SignedHead& signed_head, Signer signer)
      : draft_(draft), signed_head_(signed_head), signer_(std::move(signer)) {}

  // OK when the head's sequence is new or was used by this very head; else SEQUENCE_REUSED.
  absl::Status CheckSequence();
  // After CheckSequence and before Index: whether this very head came before.
  bool IsUsed() const { return index_ != 0; }
  // Index of the BATCH_HEAD entry, written now or before.
  uint64_t Index();
  const Signer& signer() const { return signer_; }
  goldeneagle::v1::MemberType member_type() const { return signed_head_.head.member_type(); }

 private:
  Draft& draft_;
  const SignedHead& signed_head_;
  Signer signer_;
  uint64_t index_ = 0;
};

// The stored answer of a faithful repeat, or REUSED when the id was used with other content; absent when the id is new.
// `reused` is ORDER_ID_REUSED or REQUEST_ID_REUSED.
std::optional<MemberResult> Repeated(const State& state, const std::string& id, const std::string& digest,
                                     Reason reused);

// Appends the REFUSED entry of a member (burning `id` unless it is empty) and gives its result. `order`: when the
// member is one; its tags stay findable.
MemberResult Refuse(Draft& draft, HeadWriter& head, const Failure& failure, const std::string& id,
                    const std::string& digest, uint32_t member_index, const std::string& member, const Case* of,
                    const OrderMember* order = nullptr);

// Whether different ones of `officers` (the roles that each has) can fill every one of `roles`.
bool CanFill(const std::vector<std::vector<goldeneagle::v1::OfficerRole>>& officers,
             const std::vector<goldeneagle::v1::OfficerRole>& roles);
// True when distinct officers (of `court`, valid now and when the head says that it was signed) whose keys signed can
// fill every role. Fills `wrong` with KEY_REVOKED (any of the keys, or the court's own), SIGNATURES_MISSING or
// OFFICER_NOT_VALID at `path` otherwise.
bool CheckRoles(const State& state, std::string_view court, const SignedHead& head,
                const std::vector<goldeneagle::v1::OfficerRole>& roles, absl::Time now, std::string_view path,
                Violations& wrong);

// What one REVOKED statement of this batch says, before it is in the directory.
struct FreshRevocation {
  std::string subject;
  uint64_t index = 0;  // of its entry
  absl::Time since;
};
// ORDER_PAUSED for every open order that lost a signature it needs, in the order of acceptance. `by`: who revoked.
void DecidePauses(Draft& draft, const std::vector<FreshRevocation>& revoked, const Signer& by);
// The officers of `court` whose keys are among `keys` and hold now, as the leaf names them.
std::vector<goldeneagle::v1::OrderSigner> SignersAmong(const State& state, std::string_view court,
                                                       const std::vector<std::string>& keys, absl::Time now);

// Name, kind, number: missing parts, check digits, the test range in production.
void CheckIdentity(const goldeneagle::v1::Identity& identity, const Policy& policy, bool production,
                   const std::string& path, Violations& wrong);
// Equal kind and number, and names equal once folded (base/person_name.h).
bool SameIdentity(const goldeneagle::v1::Identity& a, const goldeneagle::v1::Identity& b);

// The witnesses that a proposal names: form, number, each once, a policy that says what happens without them.
void CheckWitnesses(const State& state, const goldeneagle::v1::RegisterWitnesses& asked, Violations& wrong);
// A grant that a proposal makes: reader, case, whose officers sign, an end.
void CheckReading(const State& state, const goldeneagle::v1::GrantReading& asked, Violations& wrong);
// A report that a proposal lets an adapter work by: read, signed by an examiner of the policy's row, nothing failed,
// and every demanded case passed. `found` may be null: it wasn't read.
void CheckAdapter(const State& state, const goldeneagle::v1::ApproveAdapter& asked, const ExaminedReport* found,
                  Violations& wrong);
// ADAPTER_APPROVED of a report that was checked. Pre: the policy has a row for adapters.
void AdoptAdapter(Draft& draft, uint64_t proposal, const ExaminedReport& found, uint32_t administrator);
// WITNESSES_MISSING when its instant has come.
void DecideWitnessMark(Draft& draft);
void DecideDirectoryHead(Draft& draft, const DirectoryStream& stream);
// INCIDENT_ARISEN with its clock; `entry` has agency, order, case and payload. Pre: the policy takes statements.
uint64_t AppendIncident(Draft& draft, Entry entry, goldeneagle::v1::IncidentKind kind, uint64_t statement,
                        const std::string& day);
// STATEMENT_MISSING when the agency's instant has come.
void DecideMissingStatement(Draft& draft, AgencyOrdinal agency);

// Not empty, at most `bytes` long.
void CheckText(std::string_view text, size_t bytes, const std::string& path, Violations& wrong);

inline constexpr size_t kStringBytes = 128;
inline constexpr int kOfficersPerOrder = 16;  // as many as may sign one head; each has a tag in the leaf
inline constexpr size_t kTextBytes = 2000;

// One for each alternative of Command, in decide_*.cc.
void DecideCommand(Draft& draft, const SubmitOrders& command);
void DecideCommand(Draft& draft, const SubmitCases& command);
void DecideCommand(Draft& draft, const SubmitStatements& command);
void DecideCommand(Draft& draft, const SubmitAdministration& command);
void DecideCommand(Draft& draft, const ReportReceipts& command);
void DecideCommand(Draft& draft, const SubmitObjections& command);
void DecideCommand(Draft& draft, const SubmitSupervision& command);
void DecideCommand(Draft& draft, const ReportPositions& command);
void DecideCommand(Draft& draft, const ResumeOrders& command);
void DecideCommand(Draft& draft, const Withdraw& command);
void DecideCommand(Draft& draft, const Deliver& command);
void DecideCommand(Draft& draft, const SayHello& command);
void DecideCommand(Draft& draft, const AcknowledgeDirectory& command);
void DecideCommand(Draft& draft, const MarkAbsent& command);
void DecideCommand(Draft& draft, const RecordAccess& command);
void DecideCommand(Draft& draft, const RecordCosigned& command);
void DecideCommand(Draft& draft, const AlarmClock& command);
void DecideCommand(Draft& draft, const Tick& command);

}  // namespace eagle::domain
