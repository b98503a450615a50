// A fixed history of small commits, what every store must hold after each of them, and the judge of a store that came
// back.
#pragma once

#include <string>
#include <vector>

#include "server/storage/digest.h"
#include "server/storage/store.h"

namespace eagle::storage {

class SampleHistory {
 public:
  explicit SampleHistory(size_t commits);
  size_t size() const { return commits_.size(); }
  const Commit& at(size_t i) const { return commits_[i]; }

  // What is wrong with a store in which the first `acknowledged` commits were answered with OK and the next one may
  // have been under way; empty when nothing is. Whole commits only, in order, nothing acknowledged missing, tables =
  // fold.
  std::string Judge(Store& store, size_t acknowledged) const;

 private:
  std::vector<Commit> commits_;
  std::vector<std::vector<TableDigest>> digests_;  // digests_[n]: after n commits
};

}  // namespace eagle::storage
