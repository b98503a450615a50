// What every Store promises. Each implementation runs this one suite:
//
//   INSTANTIATE_TEST_SUITE_P(Fake, StoreContract, testing::Values(StoreFactory(MakeFakeHarness)));
//
// Included by one *_test.cc of each implementation's room.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/storage/digest.h"
#include "server/storage/store.h"

namespace eagle::storage {

// One implementation with what it lies on.
class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  virtual Store& store() = 0;
  // The process ends in good order and starts again. No reader is out.
  virtual void Reopen() = 0;
};
using StoreFactory = std::function<std::unique_ptr<StoreHarness>()>;

// The value, or a failure of the test and an abort.
template <typename T>
T ValueOf(absl::StatusOr<T> value) {
  EXPECT_TRUE(value.ok()) << value.status();
  return std::move(value).value();
}

class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  Store& store() { return harness_->store(); }
  std::unique_ptr<Reader> NewReader() { return ValueOf(store().NewReader()); }

  // A commit at the end of the journal with `count` entries and these rows.
  Commit Next(uint32_t count, std::vector<RowChange> rows) {
    const uint64_t index = store().Head().next_index;
    return {.first_index = index,
            .count = count,
            .time_us = 1'700'000'000'000'000 + static_cast<int64_t>(index),
            .decider_version = 7,
            .entries = "entries from " + std::to_string(index) + std::string("\0\xff", 2),
            .previous_checkpoint = index == 0 ? "" : "checkpoint " + std::to_string(index),
            .rows = std::move(rows)};
  }
  void MustAppend(const Commit& commit) { ASSERT_EQ(store().Append(commit), absl::OkStatus()); }
  std::optional<std::string> Get(Table table, const std::string& key) { return ValueOf(NewReader()->Get(table, key)); }

  static CommitRow RowOf(const Commit& commit) {
    return {commit.first_index,     commit.count,   commit.time_us,
            commit.decider_version, commit.entries, commit.previous_checkpoint};
  }

  std::unique_ptr<StoreHarness> harness_ = GetParam()();
};

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_EQ(store().Head(), StoreHead{});
  EXPECT_FALSE(store().Full());
  auto reader = NewReader();
  EXPECT_EQ(reader->Head(), StoreHead{});
  EXPECT_EQ(ValueOf(reader->CommitAt(0)), std::nullopt);
  EXPECT_TRUE(ValueOf(reader->Commits(0, 10)).empty());
  for (const TableInfo& info : kTables) {
    EXPECT_TRUE(ValueOf(reader->Scan(info.table, "", 10)).empty());
    EXPECT_EQ(ValueOf(reader->Get(info.table, "key")), std::nullopt);
  }
}

TEST_P(StoreContract, ACommitIsReadBackByteForByte) {
  const Commit first = Next(3, {{Table::kOrders, BigEndian(0), "row"}});
  MustAppend(first);
  const Commit second = Next(1, {});
  MustAppend(second);
  EXPECT_EQ(store().Head(), (StoreHead{4, second.time_us}));
  auto reader = NewReader();
  EXPECT_EQ(reader->Head(), store().Head());
  EXPECT_EQ(ValueOf(reader->CommitAt(0)), RowOf(first));
  EXPECT_EQ(ValueOf(reader->CommitAt(3)), RowOf(second));
  EXPECT_EQ(ValueOf(reader->Get(Table::kOrders, BigEndian(0))), "row");
}

TEST_P(StoreContract, LargeEntriesAndRowsAreKept) {
  Commit commit = Next(256, {{Table::kCases, "large", std::string(1 << 20, 'x')}});
  commit.entries.assign(4 << 20, '\xee');
  MustAppend(commit);
  EXPECT_EQ(ValueOf(NewReader()->CommitAt(255)), RowOf(commit));
  EXPECT_EQ(Get(Table::kCases, "large"), std::string(1 << 20, 'x'));
}

TEST_P(StoreContract, ACommitThatDoesNotBeginAtTheEndIsRefusedAndChangesNothing) {
  MustAppend(Next(5, {{Table::kSequences, "k", "old"}}));
  for (const uint64_t wrong : {uint64_t{0}, uint64_t{4}, uint64_t{6}, uint64_t{1} << 40}) {
    Commit commit = Next(1, {{Table::kSequences, "k", "new"}});
    commit.first_index = wrong;
    EXPECT_EQ(ReasonOf(store().Append(commit)), Reason::kHeadMoved) << wrong;
  }
  EXPECT_EQ(store().Head().next_index, 5u);
  EXPECT_EQ(Get(Table::kSequences, "k"), "old");
  MustAppend(Next(1, {{Table::kSequences, "k", "new"}}));
  EXPECT_EQ(Get(Table::kSequences, "k"), "new");
}

