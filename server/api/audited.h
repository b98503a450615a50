// Reads of personal data are events: the answer leaves after the journal says who read what and why (law 2).
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "server/api/impl.h"
#include "server/api/tags.h"

namespace eagle::api {

inline constexpr size_t kPurposeBytes = 2000;

// Errors: FIELD_MISSING, TEXT_INVALID.
inline absl::Status CheckPurpose(const std::string& purpose) {
  if (purpose.empty()) return Fail(Reason::kFieldMissing, "who reads says why").At("purpose", "the field is required");
  if (purpose.size() > kPurposeBytes)
    return Fail(Reason::kTextInvalid, "too long").At("purpose", "at most 2,000 bytes");
  return absl::OkStatus();
}

// What is recorded of any read by this caller; case, order, subjects and rows are the call's own.
inline domain::RecordRead ReadBy(const trust::KeyRing& ring, const Caller& caller, std::string_view method,
                                 const std::string& purpose) {
  domain::RecordRead read;
  const bool court = caller.role == Role::kCourt;
  read.actor_kind = court ? goldeneagle::v1::ACTOR_KIND_COURT : goldeneagle::v1::ACTOR_KIND_SYSTEM;
  read.actor = court ? caller.court.value() : 0;
  read.method = method;
  read.reader_tag = ReaderTag(ring, caller.spiffe_id);
  read.reader = caller.spiffe_id;
  read.purpose = purpose;
  return read;
}

template <typename Response>
void RecordThenReply(Handlers::Impl& impl, domain::RecordRead read, Response response, Reply<Response> reply) {
  auto kept = std::make_shared<Response>(std::move(response));
  impl.Submit<Response>(std::move(read), reply, [kept, reply](const domain::Result& result, const core::CommitView&) {
    if (!result.status.ok()) return reply(result.status);
    reply(std::move(*kept));
  });
}

}  // namespace eagle::api
