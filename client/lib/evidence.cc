#include "client/lib/evidence.h"

#include <map>

#include "client/lib/errors.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/journal/leaf.h"

namespace eagle::client {
namespace {

std::string FileOf(const v1::Evidence& evidence) {
  std::string out;
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  evidence.SerializeToCodedStream(&coded);
  coded.Trim();
  return out;
}

// Every leaf of [first, size) that isn't there yet.
absl::Status AddRun(uint64_t first, uint64_t size, v1::Evidence& evidence, Gateway& gateway) {
  std::map<uint64_t, v1::EvidenceEntry> entries;
  for (const v1::EvidenceEntry& entry : evidence.entries()) {
    const auto leaf = journal::DecodeLeaf(entry.leaf());
    if (!leaf.ok()) return AsVerification(leaf.status());
    entries[leaf->index.value()] = entry;
  }
  for (uint64_t next = first; next < size;) {
    v1::ListEntriesRequest request;
    request.set_first(next);
    EAGLE_ASSIGN_OR_RETURN(const v1::ListEntriesResponse page, gateway.ListEntries(request));
    if (page.entries().empty())
      return AsVerification(Fail(Reason::kJournalBroken, "the gateway doesn't have all the leaves of its checkpoint"));
    for (const v1::JournalEntry& entry : page.entries()) {
      if (entry.index() != next++)
        return AsVerification(Fail(Reason::kJournalBroken, "the gateway gives leaves out of order"));
      if (entry.index() < size) entries[entry.index()].set_leaf(entry.leaf());
    }
  }
  evidence.clear_entries();
  for (auto& [index, entry] : entries) *evidence.add_entries() = std::move(entry);
  return absl::OkStatus();
}

// What this desk signed is what the log holds, where this desk still has it.
absl::Status CheckOwnBytes(const audit::EvidenceReport& report, Desk& desk) {
  EAGLE_ASSIGN_OR_RETURN(const auto own, desk.outbox().OrderBytes(report.order.order_id()));
  if (!own || journal::View(journal::LeafHash(*own)) == report.order_digest) return absl::OkStatus();
  return AsVerification(
      Fail(Reason::kAcceptanceMismatch, "the log holds other bytes than the order that this desk signed")
          .With("field", "order_digest"));
}

}  // namespace

absl::StatusOr<audit::EvidencePins> PinsOf(const DeskOptions& options) {
  if (options.registrar_keys.empty())
    return Fail(Reason::kConfigurationInvalid,
                "no registrar keys are pinned, so no evidence can be verified: see [trust] registrars");
  audit::PinOptions pins{.log_key = options.log_key, .registrar_threshold = options.registrar_threshold};
  for (const std::string& key : options.registrar_keys) pins.registrar_keys.push_back(Base64Encode(key));
  return audit::ParsePins(pins);
}

absl::StatusOr<FetchedEvidence> FetchEvidence(const EvidenceAsked& asked, Desk& desk, Gateway& gateway) {
  EAGLE_ASSIGN_OR_RETURN(const audit::EvidencePins pins, PinsOf(desk.options()));
  v1::GetEvidenceRequest request;
  request.set_order_id(asked.order_id);
  *request.mutable_officer_ticket() = asked.ticket;
  for (const std::string& agency : asked.agencies) request.add_agencies(agency);
  request.set_silence(asked.silence);
  request.set_complete(asked.complete);
  EAGLE_ASSIGN_OR_RETURN(v1::GetEvidenceResponse response, gateway.GetEvidence(request));
  v1::Evidence& evidence = *response.mutable_evidence();
  EAGLE_ASSIGN_OR_RETURN(const journal::Checkpoint head, desk.Observe(evidence.checkpoint(), gateway));
  if (response.run_first() != 0) EAGLE_RETURN_IF_ERROR(AddRun(response.run_first(), head.size, evidence, gateway));
  FetchedEvidence fetched;
  fetched.bytes = FileOf(evidence);
  if (fetched.bytes.size() > audit::kEvidenceFileBytesMax)
    return Fail(Reason::kEvidenceTooLarge,
                "with all these leaves the file is larger than evidence may be: leave them out")
        .With("bytes", static_cast<int64_t>(fetched.bytes.size()));
  auto report = audit::VerifyEvidence(fetched.bytes, pins);
  if (!report.ok()) return AsVerification(report.status());
  fetched.report = *std::move(report);
  if (fetched.report.order.order_id() != asked.order_id || fetched.report.silence != asked.silence)
    return AsVerification(
        Fail(Reason::kEvidenceInvalid, "the gateway gave evidence of something else").With("part", "order_id"));
  EAGLE_RETURN_IF_ERROR(CheckOwnBytes(fetched.report, desk));
  return fetched;
}

}  // namespace eagle::client
