// What the tests of this room share: keys by number, a plain order, and statuses by the name of their reason.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "goldeneagle/v1/order.pb.h"
#include "server/base/reason.h"
#include "server/trust/make_batch.h"
#include "server/trust/timestamps.h"

namespace eagle::trust {

inline std::string WhyNot(const absl::Status& status) {
  return status.ok() ? "OK" : std::string(RowOf(ReasonOf(status)).name);
}
template <typename T>
std::string WhyNot(const absl::StatusOr<T>& value) {
  return WhyNot(value.status());
}
// The path of the first violation; empty when there is none.
inline std::string WhereNot(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  return failure.violations.empty() ? "" : failure.violations.front().field;
}

// The key whose seed is `number`, `number` + 1, ...: 0x40 is the court's key of the golden vectors.
inline Ed25519Signer SignerOf(int number) {
  std::string seed;
  for (int i = 0; i < 32; ++i) seed += static_cast<char>(number + i);
  return *Ed25519Signer::FromSeed(seed);
}
inline CandidateKey CandidateOf(uint64_t id, const Signer& signer) {
  return {id, signer.algorithm(), signer.public_key()};
}

inline absl::Time SomeDay() { return absl::FromUnixSeconds(1790555400); }  // 2026-09-28 08:30 in Shanghai

inline HeadFields OrderHead(uint64_t sequence = 1) {
  return {.member_type = v1::MEMBER_TYPE_ORDER,
          .environment = v1::ENVIRONMENT_TEST,
          .signer = "辽9901",
          .sequence = sequence,
          .signed_at = SomeDay()};
}

inline v1::Order FreezeOrder(int number = 1) {
  v1::Order order;
  order.set_order_id(std::string(15, 'o') + static_cast<char>(number));
  order.set_court("辽9901");
  order.set_case_number("（2026）辽9901执1024号");
  order.set_action(v1::ACTION_FREEZE);
  order.set_urgency(v1::URGENCY_NORMAL);
  order.add_agencies("9900001");
  order.mutable_subject()->set_name("林远舟");
  order.mutable_subject()->set_id_kind("CITIZEN_ID");
  order.mutable_subject()->set_id_number("990101198503070017");
  *order.mutable_issued_at() = TimestampOf(SomeDay());
  order.mutable_freeze()->set_currency("CNY");
  order.mutable_freeze()->set_limit_minor_units(8000000);
  order.mutable_freeze()->mutable_account()->set_account_number("9900010000000001016");
  return order;
}

inline std::vector<std::string> Orders(int count) {
  std::vector<std::string> members;
  for (int i = 1; i <= count; ++i) members.push_back(FreezeOrder(i).SerializeAsString());
  return members;
}

}  // namespace eagle::trust
