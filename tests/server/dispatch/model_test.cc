// Random histories against a model that is simple and slow: nothing is lost, nothing goes to two at once, rank follows
// service.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/server/dispatch/bench.h"

namespace eagle::dispatch {
namespace {

constexpr uint32_t kAgencies = 70;  // more than a wide order needs
constexpr int kSteps = 3000;

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {}

  void Run() {
    for (step_ = 0; step_ < kSteps && !::testing::Test::HasFailure(); ++step_) Act();
    for (int round = 0; round < 1000 && !Done(); ++round) Finish();
    EXPECT_TRUE(Done()) << "every open task must get out in the end";
  }

 private:
  struct Unit {  // one agency with one instance
    bool known = false;
    uint64_t last_delivery = 0;
    std::shared_ptr<Polled> poll;
    std::vector<uint64_t> arrived;  // control orders in the order of first arrival
    std::set<uint64_t> has;
  };

  uint32_t Pick(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  Unit& UnitAt(uint32_t agency) { return units_[agency]; }

  void Act() {
    const uint32_t agency = 1 + Pick(4);  // few units that move, many that only stand in wide orders
    Unit& unit = UnitAt(agency);
    switch (Pick(12)) {
      case 0:
        Order(bench_.Accept({.court = 1 + Pick(3), .urgent = Pick(2) == 0, .agencies = {agency}}));
        break;
      case 1:
      case 2:
        Order(bench_.Accept({.court = 1 + Pick(3),
                             .urgent = Pick(3) == 0,
                             .action = v1::ACTION_FREEZE,
                             .subject = "S" + std::to_string(Pick(2)),
                             .agencies = {agency}}));
        break;
      case 3:
        if (Pick(4) == 0) {
          std::vector<uint32_t> all;
          for (uint32_t i = 1; i <= kAgencies; ++i) all.push_back(i);
          Order(bench_.Accept({.court = 1 + Pick(3), .urgent = Pick(2) == 0, .agencies = all}));
        }
        break;
      case 4:
      case 5:
      case 6:
        Poll(agency);
        break;
      case 7:
        Receive(agency, /*lost=*/Pick(5) == 0);
        break;
      case 8:
        if (!unit.has.empty()) AnswerOne(agency);
        break;
      case 9:
        bench_.clock.Advance(absl::Seconds(Pick(25)));
        bench_.dispatcher->Expire();
        break;
      case 10:
        if (Pick(8) == 0) unit.known = false;
        if (unit.known) {
          ASSERT_TRUE(bench_.dispatcher->RenewLease(AgencyOrdinal(agency), "a").ok());
        }
        break;
      default:
        if (Pick(20) == 0) Restart();
    }
    bench_.Step();
    Check();
  }

  void Order(uint64_t seq) { orders_.push_back(seq); }
  void Poll(uint32_t agency) {
    Unit& unit = UnitAt(agency);
    if (!unit.known) {
      if (!bench_.Hello(agency, "a", 1 + Pick(6)).ok()) return;
      unit.known = true;
      unit.poll = nullptr;
      unit.last_delivery = 0;
    }
    if (unit.poll != nullptr) return;
    unit.poll = bench_.Poll(agency, unit.last_delivery, "a", 1 + Pick(5));
  }
  void Receive(uint32_t agency, bool lost) {
    Unit& unit = UnitAt(agency);
    if (unit.poll == nullptr || !unit.poll->answered()) return;
    const std::shared_ptr<Polled> poll = std::move(unit.poll);
    unit.poll = nullptr;
    if (!poll->said->ok() || lost) return;
    if ((*poll)->fence != 0) unit.last_delivery = (*poll)->fence;
    for (OrderSeq seq : (*poll)->orders) {
      const domain::Order& order = bench_.state.orders.at(seq.value());
      if (order.control() && std::find(unit.arrived.begin(), unit.arrived.end(), seq.value()) == unit.arrived.end()) {
        for (uint64_t other : orders_) {
          const domain::Order& earlier = bench_.state.orders.at(other);
          const bool before = other < seq.value() && earlier.control() && earlier.subject_tag == order.subject_tag &&
                              earlier.Open().Contains(AgencyOrdinal(agency));
          const bool here = std::find(unit.arrived.begin(), unit.arrived.end(), other) != unit.arrived.end();
          EXPECT_TRUE(!before || here) << "order " << seq << " arrived before " << other << " at agency " << agency
                                       << ", step " << step_;
        }
        unit.arrived.push_back(seq.value());
      }
      unit.has.insert(seq.value());
    }
  }
  void AnswerOne(uint32_t agency) {
    Unit& unit = UnitAt(agency);
    const uint64_t seq = *unit.has.begin();
    unit.has.erase(unit.has.begin());
    if (bench_.state.orders.at(seq).Open().Contains(AgencyOrdinal(agency))) bench_.Answer(seq, agency);
  }
  void Restart() {
    bench_.Restart();
    for (auto& [agency, unit] : units_) unit.known = false, unit.poll = nullptr;
  }

  // Each open task is in the queue or held, once.
  void Check() {
    for (uint32_t agency = 1; agency <= 5; ++agency) {
      size_t open = 0;
      for (uint64_t seq : orders_) open += bench_.state.orders.at(seq).Open().Contains(AgencyOrdinal(agency)) ? 1 : 0;
      const AgencyLoad load = bench_.dispatcher->LoadOf(AgencyOrdinal(agency));
      ASSERT_EQ(load.queued + load.held, open) << "agency " << agency << ", step " << step_;
    }
  }

  bool Done() const {
    return std::all_of(orders_.begin(), orders_.end(), [&](uint64_t seq) {
      const domain::AgencySet open = bench_.state.orders.at(seq).Open();
      for (uint32_t agency = 1; agency <= 4; ++agency) {
        if (open.Contains(AgencyOrdinal(agency))) return false;
      }
      return true;
    });
  }
  void Finish() {
    for (uint32_t agency = 1; agency <= 4; ++agency) {
      Poll(agency);
      bench_.Step();
      bench_.clock.Advance(absl::Seconds(31));
      bench_.dispatcher->Expire();
      Receive(agency, false);
      while (!UnitAt(agency).has.empty()) AnswerOne(agency);
    }
  }

  std::mt19937_64 random_;
  Bench bench_;
  std::vector<uint64_t> orders_;
  std::map<uint32_t, Unit> units_;
  int step_ = 0;
};

TEST(HandOutModel, NothingIsLostNothingIsDoubledRankFollowsService) {
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model(seed).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace eagle::dispatch
