// Thousands of random histories: the register of encumbrances against the model of coins.
#include <random>

#include "absl/strings/str_cat.h"
#include "adapters/sdk/encumbrance/register.h"
#include "gtest/gtest.h"
#include "tests/adapters/sdk/coin_model.h"

namespace eagle::sdk {
namespace {

constexpr int kHistories = 4000;
constexpr int kEvents = 60;
constexpr int64_t kFirstDay = 20000;

absl::Time TimeOf(int64_t day) { return absl::UnixEpoch() + absl::Hours(24 * day + 9); }

class History {
 public:
  explicit History(uint64_t seed) : random_(seed), model_(kFirstDay) {
    const int64_t accounts = Pick(1, 3);
    for (int64_t i = 0; i < accounts; ++i) AddAsset(absl::StrCat("A", i), Pick(0, 12), false);
    for (int64_t i = Pick(0, 1); i > 0; --i) AddAsset(absl::StrCat("H", i), 1, true);
  }

  // One random event in both, then compares all. False at the first difference.
  bool Step() {
    Load();
    switch (Pick(0, 13)) {
      case 0:
      case 1:
      case 2:
        PlaceOne();
        break;
      case 3: {
        const auto id = AnyId();
        Did("approve " + id, book_->Approve(id), model_.Approve(id));
        break;
      }
      case 4: {
        const auto id = AnyId();
        Did("refuse " + id, book_->Refuse(id), model_.Refuse(id));
        break;
      }
      case 5: {
        const auto id = AnyId();
        const auto amount = Pick(0, 2) == 0 ? 0 : Pick(1, 9);
        Did(absl::StrCat("release ", id, " ", amount), book_->Release(id, amount), model_.Release(id, amount));
        break;
      }
      case 6:
      case 7:
        DeductOne();
        break;
      case 8:
        GiveBackOne();
        break;
      case 9:
      case 10: {
        const auto [account, amount] = AnySum();
        Did("credit " + account + " " + std::to_string(amount), book_->Credit(account, amount),
            model_.Credit(account, amount));
        break;
      }
      case 11: {
        const auto [account, amount] = AnySum();
        if (Pick(0, 1) == 0) {
          Did("withdraw " + account + " " + std::to_string(amount), book_->Withdraw(account, amount),
              model_.Withdraw(account, amount));
        } else {
          Did("reduce " + account + " " + std::to_string(amount), book_->Reduce(account, amount),
              model_.Reduce(account, amount));
        }
        break;
      }
      case 12: {
        const auto [from, amount] = AnySum();
        const std::string to = AnySum().first, first = Pick(0, 1) == 0 ? "" : AnyId();
        Did(absl::StrCat("move ", from, " ", to, " ", amount, " ", first), book_->Move(from, to, amount, first),
            model_.Move(from, to, amount, first));
        break;
      }
      default:
        if (Pick(0, 3) == 0) {
          const auto id = AnyId();
          const bool whole = Pick(0, 1) == 0;
          Did("dispose " + id,
              book_->Dispose(id, whole ? EncumbranceRegister::Extent::kWhole : EncumbranceRegister::Extent::kPart),
              model_.Dispose(id, whole));
        } else {
          day_ += Pick(1, 40);
          log_ += absl::StrCat("day ", day_, "\n");
          book_->AdvanceTo(TimeOf(day_));
          model_.WalkTo(day_);
        }
    }
    Store();
    return Same() && Sound();
  }

  const std::string& log() const { return log_; }

