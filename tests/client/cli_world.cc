#include "tests/client/cli_world.h"

#include <filesystem>
#include <fstream>

#include "client/common/files.h"
#include "client/lib/draft.h"
#include "client/lib/json.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"
#include "server/base/assert.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

constexpr char kSpec[] = R"({
  "trust_domain": "test.example", "origin": "test.example/log1", "environment": "test", "address": "127.0.0.1:1",
  "legal_basis": "民事诉讼法第253条", "statements_valid_from": "2026-09-01T00:00:00+08:00",
  "administrators": ["one", "two"], "registrars": ["one", "two", "three"],
  "courts": [{"code": "辽9901", "name": "松月区人民法院",
    "officers": [
      {"code": "001", "name": "沈若川", "roles": ["HANDLER"], "work_id_no": "G001", "duty_card_no": "Z001"},
      {"code": "002", "name": "陆青禾", "roles": ["COSIGNER"], "work_id_no": "G002", "duty_card_no": "Z002"},
      {"code": "003", "name": "顾明达", "roles": ["LEADER"], "work_id_no": "G003", "duty_card_no": "Z003"}],
    "accounts": [{"code": "1", "account_name": "执行款专户", "bank": "9900010", "account_number": "9900010000000099010"}]}],
  "agencies": [
    {"code": "9900010", "name": "北陵商业银行", "kind": "BANK", "region": "990101",
     "capabilities": [{"asset_kind": "DEPOSIT", "action": "ACTION_INQUIRE"}, {"asset_kind": "DEPOSIT", "action": "ACTION_FREEZE"}]},
    {"code": "9900900", "name": "不动产登记中心", "kind": "LAND", "region": "990101",
     "capabilities": [{"asset_kind": "LAND", "action": "ACTION_INQUIRE"}, {"asset_kind": "LAND", "action": "ACTION_FREEZE", "by_clerk": true}]}],
  "systems": [{"role": "operator", "name": "ops"}, {"role": "auditor", "name": "audit"}],
  "admin_address": "unix:admin.sock"
})";

