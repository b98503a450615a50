// What an order takes from elsewhere: papers from files, officers' cards, the court's accounts and the agencies from
// the configuration and the directory. Asked once for all orders of a command, be they one or ten thousand.
//
// Threads: one.
//
//   OrderSources sources(session);
//   EAGLE_ASSIGN_OR_RETURN(OfficerCard card, sources.CardOf("001"));
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/session.h"
#include "client/lib/order_builder.h"

namespace eagle::client {

class OrderSources {
 public:
  explicit OrderSources(Session& session) : session_(session) {}

  Session& session() { return session_; }
  // "CATEGORY=FILE" or "CATEGORY=FILE=TITLE"; where the file lies is kept, so that it can be put before the order goes.
  // Errors: FIELD_INVALID; those of PaperFromFile.
  absl::StatusOr<Paper> PaperOf(const std::string& text);
  // From the configuration, else from the court's own statement. Errors: OFFICER_NOT_VALID; those of the directory.
  absl::StatusOr<OfficerCard> CardOf(const std::string& code);
  // In the court's own words: its statement in force. Errors: ACCOUNT_NOT_COURTS; those of the directory.
  absl::StatusOr<CourtsAccount> AccountOf(const std::string& code);
  // Everybody who can inquire. Errors: AGENCY_UNKNOWN for nobody; those of the call.
  absl::StatusOr<std::vector<std::string>> AllAgencies();

 private:
  absl::StatusOr<Desk*> Book();
  absl::StatusOr<Paper> ReadPaper(const std::string& text);
  absl::StatusOr<OfficerCard> ReadCard(const std::string& code);
  absl::StatusOr<CourtsAccount> ReadAccount(const std::string& code);
  absl::StatusOr<std::vector<std::string>> ReadAgencies();

  Session& session_;
  Desk* book_ = nullptr;
  std::map<std::string, absl::StatusOr<Paper>> papers_;
  std::map<std::string, absl::StatusOr<OfficerCard>> cards_;
  std::map<std::string, absl::StatusOr<CourtsAccount>> accounts_;
  std::optional<absl::StatusOr<std::vector<std::string>>> agencies_;
};

// The parts of `text` between the separators; at least one.
std::vector<std::string> PartsOf(const std::string& text, char separator);

}  // namespace eagle::client
