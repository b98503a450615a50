// The contract as data: what of a released one may never change, and what every line of it must say.
//
// Both rules read descriptor sets (what protoc makes of the .proto files), so each can be tested on a made-up contract
// of three lines. Only what lies in the package goldeneagle.v1 is looked at.
//
// Threads: pure functions.
//
//   Findings broken = BrokenPromises(released, current);    // empty: whoever was built against `released` still works
//   Findings unsaid = Unsaid(current);                      // needs source information
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.pb.h"

namespace eagle::contract {

// "goldeneagle.v1.Order.court: what is wrong". Empty: the rule holds.
using Findings = std::vector<std::string>;

// A message, field, enum, enum value, service or method of `released` that is gone from `current`, or has another
// number, name, type, label or oneof (a field that became `optional` counts), other streaming flags or other messages;
// a reserved number or name of `released` that `current` reserves no more; another syntax. Additions are never found:
// they are what a contract grows by. Neither is a move to another file.
Findings BrokenPromises(const google::protobuf::FileDescriptorSet& released,
                        const google::protobuf::FileDescriptorSet& current);

// What house style asks of every line: an enum's zero is <ENUM_NAME>_UNSPECIFIED and its values begin with
// <ENUM_NAME>_; each service, method, message and enum has a comment; so has each field of a message that is signed or
// kept in the journal for ever (everything reachable from the messages of envelope.proto, from the member types and
// from entry.proto).
Findings Unsaid(const google::protobuf::FileDescriptorSet& current);

// `set` as it is released: the files of goldeneagle/v1 by name, without source information.
google::protobuf::FileDescriptorSet Release(const google::protobuf::FileDescriptorSet& set);

}  // namespace eagle::contract
