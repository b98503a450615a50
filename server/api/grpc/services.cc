#include "server/api/grpc/services.h"

#include <algorithm>
#include <thread>

#include "goldeneagle/v1/adapter_service.grpc.pb.h"
#include "goldeneagle/v1/admin_service.grpc.pb.h"
#include "goldeneagle/v1/audit_service.grpc.pb.h"
#include "goldeneagle/v1/blob_service.grpc.pb.h"
#include "goldeneagle/v1/case_service.grpc.pb.h"
#include "goldeneagle/v1/directory_service.grpc.pb.h"
#include "goldeneagle/v1/objection_service.grpc.pb.h"
#include "goldeneagle/v1/order_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_order_service.grpc.pb.h"
#include "goldeneagle/v1/supervision_service.grpc.pb.h"
#include "goldeneagle/v1/witness_service.grpc.pb.h"
#include "process_service.grpc.pb.h"
#include "server/api/grpc/calls.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"

namespace eagle::api {

class Services::Shared {
 public:
  Shared(const ServerOptions& options, const ServerPorts& ports)
      : ports_(ports),
        rates_(options.calls_per_second_max, ports.real),
        callers_(options.trust_domain, ports.directory, rates_),
        executor_(
            {.workers = options.workers != 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency()),
             .queued_max = options.queued_calls_max}),
        watches_(ports.real, [this](std::function<void()> work) { executor_.Finish(std::move(work)); }),
        calls_(options, ports_, callers_, executor_, watches_) {
    for (const google::protobuf::ServiceDescriptor* service :
         {Described("OrderService"), Described("CaseService"), Described("AdapterService"),
          Described("DirectoryService"), Described("AdminService"), Described("AuditService"),
          Described("WitnessService"), Described("BlobService"), Described("ObjectionService"),
          Described("SupervisionService"), Described("SupervisionOrderService")}) {
      for (int i = 0; i < service->method_count(); ++i) {
        auto method = std::make_unique<Method>();
        method->path = "/" + service->full_name() + "/" + service->method(i)->name();
        method->needs_deadline = service->method(i)->name() != "PullTasks" && !service->method(i)->server_streaming();
        methods_[method->path] = std::move(method);
      }
    }
  }

  template <typename Call = void, typename Request, typename Response, typename Work>
  grpc::ServerUnaryReactor* Start(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                  const char* path, Work work, const std::shared_ptr<const Caller>& local = nullptr) {
    using Made = std::conditional_t<std::is_void_v<Call>, UnaryCall<Request, Response>, Call>;
    const size_t bytes = request->ByteSizeLong();
    auto call = std::make_shared<Made>(calls_, MethodAt(path), request, response, std::move(work));
    call->Begin(*context, local, bytes);
    return call.get();
  }

  template <typename Request, typename Response>
  grpc::ServerWriteReactor<Response>* StartWatch(grpc::CallbackServerContext* context, const Request& request,
                                                 const char* path,
                                                 absl::StatusOr<Response> (Handlers::*read)(const Caller&,
                                                                                            const Request&, size_t)) {
    auto call = std::make_shared<WatchCall<Request, Response>>(calls_, MethodAt(path), request, read);
    call->Begin(*context);
    return call.get();
  }

  Method& MethodAt(const std::string& path) {
    const auto it = methods_.find(path);
    GATEWAY_ASSERT(it != methods_.end(), "every method of the contract has a row");
    return *it->second;
  }
  absl::StatusOr<v1::GetMetricsResponse> Metrics(const Caller& caller, const v1::GetMetricsRequest& request) {
    EAGLE_ASSIGN_OR_RETURN(v1::GetMetricsResponse out, ports_.handlers.GetMetrics(caller, request));
    std::vector<MetricRow> rows;
    ports_.metrics(rows);
    for (MetricRow& row : rows) {
      v1::Metric* metric = out.add_metrics();
      metric->set_name(std::move(row.name));
      metric->set_value(row.value);
      metric->set_unit(std::move(row.unit));
      metric->set_help(std::move(row.help));
    }
    return out;
  }

  const ServerPorts ports_;
  CallRates rates_;
  Callers callers_;
  Executor executor_;
  WatchHub watches_;
  CallPorts calls_;
  std::map<std::string, std::unique_ptr<Method>> methods_;
  std::shared_ptr<const domain::Directory> rights_as_of_;  // Tick's

