// The log's witnesses: what is to be cosigned, and cosignatures.
#include <memory>
#include <utility>

#include "server/api/impl.h"
#include "server/api/proofs.h"
#include "server/journal/witness.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint32_t kWaitSecondsMax = 30;

absl::StatusOr<WaitCheckpointResponse> Request(Handlers::Impl& impl, const WitnessDesk::Wanted& wanted,
                                               uint64_t old_size) {
  const auto published = impl.published();
  EAGLE_ASSIGN_OR_RETURN(JournalReader journal, impl.Journal());
  journal::AddCheckpoint request{.old_size = old_size, .checkpoint = wanted.checkpoint};
  if (old_size > 0) {
    PublishedProver prover(published, journal, wanted.size);
    EAGLE_ASSIGN_OR_RETURN(request.proof, prover.Consistency(old_size));
  }
  WaitCheckpointResponse response;
  response.set_add_checkpoint(journal::FormatAddCheckpoint(request));
  response.set_size(wanted.size);
  return response;
}

}  // namespace

void Handlers::WaitCheckpoint(const Caller& caller, WaitCheckpointRequest request,
                              Reply<WaitCheckpointResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.WitnessService/WaitCheckpoint"); !may.ok()) return reply(may);
  if (request.wait_seconds() > kWaitSecondsMax)
    return reply(Fail(Reason::kFieldInvalid, "the wait is too long").At("wait_seconds", "at most 30"));
  const auto done = [impl = impl_, size = request.size(), reply](std::shared_ptr<const WitnessDesk::Wanted> wanted) {
    if (wanted == nullptr) return reply(WaitCheckpointResponse());
    impl->Later([impl, size, reply, wanted] { reply(Request(*impl, *wanted, size)); });
  };
  const absl::Status status =
      impl_->witnesses.Wait(request.witness(), request.size(), absl::Seconds(request.wait_seconds()), done);
  if (!status.ok()) reply(status);
}

void Handlers::AddCosignature(const Caller& caller, AddCosignatureRequest request,
                              Reply<AddCosignatureResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.WitnessService/AddCosignature"); !may.ok()) return reply(may);
  Violations wrong;
  if (request.size() == 0) wrong.Add("size", Reason::kFieldMissing, "of the checkpoint that was signed");
  const std::string& line = request.cosignature();
  if (line.empty() || line.size() > WitnessDesk::kCosignatureBytesMax || line.find('\n') != line.size() - 1)
    wrong.Add("cosignature", Reason::kFieldInvalid, "one signature line with its line end");
  if (!wrong.empty()) return reply(wrong.ToStatus("the cosignature can't be taken"));
  impl_->witnesses.Add(request.size(), line, [reply](absl::StatusOr<bool> quorum) {
    if (!quorum.ok()) return reply(quorum.status());
    AddCosignatureResponse response;
    response.set_quorum(*quorum);
    reply(std::move(response));
  });
}

core::Listener* Handlers::witnesses() { return &impl_->witnesses; }
void Handlers::EndWitnessWaits() { impl_->witnesses.EndWaits(); }
void Handlers::DrainWitnesses() { impl_->witnesses.Drain(); }

}  // namespace eagle::api
