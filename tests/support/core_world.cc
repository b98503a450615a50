#include "tests/support/core_world.h"

#include "server/journal/ed25519.h"
#include "server/journal/hash.h"

namespace eagle::test {

absl::StatusOr<std::string> HashedKeys::KeyOf(const std::string& key_id) {
  if (erased.contains(key_id)) return Fail(Reason::kErased, "erased by the test");
  return std::string(journal::View(journal::Sha256("key " + key_id)));
}

CoreWorld::CoreWorld(const goldeneagle::v1::LogFounded& founding, absl::Time start) : founding_(founding) {
  clock.wall = start;
  signer = std::make_unique<journal::Ed25519NoteSigner>(founding.origin(),
                                                        *journal::PrivateKey::FromSeed(std::string(32, 's')));
  verifier = *journal::ParseVerifierKey(signer->VerifierKey());
}

absl::Status CoreWorld::Start() {
  sequencer.reset();
  if (store.Head().next_index == 0)
    EAGLE_RETURN_IF_ERROR(core::Found(founding_, clock.WallNow(), store, last_signed, *signer));
  EAGLE_ASSIGN_OR_RETURN(core::Opened opened, core::Open(store, last_signed, *signer, keys));
  sequencer = std::make_unique<core::Sequencer>(
      std::move(opened), core::SequencerPorts{store, last_signed, *signer, keys, clock, entropy});
  return absl::OkStatus();
}

std::optional<domain::Result> CoreWorld::Run(const domain::Command& command, absl::Time time) {
  if (time > clock.wall) clock.AdvanceTo(time);
  std::optional<domain::Result> answer;
  absl::Status status = sequencer->Submit(command, [&](const domain::Result& result, const core::CommitView& commit) {
    answer = result;
    checkpoints.push_back(commit.checkpoint());
  });
  if (status.ok()) status = sequencer->Step();
  if (!status.ok() && !answer) sequencer.reset();
  return answer;
}

absl::StatusOr<core::ReplayReport> CoreWorld::Replay() {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, disk.NewReader());
  return core::Replay(*reader, keys, *verifier, nullptr);
}

}  // namespace eagle::test
