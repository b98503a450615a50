#include <fstream>
#include <sstream>

#include "google/protobuf/text_format.h"
#include "server/base/assert.h"
#include "tests/support/demo_world.h"
#include "tests/support/paths.h"

namespace eagle::test {

namespace {

v1::PolicyTable ShippedPolicy() {
  std::ifstream file(test::SourcePath("deploy/policy/cn-2026.txtpb"));
  std::stringstream text;
  text << file.rdbuf();
  v1::PolicyTable table;
  GATEWAY_ASSERT(google::protobuf::TextFormat::ParseFromString(text.str(), &table),
                 "deploy/policy/cn-2026.txtpb can be read");
  return table;
}

}  // namespace

v1::PolicyTable PolicyOf2026() {
  v1::PolicyTable table = ShippedPolicy();
  // The orders of these worlds name papers that were never files; blob_test.cc has those that travel.
  table.mutable_papers()->clear_travel_with();
  // And their agencies state nothing of their days; PolicyWithStatements has those that do.
  table.clear_positions();
  return table;
}

v1::PolicyTable PolicyWithStatements() {
  v1::PolicyTable table = PolicyOf2026();
  *table.mutable_positions() = ShippedPolicy().positions();
  table.set_version(table.version() + 1);
  return table;
}

}  // namespace eagle::test