 private:
  int64_t Pick(int64_t from, int64_t to) {
    return from + static_cast<int64_t>(random_() % static_cast<uint64_t>(to - from + 1));
  }
  std::string AnyId() { return absl::StrCat("F", Pick(1, std::max<int64_t>(made_, 1))); }
  std::pair<std::string, int64_t> AnySum() {
    auto asset = assets_.begin();
    std::advance(asset, Pick(0, static_cast<int64_t>(assets_.size()) - 1));
    return {asset->first, Pick(1, 9)};
  }
  void AddAsset(const std::string& id, int64_t coins, bool thing) {
    assets_[id] = thing ? Thing(id) : Asset{.id = id, .balance = coins, .currency = "CNY"};
    model_.AddAccount(id, coins, thing);
    log_ += absl::StrCat("asset ", id, " ", coins, "\n");
  }
  void Did(const std::string& what, const absl::Status& status, bool allowed) {
    log_ += what + " -> " + (status.ok() ? "ok" : std::string(status.message())) + "\n";
    EXPECT_EQ(status.ok(), allowed) << log_;
  }

  void PlaceOne() {
    Encumbrance fresh{.id = absl::StrCat("F", ++made_), .requested = Pick(1, 15)};
    std::vector<std::string> money;
    for (const auto& [id, asset] : assets_) {
      if (asset.kind == AssetKind::kMoney) money.push_back(id);
    }
    std::shuffle(money.begin(), money.end(), random_);
    money.resize(static_cast<size_t>(Pick(1, static_cast<int64_t>(money.size()))));
    fresh.scope = assets_.count("H1") != 0 && Pick(0, 2) == 0 ? std::vector<std::string>{"H1"} : money;
    // Mostly in order of arrival; some were decided late.
    fresh.rank = {TimeOf(day_ - (Pick(0, 5) == 0 ? Pick(1, 30) : 0)), static_cast<uint64_t>(made_)};
    fresh.inflow = Pick(0, 2) == 0 ? InflowRule::kNone : InflowRule::kCapture;
    fresh.term.months = static_cast<uint32_t>(Pick(1, 4));
    const bool review = Pick(0, 4) == 0;
    CoinModel::Measure measure{.id = fresh.id,
                               .rank = fresh.rank,
                               .scope = fresh.scope,
                               .capture = fresh.inflow == InflowRule::kCapture,
                               .limit = fresh.requested,
                               .months = fresh.term.months};
    const std::string what = absl::StrCat("place ", fresh.id, " limit ", fresh.requested,
                                          measure.capture ? " capture" : "", review ? " review" : "");
    const bool allowed = model_.Place(measure, review);
    Did(what, book_->Place(fresh, review), allowed);
  }

  void DeductOne() {
    const std::string id = AnyId();
    const int64_t amount = Pick(1, 9);
    CoinModel::CutList model_cuts;
    const bool allowed = model_.Deduct(id, amount, model_cuts);
    const auto cuts = book_->Deduct(id, amount);
    Did(absl::StrCat("deduct ", id, " ", amount), cuts.status(), allowed);
    if (!allowed || !cuts.ok()) return;
    EXPECT_EQ(cuts->size(), model_cuts.size()) << log_;
    sent_.push_back({id, *cuts});
  }

  void GiveBackOne() {
    if (sent_.empty()) return;
    const auto [id, cuts] = sent_.back();
    sent_.pop_back();
    CoinModel::CutList model_cuts;
    for (const Cut& cut : cuts) model_cuts.emplace_back(cut.asset, cut.amount);
    model_.GiveBack(id, model_cuts);
    Did("back " + id, book_->GiveBack(id, cuts), true);
  }

  void Load() {
    std::vector<Asset> assets;
    std::vector<Encumbrance> rows;
    for (const auto& [id, asset] : assets_) assets.push_back(asset);
    for (const auto& [id, row] : rows_) rows.push_back(row);
    auto book = EncumbranceRegister::Load(assets, rows, TimeOf(day_), absl::UTCTimeZone());
    ASSERT_TRUE(book.ok()) << book.status() << "\n" << log_;
    EXPECT_TRUE(book->TakeChanges().empty()) << "loading what was stored changes nothing\n" << log_;
    book_.emplace(*std::move(book));
  }
  void Store() {
    for (const Encumbrance& row : book_->TakeChangedRows()) rows_[row.id] = row;
    for (const Asset& asset : book_->TakeChangedAssets()) assets_[asset.id] = asset;
    // What was reported, added up, is where the measure stands.
    for (const Change& change : book_->TakeChanges()) {
      EXPECT_NE(rows_.count(change.id), 0u);
      const Encumbrance& row = rows_[change.id];
      if (change.kind == ChangeKind::kLapsed) {
        EXPECT_FALSE(IsLive(row.phase)) << log_;
      }
      if (change.kind == ChangeKind::kInflow || change.kind == ChangeKind::kPromoted) {
        EXPECT_GE(change.after.controlled, change.before.controlled) << log_;
      }
      if (change.kind == ChangeKind::kReduced) {
        EXPECT_LT(change.after.controlled, change.before.controlled) << log_;
      }
    }
  }

