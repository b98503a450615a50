#include "server/domain/adapters.h"

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/domain/instant.h"
#include "server/domain/policy.h"

namespace eagle::domain {

std::string AdapterApproval::Encode() const { return ByteWriter().U64(index).I64(Micros(valid_until)).Take(); }

bool AdapterApproval::Decode(std::string_view row) {
  ByteReader in(row);
  index = in.U64();
  valid_until = FromMicros(in.I64());
  return in.Done();
}

absl::Time ExaminedUntil(const AdapterApprovals& approvals, const AdapterVersion& version) {
  const auto found = approvals.find(version);
  return found == approvals.end() ? absl::InfinitePast() : found->second.valid_until;
}

absl::Status MayWork(const Policy* policy, const AdapterApprovals& approvals, const AdapterVersion& version,
                     absl::Time now) {
  if (policy == nullptr || !policy->table().adapters().demanded()) return absl::OkStatus();
  const absl::Time until = ExaminedUntil(approvals, version);
  if (now < until) return absl::OkStatus();
  Fail fail(Reason::kAdapterNotExamined, until == absl::InfinitePast()
                                             ? "no report of the conformance kit covers this version of the adapter"
                                             : "the report that covered this version of the adapter counts no longer");
  return fail.With("adapter", version.first).With("version", version.second);
}

std::string AdapterKey(const AdapterVersion& version) {
  return ByteWriter()
      .U16(static_cast<uint16_t>(version.first.size()))
      .Bytes(version.first)
      .Bytes(version.second)
      .Take();
}

bool DecodeAdapterKey(std::string_view key, AdapterVersion& version) {
  ByteReader in(key);
  version.first = in.Bytes(in.U16());
  version.second = in.Rest();
  return in.Done();
}

}  // namespace eagle::domain
