// What a test needs to recover a log: administrators whose signatures are real, beside those of the domain's world, and
// the documents that they sign.
//
// Threads: values and pure functions.
//
//   goldeneagle::v1::LogFounded founding = Recoverable(world.founding, *core.signer);
//   auto document = Signed(RecoveryOf(...), {0, 1});
#pragma once

#include <string>
#include <vector>

#include "goldeneagle/v1/entry.pb.h"
#include "goldeneagle/v1/recovery.pb.h"
#include "server/journal/note.h"

namespace eagle::test {

inline constexpr char kSecondOrigin[] = "test.example/log2";

// The same with the key of `signer` as the log's, and three administrators more: those of TestAdministrator(0) to (2).
goldeneagle::v1::LogFounded Recoverable(goldeneagle::v1::LogFounded founding, const journal::Ed25519NoteSigner& signer);
journal::PrivateKey TestAdministrator(size_t number);
// Of any origin; another seed byte, another key.
journal::Ed25519NoteSigner TestLogSigner(const std::string& origin, char seed = 't');
goldeneagle::v1::FoundingKey KeyRow(const journal::Ed25519NoteSigner& signer);

// A right document for data of `size` entries with `root`, whose old origin's heads are `restored` and `last_signed`.
goldeneagle::v1::Recovery RecoveryOf(uint64_t size, const std::string& root, const std::string& restored,
                                     const std::string& last_signed, const journal::Ed25519NoteSigner& next);
// Signed by these test administrators.
goldeneagle::v1::Envelope Signed(const goldeneagle::v1::Recovery& recovery, const std::vector<size_t>& administrators);

}  // namespace eagle::test