 private:
  static const google::protobuf::ServiceDescriptor* Described(const std::string& name) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("goldeneagle.v1." + name);
    GATEWAY_ASSERT(service != nullptr, "the contract is linked in");
    return service;
  }
};

class Services::Impl {
 public:
  Impl(const ServerOptions& options, const ServerPorts& ports, Reload reload)
      : shared(options, ports), process(shared, std::move(reload)), guard(std::make_shared<Guard>(shared)) {}

#define UNARY(service, name, request_type, response_type)                                                    \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context, const v1::request_type* request,      \
                                 v1::response_type* response) override {                                     \
    return shared.Start(context, request, response, "/goldeneagle.v1." #service "/" #name, &Handlers::name); \
  }

  struct Orders final : v1::OrderService::CallbackService {
    explicit Orders(Shared& s) : shared(s) {}
    UNARY(OrderService, SubmitOrders, SubmitOrdersRequest, SubmitOrdersResponse)
    UNARY(OrderService, ValidateOrders, SubmitOrdersRequest, ValidateOrdersResponse)
    UNARY(OrderService, GetOrder, GetOrderRequest, GetOrderResponse)
    UNARY(OrderService, ListOrders, ListOrdersRequest, ListOrdersResponse)
    UNARY(OrderService, ListFindings, ListFindingsRequest, ListFindingsResponse)
    UNARY(OrderService, WithdrawOrder, WithdrawOrderRequest, WithdrawOrderResponse)
    UNARY(OrderService, GetEvidence, GetEvidenceRequest, GetEvidenceResponse)
    UNARY(OrderService, ListOrdersOfKey, ListOrdersOfKeyRequest, ListOrdersOfKeyResponse)
    UNARY(OrderService, ResumeOrders, ResumeOrdersRequest, ResumeOrdersResponse)
    grpc::ServerWriteReactor<v1::WatchOrdersResponse>* WatchOrders(grpc::CallbackServerContext* context,
                                                                   const v1::WatchOrdersRequest* request) override {
      return shared.StartWatch(context, *request, "/goldeneagle.v1.OrderService/WatchOrders", &Handlers::ReadWatch);
    }
    Shared& shared;
  };
  struct Cases final : v1::CaseService::CallbackService {
    explicit Cases(Shared& s) : shared(s) {}
    UNARY(CaseService, SubmitCaseActs, SubmitCaseActsRequest, SubmitCaseActsResponse)
    UNARY(CaseService, GetCase, GetCaseRequest, GetCaseResponse)
    UNARY(CaseService, ListMeasures, ListMeasuresRequest, ListMeasuresResponse)
    Shared& shared;
  };
  struct Blobs final : v1::BlobService::CallbackService {
    explicit Blobs(Shared& s) : shared(s) {}
    UNARY(BlobService, PutBlobPart, PutBlobPartRequest, PutBlobPartResponse)
    UNARY(BlobService, GetBlobPart, GetBlobPartRequest, GetBlobPartResponse)
    UNARY(BlobService, PullBlobPart, PullBlobPartRequest, PullBlobPartResponse)
    Shared& shared;
  };
  struct Adapters final : v1::AdapterService::CallbackService {
    explicit Adapters(Shared& s) : shared(s) {}
    UNARY(AdapterService, Hello, HelloRequest, HelloResponse)
    UNARY(AdapterService, RenewLease, RenewLeaseRequest, RenewLeaseResponse)
    UNARY(AdapterService, ReportResults, ReportResultsRequest, ReportResultsResponse)
    UNARY(AdapterService, ReportEvents, ReportResultsRequest, ReportResultsResponse)
    UNARY(AdapterService, ReportPosition, ReportResultsRequest, ReportResultsResponse)
    UNARY(AdapterService, ReportStatus, ReportStatusRequest, ReportStatusResponse)
    grpc::ServerUnaryReactor* PullTasks(grpc::CallbackServerContext* context, const v1::PullTasksRequest* request,
                                        v1::PullTasksResponse* response) override {
      return shared.Start<PollCall>(context, request, response, "/goldeneagle.v1.AdapterService/PullTasks",
                                    &Handlers::PullTasks);
    }
    Shared& shared;
  };
  struct Supervisions final : v1::SupervisionService::CallbackService {
    explicit Supervisions(Shared& s) : shared(s) {}
    UNARY(SupervisionService, ListIncidents, ListIncidentsRequest, ListIncidentsResponse)
    UNARY(SupervisionService, ListDue, ListDueRequest, ListDueResponse)
    UNARY(SupervisionService, GetCoverage, GetCoverageRequest, GetCoverageResponse)
    UNARY(SupervisionService, GetCaseInventory, GetCaseInventoryRequest, GetCaseInventoryResponse)
    UNARY(SupervisionService, ListUndecidedFreezes, ListUndecidedFreezesRequest, ListUndecidedFreezesResponse)
    grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchAlerts(grpc::CallbackServerContext* context,
                                                                   const v1::WatchAlertsRequest* request) override {
      return shared.StartWatch(context, *request, "/goldeneagle.v1.SupervisionService/WatchAlerts",
                               &Handlers::ReadAlerts);
    }
    Shared& shared;
  };
  struct Objections final : v1::ObjectionService::CallbackService {
    explicit Objections(Shared& s) : shared(s) {}
    UNARY(ObjectionService, RaiseObjection, SubmitObjectionsRequest, SubmitObjectionsResponse)
    UNARY(ObjectionService, PullObjections, PullObjectionsRequest, PullObjectionsResponse)
    UNARY(ObjectionService, AnswerObjection, SubmitObjectionsRequest, SubmitObjectionsResponse)
    UNARY(ObjectionService, ListObjections, ListObjectionsRequest, ListObjectionsResponse)
    UNARY(ObjectionService, ReadObjection, ReadObjectionRequest, ReadObjectionResponse)
    Shared& shared;
  };
  struct SupervisionOrders final : v1::SupervisionOrderService::CallbackService {
    explicit SupervisionOrders(Shared& s) : shared(s) {}
    UNARY(SupervisionOrderService, SubmitSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse)
    UNARY(SupervisionOrderService, AnswerSupervision, SubmitSupervisionRequest, SubmitSupervisionResponse)
    UNARY(SupervisionOrderService, PullSupervision, PullSupervisionRequest, PullSupervisionResponse)
    UNARY(SupervisionOrderService, ListSupervision, ListSupervisionRequest, ListSupervisionResponse)
    UNARY(SupervisionOrderService, ReadSupervision, ReadSupervisionRequest, ReadSupervisionResponse)
    Shared& shared;
  };
  struct Directories final : v1::DirectoryService::CallbackService {
    explicit Directories(Shared& s) : shared(s) {}
    UNARY(DirectoryService, SubmitStatements, SubmitStatementsRequest, SubmitStatementsResponse)
    UNARY(DirectoryService, ListStatements, ListStatementsRequest, ListStatementsResponse)
    UNARY(DirectoryService, ListAgencies, ListAgenciesRequest, ListAgenciesResponse)
    UNARY(DirectoryService, GetPolicy, GetPolicyRequest, GetPolicyResponse)
    Shared& shared;
  };
  struct Audits final : v1::AuditService::CallbackService {
    explicit Audits(Shared& s) : shared(s) {}
    UNARY(AuditService, GetCheckpoint, GetCheckpointRequest, GetCheckpointResponse)
    UNARY(AuditService, ListEntries, ListEntriesRequest, ListEntriesResponse)
    UNARY(AuditService, GetTile, GetTileRequest, GetTileResponse)
    UNARY(AuditService, GetEntryBundle, GetEntryBundleRequest, GetEntryBundleResponse)
    UNARY(AuditService, GetInclusionProof, GetInclusionProofRequest, GetInclusionProofResponse)
    UNARY(AuditService, GetConsistencyProof, GetConsistencyProofRequest, GetConsistencyProofResponse)
    UNARY(AuditService, SearchAccess, SearchAccessRequest, SearchAccessResponse)
    Shared& shared;
  };
  struct Witnesses final : v1::WitnessService::CallbackService {
    explicit Witnesses(Shared& s) : shared(s) {}
    grpc::ServerUnaryReactor* WaitCheckpoint(grpc::CallbackServerContext* context,
                                             const v1::WaitCheckpointRequest* request,
                                             v1::WaitCheckpointResponse* response) override {
      return shared.Start<WaitCall>(context, request, response, "/goldeneagle.v1.WitnessService/WaitCheckpoint",
                                    &Handlers::WaitCheckpoint);
    }
    UNARY(WitnessService, AddCosignature, AddCosignatureRequest, AddCosignatureResponse)
    Shared& shared;
  };
#undef UNARY

  // On both listeners; on the admin one the caller is the machine's own operator.
  struct Admins final : v1::AdminService::CallbackService {
    Admins(Shared& s, std::shared_ptr<const Caller> of) : shared(s), local(std::move(of)) {}
    grpc::ServerUnaryReactor* SubmitAdministration(grpc::CallbackServerContext* context,
                                                   const v1::SubmitAdministrationRequest* request,
                                                   v1::SubmitAdministrationResponse* response) override {
      return shared.Start(context, request, response, "/goldeneagle.v1.AdminService/SubmitAdministration",
                          &Handlers::SubmitAdministration, local);
    }
    grpc::ServerUnaryReactor* ListProposals(grpc::CallbackServerContext* context,
                                            const v1::ListProposalsRequest* request,
                                            v1::ListProposalsResponse* response) override {
      return shared.Start(context, request, response, "/goldeneagle.v1.AdminService/ListProposals",
                          &Handlers::ListProposals, local);
    }
    grpc::ServerUnaryReactor* MakeBackup(grpc::CallbackServerContext* context, const v1::MakeBackupRequest* request,
                                         v1::MakeBackupResponse* response) override {
      return shared.Start(context, request, response, "/goldeneagle.v1.AdminService/MakeBackup", &Handlers::MakeBackup,
                          local);
    }
    grpc::ServerUnaryReactor* GetMetrics(grpc::CallbackServerContext* context, const v1::GetMetricsRequest* request,
                                         v1::GetMetricsResponse* response) override {
      const auto metrics = [this](const Caller& caller, const v1::GetMetricsRequest& asked) {
        return shared.Metrics(caller, asked);
      };
      return shared.Start(context, request, response, "/goldeneagle.v1.AdminService/GetMetrics",
                          UnaryCall<v1::GetMetricsRequest, v1::GetMetricsResponse>::Own(metrics), local);
    }
    Shared& shared;
    const std::shared_ptr<const Caller> local;
  };

  struct Process final : goldeneagle::process::v1::ProcessService::CallbackService {
    Process(Shared& s, Reload r) : shared(s), reload(std::move(r)) {}
    grpc::ServerUnaryReactor* Drain(grpc::CallbackServerContext* context, const goldeneagle::process::v1::DrainRequest*,
                                    goldeneagle::process::v1::DrainResponse*) override {
      shared.ports_.drain();
      grpc::ServerUnaryReactor* call = context->DefaultReactor();
      call->Finish(grpc::Status::OK);
      return call;
    }
    grpc::ServerUnaryReactor* ReloadCertificates(
        grpc::CallbackServerContext* context, const goldeneagle::process::v1::ReloadCertificatesRequest*,
        goldeneagle::process::v1::ReloadCertificatesResponse* response) override {
      grpc::ServerUnaryReactor* call = context->DefaultReactor();
      const bool taken = shared.executor_.Post([this, call, response] {
        const auto now = reload();
        if (now.ok()) {
          response->mutable_until()->set_seconds(absl::ToUnixSeconds(now->until));
          response->mutable_authorities_until()->set_seconds(absl::ToUnixSeconds(now->authorities_until));
        }
        call->Finish(ToGrpc(now.status()));
      });
      if (!taken) call->Finish(ToGrpc(Busy()));
      return call;
    }
    Shared& shared;
    const Reload reload;
  };

  struct Unknown final : grpc::CallbackGenericService {
    explicit Unknown(Shared& s) : shared(s) {}
    grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
      struct Refusal final : grpc::ServerGenericBidiReactor {
        explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
        void OnDone() override { delete this; }
      };
      const auto admitted = AdmitFrom(*context->auth_context(), shared.callers_, context->method());
      return new Refusal(admitted.ok() ? Fail(Reason::kPermissionDenied, "there is no such method")
                                       : admitted.status());
    }
    Shared& shared;
  };

  struct Guard final : grpc::AuthMetadataProcessor {
    explicit Guard(Shared& s) : shared(s) {}
    bool IsBlocking() const override { return false; }
    grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context, OutputMetadata*,
                         OutputMetadata*) override {
      const auto path = metadata.find(":path");
      // Ours are admitted one by one, with all that an error should say.
      if (path != metadata.end() && !path->second.starts_with("/grpc.")) return grpc::Status::OK;
      return ToGrpc(AdmitFrom(*context, shared.callers_, "").status());
    }
    Shared& shared;
  };

  Shared shared;
  Orders orders{shared};
  Cases cases{shared};
  Blobs blobs{shared};
  Adapters adapters{shared};
  Objections objections{shared};
  Supervisions supervisions{shared};
  SupervisionOrders supervision_orders{shared};
  Directories directories{shared};
  Audits audits{shared};
  Witnesses witnesses{shared};
  Admins admins{shared, nullptr};
  Admins local_admins{shared, std::make_shared<const Caller>(Caller{.role = Role::kOperator, .code = "local"})};
  Process process;
  Unknown unknown{shared};
  std::shared_ptr<Guard> guard;
};

