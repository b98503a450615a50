// The contract of this tree, held against the released one and against house style.
//
// proto/released/v1.binpb is what others were built against. Additions need no new file until the next release; nothing
// is released yet, so until then GATEWAY_WRITE=1 build/dev/bin/contract_test takes the contract as it is.
#include "tests/proto/contract.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/paths.h"

namespace eagle::contract {
namespace {

using google::protobuf::FileDescriptorSet;

const std::string kReleased = test::SourcePath("proto/released/v1.binpb");
const std::string kCurrent = test::BuildPath("proto/goldeneagle.binpb");

FileDescriptorSet ReadSet(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  FileDescriptorSet set;
  EXPECT_TRUE(in && set.ParseFromIstream(&in)) << path;
  return set;
}

void ExpectNone(const Findings& findings) {
  std::string listed;
  for (const std::string& finding : findings) listed += "\n  " + finding;
  EXPECT_TRUE(findings.empty()) << listed;
}

TEST(Contract, NothingThatWasReleasedHasChanged) {
  const FileDescriptorSet current = ReadSet(kCurrent);
  const char* write = std::getenv("GATEWAY_WRITE");
  if (write != nullptr && std::string_view(write) == "1")
    std::ofstream(kReleased, std::ios::binary) << Release(current).SerializeAsString();
  const FileDescriptorSet released = ReadSet(kReleased);
  EXPECT_GE(released.file_size(), 15);
  ExpectNone(BrokenPromises(released, current));
}

TEST(Contract, EveryLineSaysWhatItIs) { ExpectNone(Unsaid(ReadSet(kCurrent))); }

}  // namespace
}  // namespace eagle::contract
