// A gateway for simulations of months: the real domain and the real sequencer over a clock in the hand and a store in
// memory, fed with commands as `api` hands them on when it has checked their signatures. Heads are signed by nobody,
// and checkpoints with a keyed hash (or a real key, when the log is to be exported).
//
// Threads: one.
//
//   Gateway gateway(plan, start, {.keep = false});  gateway.Furnish();
//   gateway.AdvanceTo(noon);  gateway.Give(Cases(...), [](const domain::Result& result) { ... });  gateway.Settle();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/core/sequencer.h"
#include "tests/sim/province_plan.h"
#include "tests/support/core_world.h"
#include "tests/support/fake_store.h"

namespace eagle::province {

// The Store port for a process that never starts again: counts what is appended and keeps none of it once Forget was
// called. A reader after that is refused.
class ForgetfulStore : public storage::Store {
 public:
  void Forget() { forgetting_ = true, head_ = kept_.Head(); }
  absl::Status Append(const storage::Commit& commit) override;
  absl::StatusOr<std::unique_ptr<storage::Reader>> NewReader() override;
  absl::Status Maintain(bool) override { return absl::OkStatus(); }
  bool Full() override { return false; }
  storage::StoreHead Head() override { return forgetting_ ? head_ : kept_.Head(); }

  uint64_t commits = 0, journal_bytes = 0, row_bytes = 0;

 private:
  storage::FakeStore kept_;
  bool forgetting_ = false;
  storage::StoreHead head_;
};

using Told = std::function<void(const domain::Result&)>;

class Gateway {
 public:
  struct Options {
    bool keep = false;      // the whole journal and its tables stay in memory: for replays and exports
    bool real_key = false;  // checkpoints are signed with Ed25519
    uint64_t seed = 1;
  };
  Gateway(const Plan& plan, absl::Time start, const Options& options);

  // Two administrators install the policy and register courts and agencies; registrars and courts state their keys,
  // officers and accounts; every agency's adapter says hello.
  void Furnish();

  // Not owned; hears of every commit from now on.
  void AddListener(core::Listener* listener) { sequencer_->AddListener(listener); }
  // Time passes for both of the machine's clocks. Pre: not before now().
  void AdvanceTo(absl::Time truth);
  absl::Time now() const { return truth_; }  // what a good watch says
  absl::Time next_timer() const { return sequencer_->NextTimer(); }
  // Somebody sets the machine's clock wrong by so much; 0 sets it right.
  void SetWrong(absl::Duration by) { clock_.wall = truth_ + by; }
  // The alarm that stands is accepted by two administrators. Pre: there is one.
  void AcceptClock();

  void Give(domain::Command command, Told told = nullptr);
  // Steps until everything that was given is answered and nothing is due.
  void Settle();

  // A batch as its signer would send it; the next number of this gateway's signers.
  template <typename Message>
  domain::SignedHead Head(goldeneagle::v1::MemberType type, const std::string& signer,
                          const std::vector<Message>& members, const std::vector<std::string>& keys) {
    std::vector<std::string> bytes;
    for (const Message& member : members) bytes.push_back(member.SerializeAsString());
    return HeadOver(type, signer, bytes, keys);
  }

  const domain::State& state() const { return sequencer_->state(); }
  // Under which the account of a court was stated, by its place in the plan. After Furnish.
  const std::string& account_digest(size_t court) const { return account_digests_[court]; }
  uint64_t refused() const { return refused_; }  // members and calls
  const std::string& first_refusal() const { return first_refusal_; }
  ForgetfulStore* forgetful() { return forgetful_.get(); }
  storage::FakeStore* kept() { return kept_.get(); }
  core::KeySource& keys() { return keys_; }
  const journal::NoteSigner& signer() const { return *signer_; }
  std::string VerifierKey() const;  // Pre: real_key
  core::SequencerCounters counters() const { return sequencer_->counters(); }
  // The leaf of entry 0, which was written before the first listener came.
  const std::string& first_leaf() const { return first_leaf_; }
  const std::string& checkpoint() const { return sequencer_->checkpoint(); }

 private:
  domain::SignedHead HeadOver(goldeneagle::v1::MemberType type, const std::string& signer,
                              const std::vector<std::string>& members, const std::vector<std::string>& keys);
  void Administer(const std::vector<goldeneagle::v1::Proposal>& proposals);
  void State();

  const Plan& plan_;
  absl::Time truth_;
  test::HandClock clock_;
  test::HashedKeys keys_;
  SeededEntropy entropy_;
  std::unique_ptr<ForgetfulStore> forgetful_;
  std::unique_ptr<storage::FakeStore> kept_;
  storage::FakeLastSigned last_signed_;
  std::unique_ptr<journal::NoteSigner> signer_;
  std::unique_ptr<core::Sequencer> sequencer_;
  uint64_t next_sequence_ = 1, waiting_ = 0, refused_ = 0;
  uint64_t next_administration_ = uint64_t{1} << 48;  // apart from the ids of orders and acts
  std::string first_refusal_, first_leaf_;
  std::vector<std::string> account_digests_;
};

// Sixteen bytes that pass for a UUIDv7; the same number gives the same id.
std::string IdOf(uint64_t number);
// 32 bytes that stand for a public key.
std::string KeyOf(const std::string& name);
// 20 bytes that stand for a tag.
std::string TagOf(const std::string& what);
goldeneagle::v1::CourtAccount AccountOf(const CourtPlan& court);

}  // namespace eagle::province
