#include "tests/adapters/sdk/encumbrance_table.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "adapters/sdk/encumbrance/register.h"
#include "gtest/gtest.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/reason.h"

namespace eagle::sdk {
namespace {

absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 3600); }

std::string Plain(int64_t amount) {  // as MoneyText without its commas
  std::string out;
  for (char c : MoneyText(amount)) {
    if (c != ',') out.push_back(c);
  }
  return out;
}

class Table {
 public:
  // The second and third column of one line, as they really are.
  std::pair<std::string, std::string> Do(const std::vector<std::string>& words) {
    if (words[0] == "at") {
      absl::Time time;
      std::string error;
      EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", words[1] + " " + words[2], Shanghai(), &time, &error)) << error;
      now_ = time;
    } else if (words[0] == "account") {
      Asset account{.id = words[1], .balance = Amount(words[2]), .currency = "CNY"};
      assets_[words[1]] = account;
    } else if (words[0] == "thing") {
      assets_[words[1]] = Thing(words[1]);
    }
    auto book = EncumbranceRegister::Load(Assets(), Rows(), now_, Shanghai());
    if (!book.ok()) return {std::string(RowOf(ReasonOf(book.status())).name), ""};
    std::string result = Call(*book, words);
    for (const Encumbrance& row : book->TakeChangedRows()) rows_[row.id] = row;
    for (const Asset& asset : book->TakeChangedAssets()) assets_[asset.id] = asset;
    for (const Change& change : book->TakeChanges()) {
      result += (result.empty() ? "" : ", ") + std::string(ChangeName(change.kind)) + " " + change.id + " " +
                Plain(change.after.controlled) + "+" + Plain(change.after.unfunded);
    }
    return {result.empty() ? "ok" : result, State(*book)};
  }

 private:
  static int64_t Amount(const std::string& text) {
    const auto amount = ParseMoney(text);
    EXPECT_TRUE(amount.has_value()) << text;
    return amount.value_or(0);
  }
  std::vector<Asset> Assets() const {
    std::vector<Asset> out;
    for (const auto& [id, asset] : assets_) out.push_back(asset);
    return out;
  }
  std::vector<Encumbrance> Rows() const {
    std::vector<Encumbrance> out;
    for (const auto& [id, row] : rows_) out.push_back(row);
    return out;
  }

