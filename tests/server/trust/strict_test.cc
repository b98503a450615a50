#include "server/trust/strict.h"

#include <gtest/gtest.h>

#include <random>

#include "goldeneagle/v1/administration.pb.h"
#include "goldeneagle/v1/case.pb.h"
#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "goldeneagle/v1/order.pb.h"
#include "goldeneagle/v1/receipt.pb.h"
#include "goldeneagle/v1/statement.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "server/base/bytes.h"
#include "tests/server/trust/support.h"

namespace eagle::trust {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Hex(std::string_view hex) { return *HexDecode(hex); }

// Calls visit(whole, innermost, path) for every message type that can be nested in `whole`, each on its own path.
template <typename Visit>
void ForEachNested(Message& whole, Message& innermost, const std::string& path, const Visit& visit) {
  visit(whole, innermost, path);
  const Descriptor* type = innermost.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->type() != FieldDescriptor::TYPE_MESSAGE) continue;
    const auto* reflection = innermost.GetReflection();
    Message* inner = field->is_repeated() ? reflection->AddMessage(&innermost, field)
                                          : reflection->MutableMessage(&innermost, field);
    ForEachNested(whole, *inner, path + (path.empty() ? "" : ".") + field->name() + (field->is_repeated() ? "[0]" : ""),
                  visit);
    reflection->ClearField(&innermost, field);
  }
}

template <class M>
int RefusedNestings() {
  int count = 0;
  M whole;
  ForEachNested(whole, whole, "", [&](Message& message, Message& innermost, const std::string& path) {
    auto* unknown = innermost.GetReflection()->MutableUnknownFields(&innermost);
    for (int form = 0; form < 4; ++form) {
      unknown->Clear();
      if (form == 0) unknown->AddVarint(1999, 1);
      if (form == 1) unknown->AddFixed32(1999, 1);
      if (form == 2) unknown->AddFixed64(1999, 1);
      if (form == 3) unknown->AddLengthDelimited(1999, "x");
      const std::string bytes = message.SerializeAsString();
      const auto strict = ParseStrict<M>(bytes);
      EXPECT_EQ(WhyNot(strict), "UNKNOWN_FIELDS") << path;
      EXPECT_EQ(WhereNot(strict.status()), path);
      const auto tolerant = ParseTolerant<M>(bytes);
      EXPECT_EQ(WhyNot(tolerant), "OK") << path;
      EXPECT_EQ(tolerant->SerializeAsString(), bytes) << path;
      ++count;
    }
    unknown->Clear();
  });
  return count;
}

TEST(Strict, UnknownFieldsAreRefusedInEveryMessageOfEverySignedThing) {
  EXPECT_GE(RefusedNestings<v1::Order>(), 4 * 12);
  EXPECT_GE(RefusedNestings<v1::CaseAct>(), 4 * 8);
  EXPECT_GE(RefusedNestings<v1::Statement>(), 4 * 5);
  EXPECT_GE(RefusedNestings<v1::Administration>(), 4 * 10);
  EXPECT_GE(RefusedNestings<v1::Head>(), 4 * 2);
  EXPECT_GE(RefusedNestings<v1::Receipt>(), 4 * 8);
}

TEST(Strict, WhatWasWrittenIsReadBack) {
  const std::string bytes = FreezeOrder().SerializeAsString();
  const auto order = ParseStrict<v1::Order>(bytes);
  ASSERT_EQ(WhyNot(order), "OK");
  EXPECT_EQ(order->SerializeAsString(), bytes);
  EXPECT_EQ(order->subject().name(), "林远舟");
  EXPECT_EQ(WhyNot(ParseStrict<v1::Order>("")), "OK");  // an empty message; whoever decides finds its fields missing
}

