// A check-up of all that a system needs and that ends one day: certificates, statements about keys, officers and
// accounts, or that doesn't fit. A list of rows, each with a verdict; whoever has a fact adds it.
//
// Threads: a value.
//
//   Checkup checkup(clock.WallNow(), absl::Hours(24 * 30));
//   checkup.Certificates("our certificate", path, pem);
//   checkup.Dated("officer", "court/辽9901/officer/001", from, until, now);
//   if (checkup.worst() >= Verdict::kNotYet) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/trust/statements.h"

namespace eagle::client {

// Rising: each is worse than the one before.
enum class Verdict { kOk, kSoon, kNotYet, kEnded, kBroken };
// OK, SOON, NOT_YET, ENDED, BROKEN.
std::string_view VerdictText(Verdict verdict);

struct CheckupRow {
  std::string what;     // "our certificate"
  std::string subject;  // whose, or which file
  std::optional<absl::Time> from, until;
  Verdict verdict = Verdict::kOk;
  std::string note;  // why, and what to do; empty when nothing is to be done
};

// Why a statement of a kind that ends its subject gives no key: KEY_REVOKED or STATEMENT_STALE.
absl::Status WhyNotHeld(const goldeneagle::v1::Statement& statement);

class Checkup {
 public:
  // What ends within `soon` is said so. `real`: of the machine, by which TLS judges certificates. `recorded`: of the
  // records, by which statements hold; the same but for a step clock.
  Checkup(absl::Time real, absl::Time recorded, absl::Duration soon) : real_(real), recorded_(recorded), soon_(soon) {}

  // One row a certificate of the PEM text; one broken row for a text without any.
  void Certificates(std::string_view what, std::string_view path, std::string_view pem);
  // A certificate of which only the end is known.
  void EndOf(std::string_view what, std::string_view subject, absl::Time until);
  // What the book holds about `subject` and, with `below`, about its officers and accounts. Those below that
  // ended by a statement are no rows: nobody needs them. `key`: the key that is used here, raw; another one in the
  // statement is a broken row. Empty: not looked at.
  void Statements(const trust::StatementBook& book, std::string_view subject, bool below, std::string_view key);
  // Something that is right (OK), or isn't, with the failure's words.
  void Works(std::string_view what, std::string_view subject, const absl::Status& status);

  const std::vector<CheckupRow>& rows() const { return rows_; }
  Verdict worst() const;
  size_t Count(Verdict at_least) const;

 private:
  void Dated(std::string_view what, std::string_view subject, absl::Time from, absl::Time until, absl::Time now,
             std::string_view renew);
  const absl::Time real_, recorded_;
  const absl::Duration soon_;
  std::vector<CheckupRow> rows_;
};

}  // namespace eagle::client
