// Sequence numbers of heads, one counter a file for each signer and member type; a number is on disk before it is used,
// so none is ever used twice, whatever crashes.
//
// A court has one such counter, from 1. Those who sign under a shared name on machines of their own ("registrar") start
// each counter in a lane of its own, drawn at random: gaps and disorder are allowed, the same number twice is not.
//
// Threads and processes: any; the folder is locked for the moment.
//
//   SequenceFolder sequences("state/sequences", entropy);
//   EAGLE_ASSIGN_OR_RETURN(uint64_t number, sequences.Take("辽9901", v1::MEMBER_TYPE_ORDER));
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "goldeneagle/v1/envelope.pb.h"
#include "server/base/entropy.h"

namespace eagle::client {

class SequenceFolder {
 public:
  // `shared`: the signer's name is shared with other machines. `entropy` must outlive this.
  SequenceFolder(std::string folder, Entropy& entropy, bool shared = false)
      : folder_(std::move(folder)), entropy_(entropy), shared_(shared) {}

  // The next number, durably taken. Pre: `signer` is a code, `type` is known.
  // Errors: STORAGE_UNUSABLE; STORAGE_DAMAGED for a counter that can't be read: put the highest number used into it.
  absl::StatusOr<uint64_t> Take(std::string_view signer, goldeneagle::v1::MemberType type);
  // What Take would give, without taking it: for a dry run.
  absl::StatusOr<uint64_t> Peek(std::string_view signer, goldeneagle::v1::MemberType type) const;

 private:
  std::string PathOf(std::string_view signer, goldeneagle::v1::MemberType type) const;
  absl::StatusOr<uint64_t> NextAfter(const std::string& path) const;

  std::string folder_;
  Entropy& entropy_;
  bool shared_;
};

// The first number of a random lane: 38 random bits above 24 of counting, never zero.
uint64_t LaneStart(Entropy& entropy);

}  // namespace eagle::client
