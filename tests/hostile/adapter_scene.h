// A bank's adapter between an honest gateway and a hostile one: the real agent over fakes of its disk and core, shown
// what a real gateway handed out, after an attack.
//
// Threads: one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "goldeneagle/v1/adapter_service.pb.h"
#include "server/journal/witness.h"
#include "tests/hostile/attack.h"
#include "tests/support/demo_world.h"

namespace eagle::hostile {

namespace v1 = ::goldeneagle::v1;

enum class Target { kFreeze, kDeduct, kInquiry, kReplayed };

// What the adapter will be shown. The first poll brings the directory and a freeze that is applied; the second one the
// order under attack.
struct AdapterScene {
  v1::HelloResponse hello;
  v1::PullTasksResponse first, second;

  v1::Task& task() { return *second.mutable_tasks(0); }
  v1::Envelope& head() { return *second.mutable_heads(0); }
  // The order's bytes become those of another order; nothing else changes.
  void Rewrite(const std::function<void(v1::Order&)>& change);
  // The head says something else; signatures stay.
  void RewriteHead(const std::function<void(v1::Head&)>& change);
  // A head of one's own over the order, changed: signed by whom the attacker has.
  void Forge(const std::vector<trust::Signer*>& signers, const std::function<void(v1::Order&, v1::Head&)>& change);
};

// The honest gateway's world, made once.
class AdapterWorld {
 public:
  AdapterWorld();
  static AdapterWorld& Get();

  AdapterScene Honest(Target target) const;
  // What the order under attack came to: "DEDUCTED", "RETURNED SIGNATURE_INVALID", "-" (nothing was answered).
  // `effects`: how often the core did something for it; `others`: for any order but it and the first freeze.
  struct Told {
    std::string outcome;
    int effects = 0, others = 0;
    int first_effects = 0;      // of the first freeze
    size_t words_on_first = 0;  // different receipts on it
    uint64_t malformed = 0, statements_refused = 0;
  };
  Told Show(const AdapterScene& scene, Target target) const;

  test::GatewayFixture gateway{{.real_keys = true}};
  test::DemoWorld demo{gateway};
  v1::Order freeze, second_freeze, elsewhere, deduct, inquiry;
  v1::HelloResponse hello;
  v1::PullTasksResponse first;
  std::vector<v1::PullTasksResponse> tasks;  // by target
  v1::PullTasksResponse other_bank;          // what Songyue was handed out
  std::vector<std::string> cosigned;         // checkpoints with their lines, oldest first
  std::vector<journal::WitnessKey> witnesses;
  std::shared_ptr<const journal::LogPolicy> policy;

 private:
  void Witness();
};

namespace adapter {

struct AdapterAttack : Attack<AdapterScene> {
  Target target = Target::kFreeze;
};

inline AdapterWorld& World() { return AdapterWorld::Get(); }
// The attacks on what the log says: of a deduction's witnesses, and of the directory.
void AddWitnessed(std::vector<AdapterAttack>& out);
void AddDirectoryHeads(std::vector<AdapterAttack>& out);

}  // namespace adapter
}  // namespace eagle::hostile
