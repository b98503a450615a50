#include "tests/golden/vector_json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "tests/support/paths.h"

namespace eagle::test {

std::string JsonText(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}), "\"");
}

std::string Object(const Fields& fields, const std::string& indent) {
  std::vector<std::string> out;
  for (const auto& [key, value] : fields) out.push_back(absl::StrCat(indent, "  ", JsonText(key), ": ", value));
  return absl::StrCat("{\n", absl::StrJoin(out, ",\n"), "\n", indent, "}");
}

std::string List(const std::vector<std::string>& items, const std::string& indent) {
  std::vector<std::string> out;
  for (const std::string& one : items) out.push_back(absl::StrCat(indent, "  ", one));
  return absl::StrCat("[\n", absl::StrJoin(out, ",\n"), "\n", indent, "]");
}

void ExpectStored(const std::string& name, const std::string& made) {
  const std::string path = SourcePath(absl::StrCat("proto/vectors/", name));
  const char* write = std::getenv("GATEWAY_WRITE");
  if (write != nullptr && std::string_view(write) == "1") std::ofstream(path, std::ios::binary) << made;
  std::ifstream in(path, std::ios::binary);
  std::stringstream stored;
  stored << in.rdbuf();
  EXPECT_EQ(stored.str(), made) << path << ": GATEWAY_WRITE=1 writes it anew";
}

}  // namespace eagle::test
