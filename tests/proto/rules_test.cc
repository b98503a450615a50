// The two rules on made-up contracts: each must be able to fail, and must not cry wolf.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/proto/contract.h"
#include "tests/support/temp_folder.h"

namespace eagle::contract {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// What protoc makes of `text`.
FileDescriptorSet Parsed(const std::string& text, const std::string& name = "goldeneagle/v1/envelope.proto") {
  const TempFolder folder;
  const std::filesystem::path file = folder / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  const std::string command =
      "protoc --include_source_info -I'" + folder.path() + "' --descriptor_set_out='" + (folder / "set") + "' " + name;
  EXPECT_EQ(std::system(command.c_str()), 0) << text;
  std::ifstream in(folder / "set", std::ios::binary);
  FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&in));
  return set;
}

constexpr char kHead[] = "syntax = \"proto3\"; package goldeneagle.v1;\n";

Findings Change(const std::string& released, const std::string& current) {
  return BrokenPromises(Parsed(kHead + released), Parsed(kHead + current));
}

TEST(BrokenPromisesRule, AdditionsAreNoFinding) {
  EXPECT_THAT(
      Change(
          "message A { int32 x = 1; } enum E { E_UNSPECIFIED = 0; } service S { rpc F(A) returns (A); }",
          "message A { int32 x = 1; string y = 2; message B {} } message C {} enum E { E_UNSPECIFIED = 0; E_ONE = 1; }"
          "service S { rpc F(A) returns (A); rpc G(A) returns (A); }"),
      IsEmpty());
}

TEST(BrokenPromisesRule, EveryLossHasItsName) {
  EXPECT_THAT(Change("message A { int32 x = 1; message N { int32 y = 1; } } enum E { E_UNSPECIFIED = 0; E_ONE = 1; } "
                     "service S { rpc F(A) returns (A); } service T {}",
                     "message A { message N {} } enum E { E_UNSPECIFIED = 0; } service S {}"),
              UnorderedElementsAre("goldeneagle.v1.A.x: the field is gone", "goldeneagle.v1.A.N.y: the field is gone",
                                   "goldeneagle.v1.E.E_ONE: the value is gone",
                                   "goldeneagle.v1.S.F: the method is gone", "goldeneagle.v1.T: the service is gone"));
  EXPECT_THAT(Change("message A {} enum E { E_UNSPECIFIED = 0; }", ""),
              UnorderedElementsAre("goldeneagle.v1.A: the message is gone", "goldeneagle.v1.E: the enum is gone"));
}

TEST(BrokenPromisesRule, FieldsKeepNumberNameTypeLabelAndOneof) {
  const std::string released = "message A { int32 x = 1; }";
  EXPECT_THAT(Change(released, "message A { int32 x = 2; }"), ElementsAre("goldeneagle.v1.A.x: its number changed"));
  EXPECT_THAT(Change(released, "message A { int32 y = 1; }"),
              testing::Contains("goldeneagle.v1.A.x: name was x, is y"));
  EXPECT_THAT(Change(released, "message A { int64 x = 1; }"),
              ElementsAre("goldeneagle.v1.A.x: type was TYPE_INT32, is TYPE_INT64"));
  EXPECT_THAT(Change(released, "message A { repeated int32 x = 1; }"),
              ElementsAre("goldeneagle.v1.A.x: label was LABEL_OPTIONAL, is LABEL_REPEATED"));
  EXPECT_THAT(Change(released, "message A { oneof o { int32 x = 1; } }"),
              ElementsAre("goldeneagle.v1.A.x: oneof was none, is o"));
  EXPECT_THAT(Change(released, "message A { optional int32 x = 1; }"),
              ElementsAre("goldeneagle.v1.A.x: oneof was none, is _x"));
  EXPECT_THAT(Change("message A { oneof o { int32 x = 1; } }", released),
              ElementsAre("goldeneagle.v1.A.x: oneof was o, is none"));
}

TEST(BrokenPromisesRule, TwoFieldsMayNotChangePlaces) {
  EXPECT_EQ(Change("message A { int32 x = 1; int32 y = 2; }", "message A { int32 y = 1; int32 x = 2; }").size(),
            4u);  // each by name and JSON name
}

TEST(BrokenPromisesRule, EnumValuesKeepTheirNumbers) {
  EXPECT_THAT(Change("enum E { E_UNSPECIFIED = 0; E_ONE = 1; }", "enum E { E_UNSPECIFIED = 0; E_ONE = 2; }"),
              ElementsAre("goldeneagle.v1.E.E_ONE: its number was 1, is 2"));
  EXPECT_THAT(Change("enum E { E_UNSPECIFIED = 0; E_ONE = 1; }", "enum E { E_UNSPECIFIED = 0; E_EINS = 1; }"),
              ElementsAre("goldeneagle.v1.E.E_ONE: the value is gone"));
}

TEST(BrokenPromisesRule, WhatIsReservedStaysReserved) {
  const std::string released =
      "message A { reserved 2, 5 to 7; reserved \"old\"; } enum E { reserved 3; reserved \"E_OLD\"; E_UNSPECIFIED = 0; "
      "}";
  EXPECT_THAT(Change(released, released), IsEmpty());
  EXPECT_THAT(Change(released,
                     "message A { reserved 2 to 10; reserved \"old\", \"older\"; } enum E { reserved 3 to 4; reserved "
                     "\"E_OLD\"; E_UNSPECIFIED = 0; }"),
              IsEmpty());
  EXPECT_THAT(
      Change(released, "message A { reserved 2, 5, 7; int32 taken = 6; } enum E { E_UNSPECIFIED = 0; E_NEW = 3; }"),
      UnorderedElementsAre("goldeneagle.v1.A: the number 6 is reserved no more",
                           "goldeneagle.v1.A: the name old is reserved no more",
                           "goldeneagle.v1.E: the number 3 is reserved no more",
                           "goldeneagle.v1.E: the name E_OLD is reserved no more"));
}