Services::Services(const ServerOptions& options, const ServerPorts& ports, Reload reload)
    : impl_(std::make_unique<Impl>(options, ports, std::move(reload))) {}
Services::~Services() { Stop(); }

std::vector<grpc::Service*> Services::api() const {
  return {&impl_->orders,
          &impl_->cases,
          &impl_->blobs,
          &impl_->adapters,
          &impl_->objections,
          &impl_->directories,
          &impl_->admins,
          &impl_->audits,
          &impl_->witnesses,
          &impl_->supervisions,
          &impl_->supervision_orders};
}
grpc::CallbackGenericService* Services::unknown() const { return &impl_->unknown; }
std::vector<grpc::Service*> Services::admin() const { return {&impl_->local_admins, &impl_->process}; }
std::shared_ptr<grpc::AuthMetadataProcessor> Services::guard() const { return impl_->guard; }
WatchHub& Services::watches() { return impl_->shared.watches_; }

void Services::Tick() {
  Shared& shared = impl_->shared;
  if (auto rights = shared.ports_.directory(); rights != shared.rights_as_of_) {
    shared.rights_as_of_ = std::move(rights);
    std::vector<std::shared_ptr<PollCall>> polls;
    {
      absl::MutexLock lock(&shared.calls_.mu);
      for (auto it = shared.calls_.polls.begin(); it != shared.calls_.polls.end();) {
        auto poll = it->second.lock();
        if (poll != nullptr) polls.push_back(std::move(poll));
        it = it->second.expired() ? shared.calls_.polls.erase(it) : std::next(it);
      }
    }
    for (const auto& poll : polls) poll->Recheck();
    shared.ports_.handlers.EndWitnessWaits();
    shared.watches_.WakeAll();
  }
  shared.watches_.Tick();
}