TEST_P(StoreContract, RowsAreSetReplacedAndDeleted) {
  MustAppend(Next(1, {{Table::kOrders, "a", "1"}, {Table::kOrders, "b", ""}, {Table::kOrders, "c", "3"}}));
  EXPECT_EQ(Get(Table::kOrders, "b"), "") << "an empty value is a value";
  MustAppend(
      Next(1, {{Table::kOrders, "a", "2"}, {Table::kOrders, "c", std::nullopt}, {Table::kOrders, "d", std::nullopt}}));
  EXPECT_EQ(ValueOf(NewReader()->Scan(Table::kOrders, "", 10)), (std::vector<Row>{{"a", "2"}, {"b", ""}}));
}

TEST_P(StoreContract, OfTwoChangesOfOneKeyTheLaterOneStays) {
  MustAppend(Next(1, {{Table::kSequences, "set", "1"},
                      {Table::kSequences, "set", "2"},
                      {Table::kSequences, "gone", "1"},
                      {Table::kSequences, "gone", std::nullopt},
                      {Table::kSequences, "back", "1"},
                      {Table::kSequences, "back", std::nullopt},
                      {Table::kSequences, "back", "3"}}));
  EXPECT_EQ(ValueOf(NewReader()->Scan(Table::kSequences, "", 10)), (std::vector<Row>{{"back", "3"}, {"set", "2"}}));
}

TEST_P(StoreContract, TablesAreApart) {
  std::vector<RowChange> rows;
  for (const TableInfo& info : kTables) rows.push_back({info.table, "key", std::string(info.name)});
  MustAppend(Next(1, rows));
  for (const TableInfo& info : kTables) EXPECT_EQ(Get(info.table, "key"), info.name);
  MustAppend(Next(1, {{Table::kCases, "key", std::nullopt}}));
  EXPECT_EQ(Get(Table::kCases, "key"), std::nullopt);
  EXPECT_EQ(Get(Table::kCaseNumbers, "key"), "case_numbers");
}

TEST_P(StoreContract, KeysAreInBytewiseOrder) {
  const std::vector<std::string> sorted = {std::string("\0", 1),
                                           std::string("\0\0", 2),
                                           "A",
                                           "a",
                                           "aa",
                                           "b",
                                           "\x7f",
                                           "\x80",
                                           "\xff",
                                           std::string(kKeyBytesMax, '\xff')};
  std::vector<RowChange> rows;
  for (const std::string& key : sorted)
    rows.insert(rows.begin() + static_cast<long>(rows.size() / 2), {Table::kSequences, key, "v"});
  MustAppend(Next(1, rows));
  std::vector<std::string> keys;
  for (const Row& row : ValueOf(NewReader()->Scan(Table::kSequences, "", 100))) keys.push_back(row.first);
  EXPECT_EQ(keys, sorted);
}

TEST_P(StoreContract, NumbersComeInTheirOrder) {
  std::vector<RowChange> rows;
  const std::vector<uint64_t> numbers = {0, 1, 255, 256, 65535, 65536, UINT32_MAX, UINT64_MAX};
  for (auto it = numbers.rbegin(); it != numbers.rend(); ++it) rows.push_back({Table::kOrders, BigEndian(*it), "v"});
  MustAppend(Next(1, rows));
  std::vector<uint64_t> found;
  for (const Row& row : ValueOf(NewReader()->Scan(Table::kOrders, BigEndian(1), 100))) {
    found.push_back(ByteReader(row.first).U64());
  }
  EXPECT_EQ(found, std::vector<uint64_t>(numbers.begin() + 1, numbers.end()));
}

