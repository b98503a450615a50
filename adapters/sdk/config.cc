#include "adapters/sdk/config.h"

#include "server/base/reason.h"
#include "server/trust/codes.h"

namespace eagle::sdk {

std::vector<SignatureRule> UsualSignatureRules() {
  const std::vector<v1::OfficerRole> two = {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER};
  return {{v1::ACTION_INQUIRE, 0, {v1::OFFICER_ROLE_HANDLER}},
          {v1::ACTION_FREEZE, 0, two},
          {v1::ACTION_RELEASE, 0, two},
          {v1::ACTION_DEDUCT, 0, two},
          {v1::ACTION_RENEW, 0, two},
          {v1::ACTION_EXTRACT_INCOME, 0, two},
          {v1::ACTION_TRANSFER_TITLE, 0, two},
          {v1::ACTION_LOCATE, 0, two}};
}

absl::Status CheckConfig(const AgentConfig& config) {
  Violations wrong;
  const auto expect = [&](bool holds, std::string_view field, std::string_view rule) {
    if (!holds) wrong.Add(field, Reason::kConfigurationInvalid, rule);
  };
  expect(trust::IsCode(config.agency), "agency", "must be our agency's code");
  expect(!config.adapter.empty() && config.adapter.size() <= 63, "adapter", "must have 1 to 63 bytes");
  expect(!config.version.empty() && config.version.size() <= 128, "version", "must have 1 to 128 bytes");
  expect(config.instance.size() <= 128, "instance", "must have at most 128 bytes");
  expect(config.environment == v1::ENVIRONMENT_PRODUCTION || config.environment == v1::ENVIRONMENT_TEST, "environment",
         "must be production or test");
  expect(!config.capabilities.empty(), "capabilities", "must name at least one");
  expect(config.environment != v1::ENVIRONMENT_PRODUCTION || config.log_policy != nullptr, "log_policy",
         "must be given in production: without the log's key nobody sees that a revocation was kept from us");
  expect(config.most_in_flight >= 1 && config.most_in_flight <= 10'000, "most_in_flight", "must be 1 to 10,000");
  expect(!config.contact_name.empty() && config.contact_name.size() <= 128, "contact_name", "must have 1 to 128 bytes");
  expect(!config.contact_phone.empty() && config.contact_phone.size() <= 128, "contact_phone",
         "must have 1 to 128 bytes");
  expect(config.exempt_ground.size() <= 63, "exempt_ground", "must have at most 63 bytes");
  for (const SignatureRule& rule : config.signature_rules) {
    expect(!rule.roles.empty() && rule.roles.size() <= 8 && rule.above_minor_units >= 0, "signature_rules",
           "a row needs 1 to 8 roles and no negative amount");
  }
  expect(config.backoff_min > absl::ZeroDuration() && config.backoff_max >= config.backoff_min, "backoff",
         "must grow from above zero");
  expect(config.forgotten_retry_min > absl::ZeroDuration() && config.forgotten_retry_max >= config.forgotten_retry_min,
         "forgotten_retry", "must grow from above zero");
  expect(config.call_timeout > absl::ZeroDuration() && config.poll_slack > absl::ZeroDuration(), "call_timeout",
         "must be above zero");
  expect(config.status_interval > absl::ZeroDuration() && config.changes_interval > absl::ZeroDuration(), "intervals",
         "must be above zero");
  expect(config.keep_orders >= absl::ZeroDuration() && config.keep_orders <= kKeepOrdersMax, "keep_orders",
         "must be up to a hundred years");
  expect(config.position_hour <= 23, "position_hour", "must be 0 to 23");
  expect(config.work_per_step_max > 0, "work_per_step_max", "must be above zero");
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the adapter's configuration is refused");
}

}  // namespace eagle::sdk