// Forwards to a gateway that outlives it.
class Borrowed : public Gateway {
 public:
  explicit Borrowed(Gateway& to) : to_(to) {}
#define FORWARD(Method, Request, Response) \
  absl::StatusOr<v1::Response> Method(const v1::Request& request) override { return to_.Method(request); }
  FORWARD(SubmitOrders, SubmitOrdersRequest, SubmitOrdersResponse)
  FORWARD(ValidateOrders, SubmitOrdersRequest, ValidateOrdersResponse)
  FORWARD(GetOrder, GetOrderRequest, GetOrderResponse)
  FORWARD(ListOrders, ListOrdersRequest, ListOrdersResponse)
  FORWARD(ListFindings, ListFindingsRequest, ListFindingsResponse)
  FORWARD(WithdrawOrder, WithdrawOrderRequest, WithdrawOrderResponse)
  FORWARD(GetEvidence, GetEvidenceRequest, GetEvidenceResponse)
  FORWARD(ListOrdersOfKey, ListOrdersOfKeyRequest, ListOrdersOfKeyResponse)
  FORWARD(ResumeOrders, ResumeOrdersRequest, ResumeOrdersResponse)
  FORWARD(SubmitCaseActs, SubmitCaseActsRequest, SubmitCaseActsResponse)
  FORWARD(GetCase, GetCaseRequest, GetCaseResponse)
  FORWARD(ListMeasures, ListMeasuresRequest, ListMeasuresResponse)
  FORWARD(PutBlobPart, PutBlobPartRequest, PutBlobPartResponse)
  FORWARD(GetBlobPart, GetBlobPartRequest, GetBlobPartResponse)
  FORWARD(AnswerObjection, SubmitObjectionsRequest, SubmitObjectionsResponse)
  FORWARD(ListObjections, ListObjectionsRequest, ListObjectionsResponse)
  FORWARD(ReadObjection, ReadObjectionRequest, ReadObjectionResponse)
  FORWARD(SubmitSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse)
  FORWARD(ListSupervision, ListSupervisionRequest, ListSupervisionResponse)
  FORWARD(ReadSupervision, ReadSupervisionRequest, ReadSupervisionResponse)
  FORWARD(ListIncidents, ListIncidentsRequest, ListIncidentsResponse)
  FORWARD(ListDue, ListDueRequest, ListDueResponse)
  FORWARD(GetCoverage, GetCoverageRequest, GetCoverageResponse)
  FORWARD(GetCaseInventory, GetCaseInventoryRequest, GetCaseInventoryResponse)
  FORWARD(ListUndecidedFreezes, ListUndecidedFreezesRequest, ListUndecidedFreezesResponse)
  FORWARD(SubmitStatements, SubmitStatementsRequest, SubmitStatementsResponse)
  FORWARD(ListStatements, ListStatementsRequest, ListStatementsResponse)
  FORWARD(GetPolicy, GetPolicyRequest, GetPolicyResponse)
  FORWARD(ListAgencies, ListAgenciesRequest, ListAgenciesResponse)
  FORWARD(SubmitAdministration, SubmitAdministrationRequest, SubmitAdministrationResponse)
  FORWARD(ListProposals, ListProposalsRequest, ListProposalsResponse)
  FORWARD(MakeBackup, MakeBackupRequest, MakeBackupResponse)
  FORWARD(GetMetrics, GetMetricsRequest, GetMetricsResponse)
  FORWARD(GetCheckpoint, GetCheckpointRequest, GetCheckpointResponse)
  FORWARD(ListEntries, ListEntriesRequest, ListEntriesResponse)
  FORWARD(GetInclusionProof, GetInclusionProofRequest, GetInclusionProofResponse)
  FORWARD(GetConsistencyProof, GetConsistencyProofRequest, GetConsistencyProofResponse)
  FORWARD(SearchAccess, SearchAccessRequest, SearchAccessResponse)
  FORWARD(WaitCheckpoint, WaitCheckpointRequest, WaitCheckpointResponse)
  FORWARD(AddCosignature, AddCosignatureRequest, AddCosignatureResponse)
#undef FORWARD
  std::unique_ptr<WatchStream> WatchOrders(const v1::WatchOrdersRequest& request) override {
    return to_.WatchOrders(request);
  }
  std::unique_ptr<AlertStream> WatchAlerts(const v1::WatchAlertsRequest& request) override {
    return to_.WatchAlerts(request);
  }

 private:
  Gateway& to_;
};

}  // namespace

std::string At(const std::string& json, const std::string& path) {
  google::protobuf::Value value;
  EXPECT_TRUE(FromJson(json, &value).ok()) << json;
  const google::protobuf::Value* at = &value;
  std::stringstream parts(path);
  for (std::string part; std::getline(parts, part, '.');) {
    if (at->has_list_value()) {
      const int index = std::stoi(part);
      if (index >= at->list_value().values_size()) return "";
      at = &at->list_value().values(index);
    } else {
      const auto found = at->struct_value().fields().find(part);
      if (found == at->struct_value().fields().end()) return "";
      at = &found->second;
    }
  }
  return at->kind_case() == google::protobuf::Value::kStringValue ? at->string_value() : ToJson(*at);
}