TEST_P(StoreContract, AScanGoesPageByPage) {
  std::vector<RowChange> rows;
  for (uint64_t i = 0; i < 10; ++i) rows.push_back({Table::kAgencies, BigEndian(i), std::to_string(i)});
  MustAppend(Next(1, rows));
  auto reader = NewReader();
  std::vector<std::string> seen;
  std::string from;
  for (;;) {
    const std::vector<Row> page = ValueOf(reader->Scan(Table::kAgencies, from, 3));
    for (const Row& row : page) seen.push_back(row.second);
    if (page.size() < 3) break;
    from = page.back().first + '\0';
  }
  EXPECT_THAT(seen, testing::ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
  EXPECT_EQ(ValueOf(reader->Scan(Table::kAgencies, BigEndian(9), 1)).size(), 1u) << "from_key is inclusive";
  EXPECT_TRUE(ValueOf(reader->Scan(Table::kAgencies, BigEndian(10), 1)).empty());
}

TEST_P(StoreContract, AReaderSeesWhatWasCommittedBeforeItAndNothingElse) {
  MustAppend(Next(1, {{Table::kSequences, "a", "1"}, {Table::kSequences, "b", "1"}}));
  auto old_reader = NewReader();
  MustAppend(
      Next(2, {{Table::kSequences, "a", "2"}, {Table::kSequences, "b", std::nullopt}, {Table::kSequences, "c", "2"}}));
  ASSERT_EQ(store().Maintain(/*idle=*/true), absl::OkStatus());
  auto middle_reader = NewReader();
  MustAppend(
      Next(1, {{Table::kSequences, "a", "3"}, {Table::kSequences, "b", "3"}, {Table::kSequences, "c", std::nullopt}}));
  ASSERT_EQ(store().Maintain(/*idle=*/true), absl::OkStatus());

  EXPECT_EQ(ValueOf(old_reader->Scan(Table::kSequences, "", 9)), (std::vector<Row>{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(old_reader->Head().next_index, 1u);
  EXPECT_EQ(ValueOf(old_reader->Commits(0, 9)).size(), 1u);
  EXPECT_EQ(ValueOf(old_reader->CommitAt(1)), std::nullopt);
  EXPECT_EQ(ValueOf(middle_reader->Scan(Table::kSequences, "", 9)), (std::vector<Row>{{"a", "2"}, {"c", "2"}}));
  EXPECT_EQ(ValueOf(middle_reader->Get(Table::kSequences, "b")), std::nullopt);
  EXPECT_EQ(middle_reader->Head().next_index, 3u);
  EXPECT_EQ(ValueOf(NewReader()->Scan(Table::kSequences, "", 9)), (std::vector<Row>{{"a", "3"}, {"b", "3"}}));
}

TEST_P(StoreContract, CommitAtFindsTheCommitThatHoldsAnEntry) {
  std::vector<CommitRow> commits;
  for (const uint32_t count : {1u, 5u, 2u, 100u}) {
    const Commit commit = Next(count, {});
    MustAppend(commit);
    commits.push_back(RowOf(commit));
  }
  auto reader = NewReader();
  for (const CommitRow& commit : commits) {
    for (uint32_t i = 0; i < commit.count; ++i) EXPECT_EQ(ValueOf(reader->CommitAt(commit.first_index + i)), commit);
  }
  EXPECT_EQ(ValueOf(reader->CommitAt(108)), std::nullopt);
  EXPECT_EQ(ValueOf(reader->CommitAt(UINT64_MAX)), std::nullopt);
}

TEST_P(StoreContract, CommitsGoPageByPageFromTheOneThatHoldsAnEntry) {
  std::vector<CommitRow> all;
  for (int i = 0; i < 7; ++i) {
    const Commit commit = Next(3, {});
    MustAppend(commit);
    all.push_back(RowOf(commit));
  }
  auto reader = NewReader();
  std::vector<CommitRow> seen;
  for (uint64_t next = 0;;) {
    const std::vector<CommitRow> page = ValueOf(reader->Commits(next, 3));
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    next = page.back().first_index + page.back().count;
  }
  EXPECT_EQ(seen, all);
  EXPECT_EQ(ValueOf(reader->Commits(4, 1)), std::vector<CommitRow>{all[1]});
  EXPECT_EQ(ValueOf(reader->Commits(20, 5)), std::vector<CommitRow>{all[6]});
  EXPECT_TRUE(ValueOf(reader->Commits(21, 5)).empty());
  EXPECT_TRUE(ValueOf(reader->Commits(UINT64_MAX, 5)).empty());
}

TEST_P(StoreContract, ReopeningKeepsEverything) {
  for (int i = 0; i < 20; ++i)
    MustAppend(Next(2, {{Table::kOrders, BigEndian(static_cast<uint64_t>(i)), std::to_string(i)}}));
  const StoreHead head = store().Head();
  const std::vector<TableDigest> digests = ValueOf(TableDigests(*NewReader()));
  const std::vector<CommitRow> commits = ValueOf(NewReader()->Commits(0, 100));
  harness_->Reopen();
  EXPECT_EQ(store().Head(), head);
  EXPECT_EQ(ValueOf(TableDigests(*NewReader())), digests);
  EXPECT_EQ(ValueOf(NewReader()->Commits(0, 100)), commits);
  MustAppend(Next(1, {{Table::kOrders, BigEndian(0), std::nullopt}}));
  EXPECT_EQ(store().Head().next_index, head.next_index + 1);
}

TEST_P(StoreContract, DigestsDependOnTheRowsAndNotOnHowTheyCame) {
  const auto digests = [&] { return ValueOf(TableDigests(*NewReader())); };
  const std::vector<TableDigest> empty = digests();
  ASSERT_EQ(empty.size(), kTables.size() - 1) << "derived tables have no digest";
  for (const TableDigest& digest : empty) {
    EXPECT_EQ(digest.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }
  MustAppend(Next(1, {{Table::kCases, "b", "2"}, {Table::kCases, "a", "1"}, {Table::kTiles, "t", "x"}}));
  const std::vector<TableDigest> two = digests();
  // SHA-256 of 00000001 61 00000001 31 00000001 62 00000001 32.
  EXPECT_EQ(two[static_cast<size_t>(Table::kCases)],
            (TableDigest{"cases", "6fa2d87f48fc7ddfb9c9c24286fcecde682451938882795954eb5aba74c19968"}));
  MustAppend(Next(1, {{Table::kCases, "a", "x"}, {Table::kCases, "b", std::nullopt}}));
  EXPECT_NE(digests(), two);
  MustAppend(Next(1, {{Table::kCases, "a", "1"}, {Table::kCases, "b", "2"}}));
  EXPECT_EQ(digests(), two);
}

TEST_P(StoreContract, ReadersOnOtherThreadsSeeWholeCommits) {
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        absl::StatusOr<std::unique_ptr<Reader>> reader = store().NewReader();
        if (!reader.ok()) {
          ++torn;
          continue;
        }
        const auto a = (*reader)->Get(Table::kOrders, "n");
        const auto b = (*reader)->Get(Table::kCases, "n");
        const uint64_t next_index = (*reader)->Head().next_index;
        const std::string expected = next_index == 0 ? "" : std::to_string(next_index);
        if (!a.ok() || !b.ok() || a->value_or("") != expected || b->value_or("") != expected) ++torn;
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(store().Head().next_index + 1);
    EXPECT_EQ(store().Append(Next(1, {{Table::kOrders, "n", n}, {Table::kCases, "n", n}})), absl::OkStatus());
    EXPECT_EQ(store().Maintain(/*idle=*/i % 10 == 0), absl::OkStatus());
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn, 0);
}

TEST_P(StoreContract, RandomCommitsAgreeWithAPlainMap) {
  std::mt19937_64 random(20260101);
  std::array<std::map<std::string, std::string>, kTables.size()> model;
  for (int round = 0; round < 150; ++round) {
    std::vector<RowChange> rows;
    for (uint64_t i = random() % 12; i > 0; --i) {
      const auto table = static_cast<size_t>(random() % kTables.size());
      const std::string key = "key " + std::to_string(random() % 20);
      if (random() % 3 == 0) {
        model[table].erase(key);
        rows.push_back({kTables[table].table, key, std::nullopt});
      } else {
        const std::string value(random() % 3000, static_cast<char>('a' + random() % 26));
        model[table][key] = value;
        rows.push_back({kTables[table].table, key, value});
      }
    }
    MustAppend(Next(1 + static_cast<uint32_t>(random() % 5), std::move(rows)));
    ASSERT_TRUE(store().Maintain(/*idle=*/random() % 4 == 0).ok());
    if (random() % 30 == 0) harness_->Reopen();
    if (round % 10 != 0) continue;
    auto reader = NewReader();
    for (const TableInfo& info : kTables) {
      const auto& expected = model[static_cast<size_t>(info.table)];
      ASSERT_EQ(ValueOf(reader->Scan(info.table, "", 100)), (std::vector<Row>(expected.begin(), expected.end())));
    }
  }
}

}  // namespace eagle::storage