TEST(Strict, MalformedBytesAreRefused) {
  const struct {
    const char* what;
    std::string bytes;
    const char* reason;
  } kTable[] = {
      {"field number zero", Hex("0000"), "ENVELOPE_MALFORMED"},
      {"a tag that is cut", Hex("80"), "ENVELOPE_MALFORMED"},
      {"a tag beyond 32 bits", Hex("f8ffffffff0100"), "ENVELOPE_MALFORMED"},
      {"a tag longer than it need be", Hex("8a0001"), "ENVELOPE_MALFORMED"},
      {"a length beyond the end", Hex("0a05aabb"), "ENVELOPE_MALFORMED"},
      {"a length of 2^63", Hex("0affffffffffffffff7f"), "ENVELOPE_MALFORMED"},
      {"a length longer than it need be", Hex("0a820061") + "b", "ENVELOPE_MALFORMED"},
      {"a number longer than it need be", Hex("208100"), "ENVELOPE_MALFORMED"},
      {"a number of eleven bytes", Hex("20ffffffffffffffffffff01"), "ENVELOPE_MALFORMED"},
      {"a number of more than 64 bits", Hex("20ffffffffffffffffff02"), "ENVELOPE_MALFORMED"},
      {"an enum beyond 32 bits", Hex("208180808010"), "ENVELOPE_MALFORMED"},
      {"a single field twice", Hex("20012001"), "ENVELOPE_MALFORMED"},
      {"a single message twice", Hex("42004200"), "ENVELOPE_MALFORMED"},
      {"two acts", Hex("a20100b20100"), "ENVELOPE_MALFORMED"},
      {"the beginning of a group", Hex("23"), "UNKNOWN_FIELDS"},
      {"the end of a group", Hex("24"), "UNKNOWN_FIELDS"},
      {"wire type 6", Hex("26"), "UNKNOWN_FIELDS"},
      {"a known field as another wire type", Hex("2200"), "UNKNOWN_FIELDS"},
      {"text that isn't UTF-8", Hex("1202c328"), "TEXT_INVALID"},
      {"text with half a surrogate", Hex("1203eda080"), "TEXT_INVALID"},
      {"nested text that isn't UTF-8", Hex("42030a01ff"), "TEXT_INVALID"},
  };
  for (const auto& row : kTable) EXPECT_EQ(WhyNot(ParseStrict<v1::Order>(row.bytes)), row.reason) << row.what;
}

TEST(Strict, TheFieldIsNamedAndItsValueIsNot) {
  v1::Order order = FreezeOrder();
  order.add_officers()->set_officer("001");
  std::string bytes = order.SerializeAsString() + Hex("6205") + Hex("0a03") + "ab\xff";
  const absl::Status status = ParseStrict<v1::Order>(bytes).status();
  EXPECT_EQ(WhereNot(status), "officers[1].officer");
  EXPECT_EQ(FailureOf(status).message.find("ab"), std::string::npos);
}

TEST(Strict, NumbersOutsideTheirFieldAreRefused) {
  v1::Head head;
  head.set_count(4294967295u);
  EXPECT_EQ(WhyNot(ParseStrict<v1::Head>(head.SerializeAsString())), "OK");
  EXPECT_EQ(WhyNot(ParseStrict<v1::Head>(Hex("288080808010"))), "ENVELOPE_MALFORMED");  // 2^32
  v1::AccessRecorded read;
  read.set_rows(1);
  EXPECT_EQ(WhyNot(ParseStrict<v1::AccessRecorded>(read.SerializeAsString())), "OK");
  EXPECT_EQ(WhyNot(ParseStrict<v1::PersonAtAgency>(Hex("0802"))), "ENVELOPE_MALFORMED");  // a truth value of 2
  v1::Order order;
  order.set_action(static_cast<v1::Action>(-1));  // ten bytes, as writers of negative numbers have it
  EXPECT_EQ(WhyNot(ParseStrict<v1::Order>(order.SerializeAsString())), "OK");
}