std::vector<std::string> Inquire(std::vector<std::string> more) {
  std::vector<std::string> arguments = {"order",  "inquire",  "--case", kCase,      "--subject",
                                        kDebtor,  "--agency", "all",    "--urgent", "TRANSFER_RISK",
                                        "--sign", "001",      "--sign", "002"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

v1::Order OrderOf(const v1::SignedBatch& batch, int member) {
  return *trust::ParseStrict<v1::Order>(batch.members(member));
}

CliWorld::CliWorld() {
  Put("spec.json", kSpec);
  // Made once a process and copied: a set is many small files, each synced.
  static const TempFolder made;
  static const bool kOnce = [this] {
    return Bare({"pki", "make", "--spec", Path("spec.json"), "--out", made / "pki"}).exit == 0;
  }();
  GATEWAY_ASSERT(kOnce, "a set of keys");
  std::filesystem::copy(made / "pki", Path("pki"), std::filesystem::copy_options::recursive);
  std::string key = *ReadFile(Path("pki/keys/log.key"));
  gateway = std::make_unique<FakeGateway>(clock.now, *journal::Ed25519NoteSigner::Parse(key.substr(0, key.find('\n'))));
  for (const auto& [code, name, kind] :
       {std::tuple("9900010", "北陵商业银行", "BANK"), std::tuple("9900900", "不动产登记中心", "LAND")}) {
    v1::AgencyView view;
    view.set_code(code);
    view.set_display_name(name);
    view.set_kind(kind);
    view.set_region("990101");
    view.set_presence(v1::PRESENCE_PRESENT);
    view.add_capabilities()->set_action(v1::ACTION_INQUIRE);
    v1::Capability* freeze = view.add_capabilities();
    freeze->set_action(v1::ACTION_FREEZE);
    freeze->set_by_clerk(std::string(kind) == "LAND");
    *view.mutable_effective() = view.capabilities();
    gateway->agencies.push_back(view);
  }
}

std::string CliWorld::Put(const std::string& name, const std::string& content) {
  std::ofstream(Path(name), std::ios::binary) << content;
  return Path(name);
}

void CliWorld::ListStatements() {
  for (const char* name : {"organisations", "court-辽9901"})
    ListStatementsOf(Path(std::string("pki/statements/") + name + ".batch"));
}

void CliWorld::ListStatementsOf(const std::string& path) {
  const Draft draft = *Draft::Read(path);
  for (uint32_t i = 0; i < draft.members().size(); ++i) {
    v1::DirectoryChange change;
    change.set_position(gateway->statements.size() + 1);
    *change.mutable_statement() = trust::TravelForm(draft.batch(), i);
    gateway->statements.push_back(std::move(change));
  }
}

Ran CliWorld::Bare(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  std::istringstream in(typed);
  Process process{.out = out,
                  .err = err,
                  .in = in,
                  .out_is_terminal = out_is_terminal,
                  .in_is_terminal = on_terminal,
                  .variable = [](const std::string&) { return std::optional<std::string>(); },
                  .clock = clock,
                  .clock_steps = clock_steps,
                  .real_clock = real,
                  .entropy = entropy,
                  .waiter = waiter,
                  .connect = [this](const ChannelOptions& options) -> absl::StatusOr<std::unique_ptr<Gateway>> {
                    if (options.seen != nullptr) options.seen->Set(*ReadFile(Path("pki/tls/gateway-gateway.pem")));
                    return std::make_unique<Borrowed>(*gateway);
                  },
                  .connect_admin = [this](const std::string& address, bool,
                                          const CallOptions&) -> absl::StatusOr<std::unique_ptr<Gateway>> {
                    admin_connected_to = address;
                    return std::make_unique<Borrowed>(*gateway);
                  },
                  .found_log = found_log,
                  .open_journal_folder = open_journal_folder,
                  .apply_recovery = {},
                  .check_backup = {},
                  .check_policy = check_policy};
  Ran ran;
  ran.exit = RunEagle(process, arguments);
  ran.out = out.str();
  ran.err = err.str();
  return ran;
}

Ran CliWorld::Run(const std::vector<std::string>& arguments, const std::string& config) {
  std::vector<std::string> all = arguments;
  all.push_back("--config");
  all.push_back(Path("pki/config/" + config + ".toml"));
  return Bare(all);
}

Ran CliWorld::Json(std::vector<std::string> arguments, const std::string& config) {
  arguments.push_back("--output");
  arguments.push_back("json");
  return Run(arguments, config);
}

}  // namespace eagle::client
