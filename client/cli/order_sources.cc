#include "client/cli/order_sources.h"

#include <algorithm>

#include "server/base/reason.h"
#include "server/trust/statements.h"

namespace eagle::client {
namespace {

// What was read for `key` before, else what `read` gives now.
template <class T, class Read>
absl::StatusOr<T> Once(std::map<std::string, absl::StatusOr<T>>& known, const std::string& key, const Read& read) {
  const auto there = known.find(key);
  return there != known.end() ? there->second : known.emplace(key, read(key)).first->second;
}

}  // namespace

std::vector<std::string> PartsOf(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

absl::StatusOr<Desk*> OrderSources::Book() {
  if (book_ == nullptr) {
    EAGLE_ASSIGN_OR_RETURN(book_, session_.desk_with_book());
  }
  return book_;
}

absl::StatusOr<Paper> OrderSources::PaperOf(const std::string& text) {
  return Once(papers_, text, [this](const std::string& one) { return ReadPaper(one); });
}

absl::StatusOr<Paper> OrderSources::ReadPaper(const std::string& text) {
  const std::vector<std::string> parts = PartsOf(text, '=');
  if (parts.size() < 2 || parts.size() > 3)
    return Fail(Reason::kFieldInvalid, "--paper is CATEGORY=FILE or CATEGORY=FILE=TITLE");
  EAGLE_ASSIGN_OR_RETURN(Paper paper, PaperFromFile(parts[0], parts[1], parts.size() == 3 ? parts[2] : ""));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session_.desk());
  EAGLE_RETURN_IF_ERROR(desk->papers().Keep(paper.digest, parts[1]));
  return paper;
}

absl::StatusOr<OfficerCard> OrderSources::CardOf(const std::string& code) {
  return Once(cards_, code, [this](const std::string& one) { return ReadCard(one); });
}

absl::StatusOr<OfficerCard> OrderSources::ReadCard(const std::string& code) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session_.config());
  const ConfigOfficer* officer = config->OfficerByCode(code);
  if (officer != nullptr && !officer->work_id_no.empty() && !officer->duty_card_no.empty())
    return OfficerCard{code, officer->work_id_no, officer->duty_card_no};
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, Book());
  const auto stated = desk->book()->OfficerOf(config->organisation, code, session_.process().clock.WallNow());
  if (!stated)
    return Fail(Reason::kOfficerNotValid,
                "no officer " + code + " is stated by the court, and the configuration has no card numbers");
  return OfficerCard{code, stated->details.work_id_no(), stated->details.duty_card_no()};
}

absl::StatusOr<CourtsAccount> OrderSources::AccountOf(const std::string& code) {
  return Once(accounts_, code, [this](const std::string& one) { return ReadAccount(one); });
}

absl::StatusOr<CourtsAccount> OrderSources::ReadAccount(const std::string& code) {
  EAGLE_ASSIGN_OR_RETURN(const Config* config, session_.config());
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, Book());
  const auto* held = desk->book()->HeldAbout(trust::AccountSubject(config->organisation, code));
  if (held == nullptr || held->statement.kind() != v1::STATEMENT_KIND_ACCOUNT)
    return Fail(Reason::kAccountNotCourts, "the court has stated no account " + code + " (see eagle directory list)");
  return CourtsAccount{.account_name = held->statement.account().account_name(),
                       .bank = held->statement.account().bank(),
                       .account_number = held->statement.account().account_number(),
                       .account_statement = std::string(journal::View(held->digest))};
}

absl::StatusOr<std::vector<std::string>> OrderSources::AllAgencies() {
  if (!agencies_) agencies_ = ReadAgencies();
  return *agencies_;
}

absl::StatusOr<std::vector<std::string>> OrderSources::ReadAgencies() {
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session_.gateway());
  std::vector<std::string> codes;
  v1::ListAgenciesRequest request;
  request.set_page_size(1000);
  for (;;) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListAgenciesResponse page, gateway->ListAgencies(request));
    for (const v1::AgencyView& agency : page.agencies()) {
      const auto inquires = [](const v1::Capability& row) { return row.action() == v1::ACTION_INQUIRE; };
      if (std::any_of(agency.capabilities().begin(), agency.capabilities().end(), inquires))
        codes.push_back(agency.code());
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  if (codes.empty()) return Fail(Reason::kAgencyUnknown, "no agency can inquire");
  return codes;
}

}  // namespace eagle::client
