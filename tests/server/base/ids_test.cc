#include "server/base/ids.h"

#include <limits>
#include <sstream>
#include <type_traits>

#include "absl/container/flat_hash_map.h"
#include "gtest/gtest.h"

namespace eagle {
namespace {

static_assert(!std::is_convertible_v<uint64_t, OrderSeq>, "a number is no order");
static_assert(!std::is_convertible_v<OrderSeq, uint64_t>, "an order is no number");
static_assert(!std::is_convertible_v<OrderSeq, CaseSeq>, "an order is no case");
static_assert(!std::is_constructible_v<CaseSeq, OrderSeq>, "not even on purpose");
static_assert(!std::is_convertible_v<OrderSeq, bool>, "only in a condition");
static_assert(sizeof(OrderSeq) == 8 && sizeof(AgencyOrdinal) == 4);
static_assert(std::is_trivially_copyable_v<OrderSeq>);

TEST(Id, ZeroMeansNone) {
  EXPECT_FALSE(OrderSeq());
  EXPECT_FALSE(OrderSeq(0));
  EXPECT_TRUE(OrderSeq(1));
  EXPECT_EQ(OrderSeq().value(), 0u);
}

TEST(Id, ComparesAsItsValue) {
  EXPECT_LT(OrderSeq(1), OrderSeq(2));
  EXPECT_EQ(AgencyOrdinal(7), AgencyOrdinal(7));
  EXPECT_NE(AgencyOrdinal(7), AgencyOrdinal(8));
  EXPECT_GT(EntryIndex(std::numeric_limits<uint64_t>::max()), EntryIndex(0));
}

TEST(Id, IsAKeyOfHashMaps) {
  absl::flat_hash_map<CaseSeq, int> map;
  map[CaseSeq(3)] = 1;
  map[CaseSeq(3)] += 1;
  EXPECT_EQ(map.size(), 1u);
  EXPECT_EQ(map.at(CaseSeq(3)), 2);
}

TEST(Id, PrintsItsNumber) {
  std::ostringstream out;
  out << OrderSeq(42) << " " << AgencyOrdinal(4000000000);
  EXPECT_EQ(out.str(), "42 4000000000");
}

}  // namespace
}  // namespace eagle