void Services::Drain() {
  impl_->shared.calls_.draining = true;
  impl_->shared.watches_.WakeAll();
}

void Services::Later(std::function<void()> work) { impl_->shared.executor_.Finish(std::move(work)); }

void Services::AddMetrics(std::vector<MetricRow>& rows) const {
  Shared& shared = impl_->shared;
  {
    absl::MutexLock lock(&shared.calls_.mu);
    rows.push_back({"ge_polls_open", static_cast<double>(shared.calls_.polls.size()), "1",
                    "instances with an open PullTasks call"});
  }
  const Executor::Counters work = shared.executor_.counters();
  rows.push_back({"ge_executor_queued", static_cast<double>(work.queued), "1", "calls that wait for a worker"});
  rows.push_back({"ge_executor_busy", static_cast<double>(work.busy), "1", "workers at work"});
  rows.push_back({"ge_executor_done_total", static_cast<double>(work.done), "1", "pieces of work done"});
  rows.push_back(
      {"ge_executor_refused_total", static_cast<double>(work.refused), "1", "calls refused because too many waited"});
  rows.push_back(
      {"ge_watches", static_cast<double>(shared.watches_.size()), "1", "open WatchOrders and WatchAlerts calls"});
  for (const auto& [path, method] : shared.methods_) {
    const std::string name = path.substr(path.rfind('.') + 1);  // "OrderService/GetOrder"
    uint64_t calls = 0;
    for (size_t code = 0; code < Method::kCodes; ++code) {
      const uint64_t ended = method->ended[code];
      calls += ended;
      if (ended == 0) continue;
      const std::string text(FromAbsl(absl::StatusCodeToString(static_cast<absl::StatusCode>(code))));
      rows.push_back({"ge_calls_total{method=\"" + name + "\",code=\"" + text + "\"}", static_cast<double>(ended), "1",
                      "calls that ended so"});
    }
    if (calls == 0) continue;
    rows.push_back({"ge_calls_seconds_total{method=\"" + name + "\"}", static_cast<double>(method->microseconds) / 1e6,
                    "s", "from arrival to the end of the answer, polls with their wait"});
  }
}

void Services::Stop() { impl_->shared.executor_.Stop(); }

}  // namespace eagle::api