TEST(Strict, PackedAndUnpackedListsAreBothRead) {
  v1::Delivered delivered;
  for (uint64_t order : {1, 300, 70000}) delivered.add_orders(order);
  EXPECT_EQ(ParseStrict<v1::Delivered>(delivered.SerializeAsString())->orders_size(), 3);
  EXPECT_EQ(ParseStrict<v1::Delivered>(Hex("080108ac02"))->orders_size(), 2);
  EXPECT_EQ(WhyNot(ParseStrict<v1::Delivered>(Hex("0a0201ac"))),
            "ENVELOPE_MALFORMED");  // the list ends inside a number
}

TEST(Strict, DepthIsBounded) {
  // google.protobuf.DescriptorProto nests message types in message types as deeply as one likes.
  google::protobuf::DescriptorProto deep;
  google::protobuf::DescriptorProto* at = &deep;
  for (int level = 1; level < kDepthMax; ++level) at = at->add_nested_type();
  EXPECT_EQ(WhyNot(ParseStrict<google::protobuf::DescriptorProto>(deep.SerializeAsString())), "OK");
  at->add_nested_type();
  EXPECT_EQ(WhyNot(ParseStrict<google::protobuf::DescriptorProto>(deep.SerializeAsString())), "ENVELOPE_MALFORMED");
  std::string bytes;
  for (int level = 0; level < 2'000; ++level) {
    std::string length;
    for (size_t rest = bytes.size();; rest >>= 7) {
      length += static_cast<char>(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
      if (rest <= 0x7f) break;
    }
    bytes = "\x1a" + length + bytes;
  }
  EXPECT_EQ(WhyNot(ParseTolerant<google::protobuf::DescriptorProto>(bytes)), "ENVELOPE_MALFORMED");
}

TEST(Strict, ReceiptsOfANewerAgencyAreReadAndStayAsTheyWere) {
  v1::Receipt receipt;
  receipt.set_agency("9900001");
  const std::string bytes = receipt.SerializeAsString() + Hex("f87c01") + Hex("fa7c03") + "new";
  EXPECT_EQ(WhyNot(ParseStrict<v1::Receipt>(bytes)), "UNKNOWN_FIELDS");
  const auto read = ParseTolerant<v1::Receipt>(bytes);
  ASSERT_EQ(WhyNot(read), "OK");
  EXPECT_EQ(read->SerializeAsString(), bytes);
  EXPECT_EQ(WhyNot(ParseTolerant<v1::Receipt>(bytes + Hex("fa7c7f"))), "ENVELOPE_MALFORMED");
  EXPECT_EQ(WhyNot(ParseTolerant<v1::Receipt>(bytes + Hex("fb7c"))), "ENVELOPE_MALFORMED");  // a group
  EXPECT_EQ(WhyNot(ParseTolerant<v1::Receipt>(Hex("1a01ff"))), "TEXT_INVALID");
}

// Whatever the strict reader takes, the ordinary one reads without unknown fields, and writing it loses nothing.
TEST(Strict, NothingThatItTakesIsAmbiguous) {
  std::mt19937_64 engine(20260928);
  v1::Order order = FreezeOrder();
  order.add_officers()->set_officer("001");
  order.add_instruments()->set_digest(std::string(32, 'd'));
  const std::string original = order.SerializeAsString();
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = original;
    for (uint64_t change = engine() % 3 + 1; change > 0; --change) {
      const size_t at = engine() % bytes.size();
      const uint64_t kind = engine() % 3;
      if (kind == 0) bytes[at] = static_cast<char>(bytes[at] ^ (1 << engine() % 8));
      if (kind == 1) bytes.erase(at, engine() % 4);
      if (kind == 2) bytes.insert(at, bytes.substr(engine() % bytes.size(), engine() % 12));
    }
    const auto strict = ParseStrict<v1::Order>(bytes);
    if (!strict.ok()) continue;
    ++taken;
    ASSERT_TRUE(strict->GetReflection()->GetUnknownFields(*strict).empty());
    const std::string again = strict->SerializeAsString();
    ASSERT_EQ(ParseStrict<v1::Order>(again)->SerializeAsString(), again);
    ASSERT_LE(again.size(), bytes.size());
  }
  EXPECT_GT(taken, 1000);
}

}  // namespace
}  // namespace eagle::trust
