#include <fstream>
#include <sstream>

#include "google/protobuf/text_format.h"
#include "server/base/assert.h"
#include "tests/support/demo_world.h"
#include "tests/support/paths.h"

namespace eagle::test {

v1::PolicyTable PolicyOf2026() {
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  v1::PolicyTable table;
  GATEWAY_ASSERT(google::protobuf::TextFormat::ParseFromString(text.str(), &table),
                 "deploy/policy/cn-2026.txtpb can be read");
  // The orders of these worlds name papers that were never files; blob_test.cc has those that travel.
  table.mutable_papers()->clear_travel_with();
  return table;
}

}  // namespace eagle::test