TEST(BrokenPromisesRule, MethodsKeepMessagesAndStreams) {
  const std::string types = "message A {} message B {} ";
  EXPECT_THAT(Change(types + "service S { rpc F(A) returns (A); }",
                     types + "service S { rpc F(stream A) returns (stream B); }"),
              UnorderedElementsAre("goldeneagle.v1.S.F: response was .goldeneagle.v1.A, is .goldeneagle.v1.B",
                                   "goldeneagle.v1.S.F: request form was unary, is stream",
                                   "goldeneagle.v1.S.F: response form was unary, is stream"));
}

TEST(BrokenPromisesRule, SyntaxAndTypesOfFieldsCount) {
  EXPECT_THAT(
      Change("message A {} message B {} message C { A x = 1; }", "message A {} message B {} message C { B x = 1; }"),
      testing::SizeIs(1));
  EXPECT_THAT(BrokenPromises(Parsed(kHead + std::string("message A {}")),
                             Parsed("syntax = \"proto2\"; package goldeneagle.v1; message A {}")),
              testing::SizeIs(1));
}

TEST(BrokenPromisesRule, AMoveToAnotherFileIsNoneAndOtherPackagesAreNotOurs) {
  FileDescriptorSet moved = Parsed(kHead + std::string("message A { int32 x = 1; }"), "goldeneagle/v1/other.proto");
  EXPECT_THAT(BrokenPromises(Parsed(kHead + std::string("message A { int32 x = 1; }")), moved), IsEmpty());
  EXPECT_THAT(BrokenPromises(Parsed("syntax = \"proto3\"; package google.rpc; message A {}"), {}), IsEmpty());
}

TEST(UnsaidRule, EveryNamedThingHasAComment) {
  EXPECT_THAT(
      Unsaid(Parsed(
          kHead + std::string("message A {}\nenum E { E_UNSPECIFIED = 0; }\nservice S { rpc F(A) returns (A); }\n"),
          "goldeneagle/v1/x.proto")),
      UnorderedElementsAre("goldeneagle.v1.A: no comment", "goldeneagle.v1.E: no comment",
                           "goldeneagle.v1.S: no comment", "goldeneagle.v1.S.F: no comment"));
  EXPECT_THAT(Unsaid(Parsed(kHead + std::string("// An a.\nmessage A {\n  int32 x = 1;\n}\n// An e.\nenum E { "
                                                "E_UNSPECIFIED = 0; }\n// Serves.\nservice S {\n  // Does f.\n"
                                                "  rpc F(A) returns (A);\n}\n"),
                            "goldeneagle/v1/x.proto")),
              IsEmpty());
}

TEST(UnsaidRule, FieldsOfWhatIsSignedHaveOneToo) {
  const std::string text = "// A.\nmessage A {\n  int32 said = 1;  // this\n  int32 unsaid = 2;\n}\n";
  EXPECT_THAT(Unsaid(Parsed(kHead + text, "goldeneagle/v1/envelope.proto")),
              ElementsAre("goldeneagle.v1.A.unsaid: no comment"));
  EXPECT_THAT(Unsaid(Parsed(kHead + text, "goldeneagle/v1/order_service.proto")), IsEmpty());
}

TEST(UnsaidRule, SignedIsWhatASignedMessageHolds) {
  const FileDescriptorSet set =
      Parsed(kHead + std::string("// A member type.\nmessage Order {\n  Part part = 1;  // its part\n}\n// A "
                                 "part.\nmessage Part {\n  int32 x = 1;\n}\n"),
             "goldeneagle/v1/order.proto");
  EXPECT_THAT(Unsaid(set), ElementsAre("goldeneagle.v1.Part.x: no comment"));
}

TEST(UnsaidRule, EnumsBeginWithUnspecifiedAndTheirName) {
  EXPECT_THAT(
      Unsaid(Parsed(
          kHead + std::string("// E.\nenum CaseStage { CASE_STAGE_NONE = 0; STAGE_ONE = 1; CASE_STAGE_TWO = 2; }\n"))),
      UnorderedElementsAre("goldeneagle.v1.CaseStage.CASE_STAGE_NONE: expected CASE_STAGE_UNSPECIFIED",
                           "goldeneagle.v1.CaseStage.STAGE_ONE: expected CASE_STAGE_..."));
}

TEST(ReleaseForm, HoldsOurFilesByNameWithoutComments) {
  FileDescriptorSet set = Parsed(kHead + std::string("// B.\nmessage B {}\n"), "goldeneagle/v1/b.proto");
  set.MergeFrom(Parsed(kHead + std::string("message A {}\n"), "goldeneagle/v1/a.proto"));
  set.MergeFrom(Parsed("syntax = \"proto3\"; package google.rpc; message S {}", "google/rpc/status.proto"));
  const FileDescriptorSet released = Release(set);
  ASSERT_EQ(released.file_size(), 2);
  EXPECT_EQ(released.file(0).name(), "goldeneagle/v1/a.proto");
  EXPECT_FALSE(released.file(1).has_source_code_info());
}

}  // namespace
}  // namespace eagle::contract
