// Hundreds of seeds of the whole system. GATEWAY_SEEDS sets how many, GATEWAY_SEED replays one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/sim_world.h"

namespace eagle::sim {
namespace {

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::vector<std::string> Play(uint64_t seed, int minutes, Numbers* numbers = nullptr, const Scene& scene = {}) {
  World world(seed, BadWeather(), scene);
  world.Run(minutes);
  world.HealAndDrain();
  if (numbers != nullptr) *numbers = world.numbers();
  return world.violations();
}

constexpr int kMinutes = 40;

// What must have happened somewhere in a hundred seeds.
constexpr const char* kEveryAct[] = {"FREEZE amount",
                                     "FREEZE account",
                                     "FREEZE whole accounts",
                                     "FREEZE product",
                                     "FREEZE product by quantity",
                                     "FREEZE counter",
                                     "FREEZE thing",
                                     "FREEZE quantity",
                                     "FREEZE before registration",
                                     "ACTION_RENEW",
                                     "ACTION_RELEASE",
                                     "RELEASE part",
                                     "RELEASE of what waits",
                                     "ACTION_DEDUCT",
                                     "DEDUCT up to",
                                     "DEDUCT from a product",
                                     "a deduction arrived",
                                     "a deduction came back",
                                     "FREEZE_AND_DEDUCT",
                                     "EXTRACT_INCOME",
                                     "income was extracted",
                                     "income arrived",
                                     "income came back",
                                     "TRANSFER_TITLE whole",
                                     "TRANSFER_TITLE part",
                                     "LOCATE",
                                     "a movable was sighted",
                                     "a movable was held",
                                     "an owner was registered",
                                     "a clerk approved",
                                     "a clerk refused",
                                     "a spoilt statement was noticed"};

TEST(GatewaySim, KeepsItsPromisesWhateverTheSeedThrowsAtIt) {
  const uint64_t only = FromEnvironment("GATEWAY_SEED", 0), first = FromEnvironment("GATEWAY_FIRST_SEED", 1);
  const uint64_t last = only != 0 ? only : first + FromEnvironment("GATEWAY_SEEDS", 300) - 1;
  Numbers all;
  for (uint64_t seed = only != 0 ? only : first; seed <= last; ++seed) {
    Numbers numbers;
    const std::vector<std::string> violations = Play(seed, kMinutes, &numbers);
    all.orders += numbers.orders, all.refused += numbers.refused, all.answers += numbers.answers,
        all.effects += numbers.effects;
    all.gateway_crashes += numbers.gateway_crashes, all.agent_crashes += numbers.agent_crashes,
        all.entries += numbers.entries;
    all.marks += numbers.marks, all.surpluses += numbers.surpluses;
    all.paused += numbers.paused, all.resumed += numbers.resumed;
    all.objections += numbers.objections, all.objections_answered += numbers.objections_answered;
    all.recoveries += numbers.recoveries, all.sent_again += numbers.sent_again;
    all.begun += numbers.begun;
    all.compared += numbers.compared;
    for (const auto& [act, times] : numbers.acts) all.acts[act] += times;
    all.calls += numbers.calls, all.lost += numbers.lost, all.repeated += numbers.repeated;
    if (violations.empty()) continue;
    // The shortest run of this seed that still goes wrong.
    int low = 0, high = kMinutes;
    while (low + 1 < high) {
      const int middle = (low + high) / 2;
      (Play(seed, middle).empty() ? low : high) = middle;
    }
    FAIL() << "GATEWAY_SEED=" << seed << " goes wrong after " << high << " minutes:\n  "
           << testing::PrintToString(violations);
  }
  std::printf(
      "%llu seeds: %llu orders accepted, %llu refused, %llu answers, %llu effects, %llu entries, %llu calls (%llu "
      "lost, %llu repeated), "
      "%llu deadline marks, %llu surpluses, %llu orders paused, %llu resumed, %llu logs recovered, %llu orders sent "
      "again, %llu objections, %llu answered, %llu gateway and %llu agent crashes\n",
      static_cast<unsigned long long>(last - (only != 0 ? only : first) + 1),
      static_cast<unsigned long long>(all.orders), static_cast<unsigned long long>(all.refused),
      static_cast<unsigned long long>(all.answers), static_cast<unsigned long long>(all.effects),
      static_cast<unsigned long long>(all.entries), static_cast<unsigned long long>(all.calls),
      static_cast<unsigned long long>(all.lost), static_cast<unsigned long long>(all.repeated),
      static_cast<unsigned long long>(all.marks), static_cast<unsigned long long>(all.surpluses),
      static_cast<unsigned long long>(all.paused), static_cast<unsigned long long>(all.resumed),
      static_cast<unsigned long long>(all.recoveries), static_cast<unsigned long long>(all.sent_again),
      static_cast<unsigned long long>(all.objections), static_cast<unsigned long long>(all.objections_answered),
      static_cast<unsigned long long>(all.gateway_crashes), static_cast<unsigned long long>(all.agent_crashes));
  std::printf("%llu steps compared with the law\n", static_cast<unsigned long long>(all.compared));
  for (const auto& [act, times] : all.acts)
    std::printf("%8llu %s\n", static_cast<unsigned long long>(times), act.c_str());
  if (only == 0) {
    // A simulation in which nothing happens proves nothing.
    EXPECT_GT(all.orders, 0u);
    EXPECT_GT(all.effects, 0u);
    EXPECT_GT(all.marks, 0u);
    EXPECT_GT(all.begun, 0u);
    EXPECT_GT(all.gateway_crashes, 0u);
    EXPECT_GT(all.agent_crashes, 0u);
    if (last >= first + 99) {
      EXPECT_GT(all.paused, 0u);
      EXPECT_GT(all.recoveries, 0u);
      EXPECT_GT(all.sent_again, 0u);
      EXPECT_GT(all.objections_answered, 0u);
      for (const char* act : kEveryAct) EXPECT_GT(all.acts[act], 0u) << act;
    }
  }
}

// Runs of the deposits' acts alone, as they were when they went wrong.
// 3180: a payment that came back was told after a deduction that was made later (MeasureState.revision).
// 881: a deduction was carried out, its acceptance was lost, sent again and then withdrawn: the bank's answer never
// came, because the task didn't come again.
TEST(GatewaySim, KeepsItsPromisesInSeedsThatOnceWentWrong) {
  for (uint64_t seed : {3180, 881, 3016, 2711, 4111}) {
    EXPECT_THAT(Play(seed, kMinutes, nullptr, kDepositsAlone), testing::IsEmpty()) << seed;
  }
  EXPECT_THAT(Play(1556, kMinutes), testing::IsEmpty());
}

TEST(GatewaySim, OneSeedIsOneRun) {
  const auto fingerprint = [](uint64_t seed) {
    World world(seed, BadWeather());
    world.Run(10);
    world.HealAndDrain();
    return world.Fingerprint();
  };
  EXPECT_EQ(fingerprint(7), fingerprint(7));
  EXPECT_NE(fingerprint(7), fingerprint(8));
}

}  // namespace
}  // namespace eagle::sim