  // place F1 A,B 80000 [capture|income] [first B] [ceiling B 100] [whole] [review] [1y|6m] [from 2025-10-15 to
  // 2026-10-14] [served 2026-09-28T09:40]
  absl::Status Place(EncumbranceRegister& book, const std::vector<std::string>& words) {
    Encumbrance fresh{.id = words[1], .authority = "court", .document_number = words[1]};
    fresh.scope = absl::StrSplit(words[2], ',');
    fresh.requested = Amount(words[3]);
    fresh.rank = {now_, ++served_};
    bool review = false;
    std::string first;
    for (size_t i = 4; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word == "capture") fresh.inflow = InflowRule::kCapture;
      if (word == "income") fresh.inflow = InflowRule::kIncome;
      if (word == "first") first = words[++i];
      if (word == "ceiling") fresh.ceiling = Ceiling{words[i + 1], Amount(words[i + 2])}, i += 2;
      if (word == "whole") fresh.whole_account = true;
      if (word == "review") review = true;
      const bool is_term = absl::ascii_isdigit(static_cast<unsigned char>(word[0]));
      if (is_term) fresh.term = TermOf(word);
      if (word == "from") fresh.effective_from = absl::FromCivil(Day(words[++i]), Shanghai());
      if (word == "to") fresh.effective_to = absl::FromCivil(Day(words[++i]) + 1, Shanghai());
      if (word == "served") {
        std::string error;
        EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%M", words[++i], Shanghai(), &fresh.rank.served_at, &error)) << error;
      }
    }
    return book.Place(std::move(fresh), review, first);
  }
  // "1y", "6m"; "0m" is no term.
  static MeasureTerm TermOf(const std::string& word) {
    const uint32_t count = static_cast<uint32_t>(std::stoi(word));
    return word.back() == 'y' ? MeasureTerm{.years = count} : MeasureTerm{.months = count};
  }
  static absl::CivilDay Day(const std::string& text) {
    absl::CivilDay day;
    EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
    return day;
  }

  std::string Call(EncumbranceRegister& book, const std::vector<std::string>& words) {
    const std::string& what = words[0];
    absl::Status status;
    if (what == "place") status = Place(book, words);
    if (what == "approve") status = book.Approve(words[1]);
    if (what == "refuse") status = book.Refuse(words[1]);
    if (what == "release") status = book.Release(words[1], words.size() > 2 ? Amount(words[2]) : 0);
    if (what == "renew") status = book.Renew(words[1], TermOf(words[2]));
    if (what == "credit") status = book.Credit(words[1], Amount(words[2]));
    if (what == "withdraw") status = book.Withdraw(words[1], Amount(words[2]));
    if (what == "reduce") status = book.Reduce(words[1], Amount(words[2]));
    if (what == "move")
      status = book.Move(words[1], words[2], Amount(words[3]), words.size() > 4 ? std::string_view(words[4]) : "");
    if (what == "income") {  // income A 3000 1000: each may have what is left above so much
      const int64_t kept = Amount(words[3]);
      status = book.CreditIncome(words[1], Amount(words[2]),
                                 [&](const Encumbrance&, int64_t left) { return std::max<int64_t>(0, left - kept); });
    }
    if (what == "dispose") {
      status = book.Dispose(
          words[1], words[2] == "whole" ? EncumbranceRegister::Extent::kWhole : EncumbranceRegister::Extent::kPart);
    }
    if (what == "sell") status = book.DisposeQuantity(words[1], Amount(words[2]));
    if (what == "gone") book.EndWithRight(absl::StrSplit(words[1], ','));
    if (what == "deduct") {
      auto cuts = book.Deduct(words[1], Amount(words[2]));
      if (cuts.ok()) cuts_[words[1]] = *cuts;
      status = cuts.status();
    }
    if (what == "back") status = book.GiveBack(words[1], cuts_[words[1]]);
    if (!status.ok()) return std::string(RowOf(ReasonOf(status)).name);
    if (what == "free") return Plain(book.Available(words[1]));
    if (what == "rank") return std::to_string(book.RankOf(words[1]));
    if (what == "end") {
      const auto* row = book.Find(words[1]);
      return row->effective_to ? absl::FormatCivilTime(LastDayBefore(*row->effective_to, Shanghai())) : "none";
    }
    if (what == "since") {
      const auto* row = book.Find(words[1]);
      return row->effective_from ? absl::FormatTime("%Y-%m-%d %H:%M", *row->effective_from, Shanghai()) : "none";
    }
    if (what == "shares") {
      std::string out;
      for (const Share& share : book.Find(words[1])->shares) {
        out += (out.empty() ? "" : " ") + share.asset + "=" + Plain(share.controlled) + "+" + Plain(share.unfunded);
      }
      return out;
    }
    return "";
  }

  // Measures that changed or live, in order of entry: those that ended are shown without amounts.
  std::string State(const EncumbranceRegister& book) const {
    std::vector<std::string> parts;
    for (const auto& [id, row] : rows_) {
      const Encumbrance* now = book.Find(id);
      std::string part = id + " " + std::string(PhaseName(now->phase));
      if (IsLive(now->phase)) {
        const bool thing = book.FindAsset(now->scope.front())->kind == AssetKind::kThing;
        part += thing ? " #" + std::to_string(book.RankOf(id))
                      : " " + Plain(now->controlled()) + "+" + Plain(now->unfunded());
      }
      parts.push_back(part);
    }
    return absl::StrJoin(parts, ", ");
  }

  absl::Time now_;
  uint64_t served_ = 0;
  std::map<std::string, Asset> assets_;
  std::map<std::string, Encumbrance> rows_;
  std::map<std::string, std::vector<Cut>> cuts_;  // of the last deduction from each measure
};

std::string Squeezed(std::string_view text) {
  std::string out;
  for (auto word : absl::StrSplit(ToAbsl(text), ' ', absl::SkipEmpty()))
    out += (out.empty() ? "" : " ") + std::string(word);
  return out;
}

}  // namespace

void RunTable(const std::string& table) {
  Table run;
  std::istringstream lines(table);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::vector<std::string> columns = absl::StrSplit(line, '|');
    const std::string event = Squeezed(columns[0]);
    if (event.empty() || event[0] == '#') continue;
    const std::vector<std::string> words = absl::StrSplit(event, ' ');
    const auto [result, state] = run.Do(words);
    SCOPED_TRACE(absl::StrCat("line ", number, ": ", event));
    if (columns.size() > 1) {
      ASSERT_EQ(result, Squeezed(columns[1]));
    }
    if (columns.size() > 2) {
      ASSERT_EQ(state, Squeezed(columns[2]));
    }
  }
}

}  // namespace eagle::sdk
