#include "client/lib/checkup.h"

#include <algorithm>

#include "server/base/reason.h"
#include "server/trust/certificate_facts.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

namespace v1 = ::goldeneagle::v1;

constexpr std::string_view kRenewCertificate = "have a new certificate made, put it in the file's place",
                           kRenewStatement = "have a new statement signed: eagle statement make";

std::string_view KindText(v1::StatementKind kind) {
  switch (kind) {
    case v1::STATEMENT_KIND_KEY:
      return "key";
    case v1::STATEMENT_KIND_OFFICER:
      return "officer";
    case v1::STATEMENT_KIND_ACCOUNT:
      return "account";
    default:
      return "statement";
  }
}

bool Holds(const v1::Statement& statement) { return KindText(statement.kind()) != "statement"; }

}  // namespace

absl::Status WhyNotHeld(const v1::Statement& statement) {
  if (statement.kind() == v1::STATEMENT_KIND_REVOKED)
    return Fail(Reason::kKeyRevoked, "its key was revoked: nothing that it signs counts; have a new key stated");
  return Fail(Reason::kStatementStale, "the last statement about it ends it");
}

std::string_view VerdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "OK";
    case Verdict::kSoon:
      return "SOON";
    case Verdict::kNotYet:
      return "NOT_YET";
    case Verdict::kEnded:
      return "ENDED";
    case Verdict::kBroken:
      break;
  }
  return "BROKEN";
}

void Checkup::Dated(std::string_view what, std::string_view subject, absl::Time from, absl::Time until, absl::Time now,
                    std::string_view renew) {
  CheckupRow row{.what = std::string(what), .subject = std::string(subject)};
  if (from != absl::InfinitePast()) row.from = from;
  row.until = until;
  if (until <= now) {
    row.verdict = Verdict::kEnded;
    row.note = renew;
  } else if (now < from) {
    row.verdict = Verdict::kNotYet;
    row.note = "holds only from then on";
  } else if (until - now <= soon_) {
    row.verdict = Verdict::kSoon;
    row.note = renew;
  }
  rows_.push_back(std::move(row));
}

void Checkup::Certificates(std::string_view what, std::string_view path, std::string_view pem) {
  const auto chain = trust::CertificatesIn(pem);
  if (!chain.ok()) return Works(what, path, chain.status());
  for (const trust::CertificateFacts& one : *chain)
    Dated(what, one.name.empty() ? path : std::string_view(one.name), one.from, one.until, real_, kRenewCertificate);
}

void Checkup::EndOf(std::string_view what, std::string_view subject, absl::Time until) {
  Dated(what, subject, absl::InfinitePast(), until, real_, kRenewCertificate);
}

void Checkup::Statements(const trust::StatementBook& book, std::string_view subject, bool below, std::string_view key) {
  const auto add = [&](std::string_view name, const v1::Statement& statement, bool needed) {
    if (!Holds(statement)) {
      if (needed) Works("statement", name, WhyNotHeld(statement));
      return;
    }
    Dated(KindText(statement.kind()), name, trust::TimeOf(statement.valid_from()).value_or(absl::InfinitePast()),
          trust::TimeOf(statement.valid_until()).value_or(absl::InfinitePast()), recorded_, kRenewStatement);
    if (needed && !key.empty() && statement.key() != key) {
      rows_.back().verdict = Verdict::kBroken;
      rows_.back().note = "the key used here isn't the one that was stated";
    }
  };
  const trust::StatementBook::Held* held = book.HeldAbout(subject);
  if (held == nullptr) {
    Works("statement", subject, Fail(Reason::kSignerUnknown, "no statement about it is known"));
  } else {
    add(subject, held->statement, true);
  }
  if (!below) return;
  for (const auto& [name, one] : book.HeldBelow(subject)) add(name, one->statement, false);
}

void Checkup::Works(std::string_view what, std::string_view subject, const absl::Status& status) {
  CheckupRow row{.what = std::string(what), .subject = std::string(subject)};
  if (!status.ok()) {
    const Failure failure = FailureOf(status);
    row.verdict = Verdict::kBroken;
    row.note = failure.message;
  }
  rows_.push_back(std::move(row));
}

Verdict Checkup::worst() const {
  Verdict worst = Verdict::kOk;
  for (const CheckupRow& row : rows_) worst = std::max(worst, row.verdict);
  return worst;
}

size_t Checkup::Count(Verdict at_least) const {
  return static_cast<size_t>(
      std::count_if(rows_.begin(), rows_.end(), [&](const CheckupRow& row) { return row.verdict >= at_least; }));
}

}  // namespace eagle::client
