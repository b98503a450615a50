// A valid log with every type of entry: the leaves of the golden journal, and one of them changed.
//
// Threads: one.
//
//   std::vector<std::string> leaves = GoldenLeaves();
//   Change<DeadlineMarked>(leaves, FindLeaf(leaves, ENTRY_TYPE_DEADLINE_MARKED), [](auto& body) { body.clear_open();
//   });
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/audit/public_audit.h"
#include "goldeneagle/v1/entry.pb.h"
#include "server/journal/leaf.h"

namespace eagle::audit {

std::vector<std::string> GoldenLeaves();
// The `nth` leaf of a type, from 0.
uint64_t FindLeaf(const std::vector<std::string>& leaves, goldeneagle::v1::EntryType type, size_t nth = 0);

// The leaf at `index` again after `change`.
void ChangeLeaf(std::vector<std::string>& leaves, uint64_t index, const std::function<void(journal::Leaf&)>& change);
template <typename Body>
void Change(std::vector<std::string>& leaves, uint64_t index, const std::function<void(Body&)>& change) {
  ChangeLeaf(leaves, index, [&](journal::Leaf& leaf) {
    Body body;
    body.ParseFromString(leaf.body);
    change(body);
    leaf.body = body.SerializeAsString();
  });
}

// Every tag of the leaves from `from` on, and what `to` makes of it: as a gateway with another key would have written
// them. Golden tags are "tag of X".
void Retag(std::vector<std::string>& leaves, uint64_t from, const std::function<std::string(const std::string&)>& to);

// "rule@index" of every finding, in order.
std::vector<std::string> FindingsOf(const std::vector<std::string>& leaves);

}  // namespace eagle::audit
