// Whose signatures a draft has, as far as it is known here: by the officers whom the court stated, and by the keys that
// the configuration names.
//
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "client/cli/session.h"
#include "client/lib/draft.h"

namespace eagle::client {

struct SignerSeen {
  std::string key_id;                                                // as the signature names it: a hint
  std::string officer;                                               // code; empty: nobody who is known here
  std::string roles;                                                 // "HANDLER, COSIGNER" as stated; empty: not known
  enum class Holds { kYes, kNo, kUnknown } holds = Holds::kUnknown;  // kNo: not over what the draft says now
};

// One for each signature, in order. Asks no gateway: what isn't in the book yet isn't known.
std::vector<SignerSeen> SignersOf(Session& session, const Draft& draft);

// A signature that was made on another device, verified with the key that the court stated for this officer ("003" or
// "court/辽9901/officer/003"), and added. `signature`: a file with 64 bytes or their base64, or the base64 itself.
// Errors: OFFICER_NOT_VALID, SIGNATURE_INVALID, FIELD_INVALID; those of the directory and of files.
absl::Status AddSignatureMadeElsewhere(Session& session, Draft& draft, const std::string& signature,
                                       const std::string& officer);

// DIGEST_MISMATCH unless `is`, of a draft or a list, is `digest`; blanks and capitals don't matter.
absl::Status ExpectDigest(const std::string& is, const std::string& digest);
// Whether a refusal's reason says that somebody must sign (who has not, or may not), and nothing of what was asked.
bool IsAboutSigners(const std::string& reason);

// "REASON[,REASON]:LEADER:GROUND" as --confirm has it. Errors: FIELD_INVALID.
absl::StatusOr<v1::Confirmation> ConfirmationOf(const std::string& text);
inline constexpr char kConfirmHelp[] =
    "REASON[,REASON]:LEADER:GROUND, as DIGITS_SWAPPED:003:compared with the file; the leader must sign too 复核确认";

}  // namespace eagle::client