  bool Same() {
    for (const auto& [id, measure] : model_.measures()) {
      const auto row = rows_.find(id);
      EXPECT_TRUE(row != rows_.end()) << id << "\n" << log_;
      if (row == rows_.end()) return false;
      EXPECT_EQ(PhaseName(row->second.phase), PhaseName(measure.phase)) << id << "\n" << log_;
      EXPECT_EQ(row->second.unfunded(), model_.Unfunded(id)) << id << "\n" << log_;
      EXPECT_EQ(row->second.deducted, measure.deducted) << id << "\n" << log_;
      for (const auto& [asset, unused] : assets_) {
        const Share* share = row->second.ShareOn(asset);
        EXPECT_EQ(share == nullptr ? 0 : share->controlled, model_.Held(id, asset)) << id << " on " << asset << "\n"
                                                                                    << log_;
      }
    }
    for (const auto& [id, asset] : assets_) {
      EXPECT_EQ(asset.balance, model_.Balance(id)) << id << "\n" << log_;
      EXPECT_EQ(book_->Available(id), model_.Free(id)) << id << "\n" << log_;
    }
    return !::testing::Test::HasFailure();
  }

  // What must hold whatever the model says.
  bool Sound() {
    for (const auto& [id, row] : rows_) {
      if (!IsLive(row.phase)) {
        EXPECT_TRUE(row.shares.empty()) << log_;
        continue;
      }
      EXPECT_EQ(row.controlled() + row.unfunded(), row.requested) << log_;
      int waiting = 0;
      for (const Share& share : row.shares) {
        EXPECT_GE(share.controlled, 0) << log_;
        EXPECT_GE(share.unfunded, 0) << log_;
        waiting += share.unfunded > 0 ? 1 : 0;
        const bool catches = row.inflow == InflowRule::kCapture && share.unfunded > 0;
        if (catches && assets_[share.asset].kind == AssetKind::kMoney) {
          EXPECT_EQ(book_->Available(share.asset), 0) << id << " waits beside free money\n" << log_;
        }
      }
      EXPECT_LE(waiting, 1) << log_;
      if (row.phase == Phase::kWaitlisted) {
        EXPECT_EQ(row.controlled(), 0) << log_;
        EXPECT_GT(book_->RankOf(id), 1u) << log_;
        EXPECT_FALSE(row.effective_from.has_value()) << log_;
      }
      EXPECT_EQ(row.phase == Phase::kEffective, row.effective_to.has_value()) << log_;
    }
    return !::testing::Test::HasFailure();
  }

  std::mt19937_64 random_;
  CoinModel model_;
  std::optional<EncumbranceRegister> book_;
  std::map<std::string, Asset> assets_;
  std::map<std::string, Encumbrance> rows_;
  std::vector<std::pair<std::string, std::vector<Cut>>> sent_;
  int64_t made_ = 0;
  int64_t day_ = kFirstDay;
  std::string log_;
};

TEST(EncumbranceProperty, EveryHistoryAgreesWithTheModelOfCoins) {
  for (uint64_t seed = 1; seed <= kHistories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    History history(seed);
    for (int i = 0; i < kEvents; ++i) {
      if (!history.Step()) return;
    }
  }
}

}  // namespace
}  // namespace eagle::sdk
