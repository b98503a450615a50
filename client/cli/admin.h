// What commands beside `admin` have administrators propose.
#pragma once

#include <string>
#include <vector>

#include "client/cli/session.h"

namespace eagle::client {

struct ProposeFlags {
  std::string kind, ground;
  std::vector<std::string> files, keys;
};
// One proposal a file, in one signed batch; prints what became of each.
absl::Status ProposeFiles(Session& session, const ProposeFlags& flags);

}  // namespace eagle::client
