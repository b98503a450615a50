#include "tests/sim/sim_gateway.h"

#include "server/base/assert.h"
#include "server/core/start.h"
#include "server/journal/ed25519.h"

namespace eagle::sim {
namespace {

// Wraps nothing: the simulation's keys hide nothing.
class PlainWrapper : public trust::KeyWrapper {
 public:
  absl::StatusOr<std::string> Wrap(std::string_view key, std::string_view) override { return std::string(key); }
  absl::StatusOr<std::string> Unwrap(std::string_view wrapped, std::string_view) override {
    return std::string(wrapped);
  }
};

class RingKeys : public core::KeySource {
 public:
  RingKeys(trust::KeyRing& ring, std::string log_key_id) : ring_(ring), log_key_id_(std::move(log_key_id)) {}
  absl::StatusOr<std::string> KeyOf(const std::string& key_id) override { return ring_.KeyOf(key_id); }
  const std::string& log_key_id() const override { return log_key_id_; }

 private:
  trust::KeyRing& ring_;
  std::string log_key_id_;
};

}  // namespace

struct SimGateway::Life {
  storage::FaultInjector faults;
  std::unique_ptr<storage::FaultyStore> store;
  std::unique_ptr<storage::FaultyLastSigned> last_signed;
  std::unique_ptr<trust::KeyRing> ring;
  std::unique_ptr<RingKeys> keys;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<core::Sequencer> sequencer;
  std::unique_ptr<api::Handlers> handlers;
};

SimGateway::SimGateway(Calendar& calendar, SimClock& clock, Dice& dice, const Weather& weather,
                       const trust::SignatureChecker& checker, uint64_t seed)
    : calendar_(calendar), clock_(clock), dice_(dice), weather_(weather), checker_(checker), entropy_(seed) {
  wrapper_ = std::make_unique<PlainWrapper>();
  UseKey({"sim.example/log", *journal::PrivateKey::FromSeed(std::string(32, 's'))});
}

SimGateway::~SimGateway() = default;

absl::Status SimGateway::Start(const goldeneagle::v1::LogFounded& founding) {
  auto life = std::make_unique<Life>();
  life->store = std::make_unique<storage::FaultyStore>(disk_, life->faults);
  life->last_signed = std::make_unique<storage::FaultyLastSigned>(signed_disk_, life->faults);
  EAGLE_ASSIGN_OR_RETURN(life->ring, OpenRing());
  // Every second restart the keeper rotates the tag key: nothing that anybody is promised may notice.
  if (crashes_ % 2 == 1 && life->ring->tag_keys().size() < trust::kTagKeysMax) {
    EAGLE_RETURN_IF_ERROR(life->ring->RotateTagKey());
    EAGLE_ASSIGN_OR_RETURN(life->ring, OpenRing());
  }
  EAGLE_ASSIGN_OR_RETURN(std::vector<std::string> log_keys, life->ring->KeysOf("log"));
  if (log_keys.empty()) {
    EAGLE_ASSIGN_OR_RETURN(std::string key_id, life->ring->NewKey("log"));
    log_keys.push_back(std::move(key_id));
  }
  life->keys = std::make_unique<RingKeys>(*life->ring, log_keys.front());
  if (disk_.Head().next_index == 0) {
    EAGLE_RETURN_IF_ERROR(core::Found(founding, clock_.WallNow(), *life->store, *life->last_signed, *signer_));
  }
  EAGLE_ASSIGN_OR_RETURN(core::Opened opened, core::Open(*life->store, *life->last_signed, *signer_, *life->keys));
  life->dispatcher = std::make_unique<dispatch::Dispatcher>(clock_, dispatch::Options{});
  life->sequencer = std::make_unique<core::Sequencer>(
      std::move(opened),
      core::SequencerPorts{*life->store, *life->last_signed, *signer_, *life->keys, clock_, entropy_});
  life->sequencer->SetHandout(life->dispatcher.get());
  life->dispatcher->SetWake([this] { Kick(); });
  life->handlers = std::make_unique<api::Handlers>(api::HandlerPorts{
      *life->sequencer, *life->dispatcher, *life->store, *life->keys, *life->ring, checker_, clock_, clock_});
  life->sequencer->AddListener(life->handlers->witnesses());
  life->sequencer->AddListener(life->handlers->supervision());
  life_ = std::move(life);
  ArmCrash();
  ++incarnation_;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<trust::KeyRing>> SimGateway::OpenRing() {
  return trust::KeyRing::Open(key_disk_, *wrapper_, entropy_);
}

const journal::NoteVerifier* SimGateway::VerifierOf(std::string_view note) const {
  const auto found = verifiers_.find(core::ClaimedOrigin(note));
  return found == verifiers_.end() ? nullptr : found->second.get();
}

void SimGateway::UseKey(journal::Ed25519NoteSigner next) {
  signer_ = std::make_unique<journal::Ed25519NoteSigner>(std::move(next));
  verifiers_[signer_->name()] = *journal::ParseVerifierKey(signer_->VerifierKey());
}

void SimGateway::ArmCrash() {
  if (weather_.gateway_crash_one_in == 0 || life_ == nullptr) return;
  const auto point = dice_.OneIn(2) ? storage::FaultPoint::kAppend : storage::FaultPoint::kLastSignedWrite;
  const auto moment = dice_.OneIn(2) ? storage::FaultMoment::kBefore : storage::FaultMoment::kAfter;
  life_->faults.Arm({point, 1 + dice_.Below(2 * weather_.gateway_crash_one_in), moment});
}

void SimGateway::Crash() {
  if (life_ == nullptr) return;
  ++crashes_;
  ++incarnation_;
  life_->handlers.reset();
  life_->sequencer.reset();
  life_->dispatcher.reset();
  life_.reset();
}

api::Handlers& SimGateway::handlers() {
  GATEWAY_ASSERT(life_ != nullptr, "a dead gateway answers nothing");
  return *life_->handlers;
}
const domain::State& SimGateway::state() const { return life_->sequencer->state(); }
core::KeySource& SimGateway::keys() { return *life_->keys; }

void SimGateway::Kick() {
  if (kicked_) return;
  kicked_ = true;
  // A little later, so that what comes in meanwhile shares the commit.
  calendar_.After(absl::Milliseconds(dice_.Between(0, 3)), [this] {
    kicked_ = false;
    Step();
  });
}

void SimGateway::Step() {
  if (life_ == nullptr) return;
  const uint64_t incarnation = incarnation_;
  const absl::Status status = life_->sequencer->Step();
  if (!status.ok() && incarnation == incarnation_) Crash();
}

void SimGateway::Housekeep() {
  if (life_ == nullptr) return;
  life_->handlers->Housekeeping();
  Step();
}

absl::StatusOr<core::ReplayReport> SimGateway::Replay() {
  EAGLE_ASSIGN_OR_RETURN(const auto reader, disk_.NewReader());
  return core::Replay(*reader, *life_->keys, verifier(), nullptr);
}

absl::Status SimGateway::Recover(const goldeneagle::v1::Envelope& document, const journal::Ed25519NoteSigner& next,
                                 bool may_die) {
  GATEWAY_ASSERT(!up(), "a log is recovered while no gateway runs");
  storage::FaultInjector faults;
  storage::FaultyStore store(disk_, faults);
  storage::FaultyLastSigned last_signed(signed_disk_, faults);
  if (may_die) {
    const auto point = dice_.OneIn(2) ? storage::FaultPoint::kAppend : storage::FaultPoint::kLastSignedWrite;
    faults.Arm({point, 1, dice_.OneIn(2) ? storage::FaultMoment::kBefore : storage::FaultMoment::kAfter});
  }
  EAGLE_ASSIGN_OR_RETURN(const auto ring, OpenRing());
  RingKeys keys(*ring, "");
  return core::Recover(document, store, last_signed, next, keys).status();
}

}  // namespace eagle::sim
