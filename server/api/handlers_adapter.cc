// Adapters: sessions, polls, presence.
#include <algorithm>

#include "goldeneagle/v1/entry.pb.h"
#include "server/api/impl.h"
#include "server/api/proofs.h"
#include "server/api/views.h"
#include "server/domain/instant.h"
#include "server/journal/hash.h"

namespace eagle::api {
namespace {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

constexpr uint32_t kContractVersion = 1;
constexpr size_t kNameBytes = 128, kAdapterBytes = 63, kInboxBytes = 16, kCapabilitiesMax = 256;
constexpr uint32_t kInFlightMax = 10'000;
constexpr size_t kStatementsPerPoll = 256, kStatementBytesPerPoll = 1 << 20;
// Of tasks and heads in one answer; a client's default limit for a whole message is 4 MiB.
constexpr size_t kTaskBytesPerPoll = 1 << 20;

void CheckName(const std::string& text, size_t most, const std::string& path, Violations& wrong) {
  if (text.empty()) wrong.Add(path, Reason::kFieldMissing, "the field is required");
  if (text.size() > most) wrong.Add(path, Reason::kTextInvalid, "at most " + std::to_string(most) + " bytes");
}

absl::Status CheckInstance(const std::string& instance) {
  Violations wrong;
  CheckName(instance, kNameBytes, "instance", wrong);
  return wrong.empty() ? absl::OkStatus() : wrong.ToStatus("the instance names itself");
}

absl::Status CheckHello(const HelloRequest& request) {
  Violations wrong;
  CheckName(request.adapter(), kAdapterBytes, "adapter", wrong);
  CheckName(request.version(), kNameBytes, "version", wrong);
  CheckName(request.instance(), kNameBytes, "instance", wrong);
  if (request.inbox().size() != kInboxBytes) wrong.Add("inbox", Reason::kFieldInvalid, "16 bytes");
  if (request.capabilities().empty() || static_cast<size_t>(request.capabilities_size()) > kCapabilitiesMax) {
    wrong.Add("capabilities", Reason::kFieldMissing, "1 to 256 rows");
  }
  if (request.most_in_flight() == 0 || request.most_in_flight() > kInFlightMax)
    wrong.Add("most_in_flight", Reason::kFieldInvalid, "1 to 10,000");
  if (!wrong.empty()) return wrong.ToStatus("the adapter's introduction is incomplete");
  const auto& versions = request.contract_versions();
  if (std::find(versions.begin(), versions.end(), kContractVersion) == versions.end()) {
    return Fail(Reason::kContractVersion, "this gateway speaks contract version 1")
        .At("contract_versions", "1 must be among them");
  }
  return absl::OkStatus();
}

std::vector<Capability> ListOf(const google::protobuf::RepeatedPtrField<Capability>& rows) {
  return {rows.begin(), rows.end()};
}

HelloResponse Welcome(const HandlerPorts& ports, const core::Published& published, const domain::Agency& agency,
                      const HelloRequest& request) {
  HelloResponse response;
  const dispatch::Options options;
  response.set_contract_version(kContractVersion);
  response.set_poll_wait_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(options.poll_wait_max)));
  response.set_lease_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(options.lease)));
  response.set_renew_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(options.renew_every)));
  response.set_environment(published.directory->founding().environment());
  response.set_agency(agency.row.code());
  domain::PresenceState declared;
  declared.declared = domain::DeclaredBits(agency.row, ListOf(request.capabilities()));
  for (Capability& row : EffectiveOf(agency, declared)) *response.add_effective() = std::move(row);
  for (const Capability& row : request.capabilities()) {
    const bool approved =
        std::any_of(agency.row.capabilities().begin(), agency.row.capabilities().end(), [&](const Capability& other) {
          return other.action() == row.action() && other.asset_kind() == row.asset_kind();
        });
    if (!approved) *response.add_refused() = row;
  }
  *response.mutable_gateway_time() = domain::ToProto(ports.clock.WallNow());
  response.set_origin(published.directory->origin());
  const auto& recoveries = published.directory->recoveries();
  if (!recoveries.empty()) response.set_recovered_at(recoveries.back().index);
  return response;
}

// The adapter's version is one that may have work now.
absl::Status MayWork(const HandlerPorts& ports, const core::Published& published,
                     const domain::AdapterVersion& program) {
  return domain::MayWork(published.policy.get(), *published.adapters, program, ports.clock.WallNow());
}

// What a poll says of the caller's books. Absent: nothing new. DIRECTORY_DIFFERS when they hash to something else than
// the log's statements do, as far as they go.
absl::StatusOr<std::optional<domain::AcknowledgeDirectory>> Acknowledged(const core::Published& published,
                                                                         AgencyOrdinal agency,
                                                                         const PullTasksRequest& request) {
  if (request.directory_digest().empty()) return std::nullopt;
  const std::vector<uint64_t>& positions = published.directory->statement_positions();
  const auto known = static_cast<size_t>(
      std::upper_bound(positions.begin(), positions.end(), request.directory_position()) - positions.begin());
  const journal::Hash digest = known == 0 ? journal::Hash{} : (*published.statement_digests)[known - 1];
  if (request.directory_digest() != journal::View(digest)) {
    return Fail(Reason::kDirectoryDiffers, "the caller's books hold other statements than the log, or in another order")
        .With("statements", static_cast<int64_t>(known));
  }
  // On the way to the newest one there is nothing to acknowledge yet.
  if (known == 0 || known < positions.size()) return std::nullopt;
  const auto before = published.acknowledged->find(agency.value());
  if (before != published.acknowledged->end() && before->second.position >= positions.back()) return std::nullopt;
  return domain::AcknowledgeDirectory{
      .agency = agency, .position = positions.back(), .statements = known, .digest = request.directory_digest()};
}

// The journal already says so: the same instance of the same inbox with the same declaration, present.
bool IsKnown(const core::Published& published, AgencyOrdinal ordinal, const HelloRequest& request) {
  const domain::Agency& agency = *published.directory->AgencyByOrdinal(ordinal);
  const domain::PresenceState& presence = PresenceOf(published, ordinal);
  return presence.present && presence.inbox == request.inbox() && presence.most_in_flight == request.most_in_flight() &&
         presence.declared == domain::DeclaredBits(agency.row, ListOf(request.capabilities()));
}

domain::SayHello SayHelloOf(const Caller& caller, const HelloRequest& request) {
  domain::SayHello command{.agency = caller.agency,
                           .inbox = request.inbox(),
                           .adapter = request.adapter(),
                           .version = request.version(),
                           .contract_version = kContractVersion,
                           .most_in_flight = request.most_in_flight(),
                           .declared = ListOf(request.capabilities())};
  const journal::Hash hash = journal::Sha256(request.instance());
  command.instance = journal::View(hash).substr(0, 8);
  return command;
}

// The answer to one poll.
class PullAnswer {
 public:
  PullAnswer(Handlers::Impl& impl, AgencyOrdinal agency, const std::string& instance)
      : impl_(impl), agency_(agency), instance_(instance) {}

  absl::StatusOr<PullTasksResponse> Build(const dispatch::PollAnswer& poll, uint64_t directory_position,
                                          uint64_t directory_head) {
    LazyJournal journal(impl_.ports.store, impl_.ports.keys);
    const auto open = [&] { return journal(); };
    AddTasks(poll, open);
    EAGLE_RETURN_IF_ERROR(failed_);
    EAGLE_RETURN_IF_ERROR(AddWitnessed(open));
    for (const std::string& id : poll.withdrawn) response_.add_withdrawn(id);
    response_.set_draining(poll.draining);
    EAGLE_RETURN_IF_ERROR(AddDirectory(directory_position, open));
    EAGLE_RETURN_IF_ERROR(AddDirectoryHead(directory_head, open));
    const auto words = impl_.published()->newest_word;
    if (const auto newest = words->find(agency_.value()); newest != words->end())
      response_.set_objections(newest->second);
    const auto supervised = impl_.published()->newest_supervision;
    if (const auto newest = supervised->find(agency_.value()); newest != supervised->end())
      response_.set_supervision(newest->second);
    *response_.mutable_gateway_time() = domain::ToProto(impl_.ports.clock.WallNow());
    return std::move(response_);
  }

 private:
  void AddTasks(const dispatch::PollAnswer& poll, const Travel::OpenJournal& open) {
    absl::flat_hash_map<uint64_t, uint32_t> places;  // of heads in the response, by journal index
    std::vector<OrderSeq> back;
    size_t bytes = 0;
    for (OrderSeq seq : poll.orders) {
      if (bytes >= kTaskBytesPerPoll) {
        back.push_back(seq);  // a tail of the delivery: what precedes it on its subject has gone
        continue;
      }
      const auto task = impl_.travel.TaskOf(seq, open);
      if (!task.ok()) {
        if (ReasonOf(task.status()) != Reason::kErased) failed_.Update(task.status());
        absl::MutexLock lock(&impl_.presence_mu);
        ++impl_.unreadable_tasks;
        continue;
      }
      const TaskBytes& from = **task;
      const auto [place, fresh] = places.try_emplace(from.head, static_cast<uint32_t>(response_.heads_size()));
      if (fresh) {
        *response_.add_heads() = from.envelope->envelope;
        bytes += from.envelope->envelope.ByteSizeLong();
      }
      Task* out = response_.add_tasks();
      out->set_fence(poll.fence);
      out->set_head(place->second);
      out->set_member(from.member);
      out->set_index(from.index);
      for (const std::string& hash : from.path) out->add_path(hash);
      *out->mutable_due_at() = from.due_at;
      out->set_order_seq(seq.value());
      if (from.takes) takings_.push_back(response_.tasks_size() - 1);
      bytes += from.bytes();
    }
    if (!back.empty()) impl_.ports.dispatcher.GiveBack(agency_, instance_, poll.fence, back);
  }

  // What witnesses have seen of the tasks that take something.
  absl::Status AddWitnessed(const Travel::OpenJournal& open) {
    const auto published = impl_.published();
    if (takings_.empty() || published->cosigned == nullptr) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, open());
    PublishedProver prover(published, *journal, published->cosigned->size);
    for (int place : takings_) {
      Task& task = *response_.mutable_tasks(place);
      if (task.order_seq() >= prover.size()) continue;
      EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal->Packed(task.order_seq()));
      task.mutable_witnessed()->set_leaf(std::string(packed.leaf));
      EAGLE_ASSIGN_OR_RETURN(*task.mutable_witnessed()->mutable_proof(), prover.Inclusion(task.order_seq()));
      task.mutable_witnessed()->set_checkpoint(published->cosigned->checkpoint);
    }
    return absl::OkStatus();
  }

  absl::Status AddDirectory(uint64_t position, const Travel::OpenJournal& open) {
    const auto published = impl_.published();
    EAGLE_ASSIGN_OR_RETURN(const StatementPage page,
                           StatementsPast(position, kStatementsPerPoll, kStatementBytesPerPoll,
                                          published->directory->statement_positions(), impl_.travel, open));
    for (const auto& change : page.changes) *response_.add_directory() = *change;
    response_.set_directory_complete(page.complete);
    return absl::OkStatus();
  }

  // The newest word on what the stream is, to whoever has an older one and the whole stream.
  absl::Status AddDirectoryHead(uint64_t known, const Travel::OpenJournal& open) {
    const auto published = impl_.published();
    const uint64_t index = published->directory_head.index;
    if (index <= known || !response_.directory_complete()) return absl::OkStatus();
    EAGLE_ASSIGN_OR_RETURN(JournalReader* const journal, open());
    PublishedProver prover(published, *journal);
    EAGLE_ASSIGN_OR_RETURN(const journal::PackedEntry packed, journal->Packed(index));
    WitnessedEntry& head = *response_.mutable_directory_head();
    head.set_leaf(std::string(packed.leaf));
    EAGLE_ASSIGN_OR_RETURN(*head.mutable_proof(), prover.Inclusion(index));
    head.set_checkpoint(published->checkpoint);
    return absl::OkStatus();
  }

  Handlers::Impl& impl_;
  const AgencyOrdinal agency_;
  const std::string instance_;
  PullTasksResponse response_;
  std::vector<int> takings_;  // places in response_.tasks
  absl::Status failed_;
};

}  // namespace

void Handlers::Hello(const Caller& caller, HelloRequest request, Reply<HelloResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdapterService/Hello"); !may.ok()) return reply(may);
  if (absl::Status status = CheckHello(request); !status.ok()) return reply(status);
  const HandlerPorts& ports = impl_->ports;
  const auto published = impl_->published();
  const domain::Agency* agency = published->directory->AgencyByOrdinal(caller.agency);
  if (agency == nullptr) return reply(Fail(Reason::kAgencyUnknown, "the agency is not in the directory"));
  const domain::AdapterVersion program{request.adapter(), request.version()};
  if (absl::Status may = MayWork(ports, *published, program); !may.ok()) return reply(may);
  HelloResponse welcome = Welcome(ports, *published, *agency, request);
  absl::Status status;
  bool told = false;  // the journal has it already: no entry to wait for
  {
    absl::MutexLock lock(&impl_->presence_mu);
    const bool lives = ports.dispatcher.Seen(caller.agency, request.instance()).ok();
    status =
        ports.dispatcher.Hello(caller.agency, request.instance(), request.inbox(), request.most_in_flight(), program);
    told = status.ok() && lives && IsKnown(*impl_->published(), caller.agency, request);
    if (status.ok() && !told) {
      status = ports.sequencer.Submit(SayHelloOf(caller, request),
                                      [reply, welcome](const domain::Result& result, const core::CommitView&) {
                                        if (!result.status.ok()) return reply(result.status);
                                        reply(welcome);
                                      });
      if (status.ok()) impl_->absent.erase(caller.agency);
    }
    // Not refused by the dispatcher but by a busy sequencer: nobody may take work that the journal doesn't know to be
    // present.
    if (!status.ok() && ReasonOf(status) != Reason::kInstanceConflict)
      ports.dispatcher.Forget(caller.agency, request.instance());
  }
  if (!status.ok()) return reply(status);
  if (told) reply(std::move(welcome));
}

absl::Status Handlers::Impl::Acknowledge(const Caller& caller, const core::Published& published,
                                         const PullTasksRequest& request) {
  auto news = Acknowledged(published, caller.agency, request);
  if (!news.ok()) {
    ++directories_differ;
    Alert("directory_differs", {{"agency", caller.code}});
    return news.status();
  }
  // A busy sequencer has other things to do: the next poll says it again.
  if (*news) ports.sequencer.Submit(**std::move(news), nullptr).IgnoreError();
  return absl::OkStatus();
}

void Handlers::PullTasks(const Caller& caller, PullTasksRequest request, Reply<PullTasksResponse> reply) {
  if (absl::Status may = MayCall(caller, "/goldeneagle.v1.AdapterService/PullTasks"); !may.ok()) return reply(may);
  Violations wrong;
  CheckName(request.instance(), kNameBytes, "instance", wrong);
  if (request.most_tasks() == 0 || request.most_tasks() > 256)
    wrong.Add("most_tasks", Reason::kFieldInvalid, "1 to 256");
  if (request.wait_seconds() > 30) wrong.Add("wait_seconds", Reason::kFieldInvalid, "at most 30");
  if (!request.directory_digest().empty() && request.directory_digest().size() != journal::kHashSize)
    wrong.Add("directory_digest", Reason::kFieldInvalid, "32 bytes, or none");
  if (!wrong.empty()) return reply(wrong.ToStatus("the poll can't be taken"));

  const auto published = impl_->published();
  // An instance that this process doesn't know is told so by the dispatcher.
  if (const auto program = impl_->ports.dispatcher.ProgramOf(caller.agency, request.instance())) {
    if (absl::Status may = MayWork(impl_->ports, *published, *program); !may.ok()) {
      impl_->ports.dispatcher.End(caller.agency, request.instance());
      return reply(may);
    }
    if (absl::Status status = impl_->Acknowledge(caller, *published, request); !status.ok()) return reply(status);
  }
  const std::vector<uint64_t>& positions = published->directory->statement_positions();
  const auto missing = static_cast<size_t>(
      positions.end() - std::upper_bound(positions.begin(), positions.end(), request.directory_position()));
  const auto answer = [impl = impl_, agency = caller.agency, instance = request.instance(),
                       position = request.directory_position(), head = request.directory_head(),
                       reply](absl::StatusOr<dispatch::PollAnswer> poll) {
    if (!poll.ok()) return reply(poll.status());
    impl->Later([impl, agency, instance, position, head, reply, poll = *std::move(poll)] {
      reply(PullAnswer(*impl, agency, instance).Build(poll, position, head));
    });
  };
  if (missing > kStatementsPerPoll) {
    // Orders couldn't be verified yet: the directory alone, page by page.
    if (absl::Status status = impl_->ports.dispatcher.Seen(caller.agency, request.instance()); !status.ok())
      return reply(status);
    return answer(dispatch::PollAnswer{});
  }
  // A newer directory head comes with the next answer, but doesn't end a wait: an adapter that can't use it would ask
  // without pause. A statement that revokes a key does (Housekeeping), once for each poll that waits.
  const absl::Duration wait = missing > 0 ? absl::ZeroDuration() : absl::Seconds(request.wait_seconds());
  const absl::Status status =
      impl_->ports.dispatcher.Poll(caller.agency, request.instance(), request.most_tasks(), request.last_delivery(),
                                   wait, answer, request.directory_position());
  if (!status.ok()) reply(status);
}

absl::StatusOr<RenewLeaseResponse> Handlers::RenewLease(const Caller& caller, const RenewLeaseRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AdapterService/RenewLease"));
  EAGLE_RETURN_IF_ERROR(CheckInstance(request.instance()));
  EAGLE_ASSIGN_OR_RETURN(const dispatch::LeaseAnswer answer,
                         impl_->ports.dispatcher.RenewLease(caller.agency, request.instance()));
  RenewLeaseResponse response;
  response.set_held(answer.held);
  for (const std::string& id : answer.lost) response.add_lost(id);
  for (const std::string& id : answer.withdrawn) response.add_withdrawn(id);
  return response;
}

absl::StatusOr<ReportStatusResponse> Handlers::ReportStatus(const Caller& caller, const ReportStatusRequest& request) {
  EAGLE_RETURN_IF_ERROR(MayCall(caller, "/goldeneagle.v1.AdapterService/ReportStatus"));
  EAGLE_RETURN_IF_ERROR(CheckInstance(request.instance()));
  EAGLE_RETURN_IF_ERROR(impl_->ports.dispatcher.Seen(caller.agency, request.instance()));
  absl::MutexLock lock(&impl_->presence_mu);
  std::map<std::string, Impl::AdapterStatus>& statuses = impl_->statuses[caller.agency];
  // Instances come and go under new names; those that live tell again soon.
  if (statuses.size() >= Impl::kStatusesPerAgencyMax && !statuses.contains(request.instance())) statuses.clear();
  statuses[request.instance()] = {request.back_end_reachable(), request.in_flight(), request.waiting_for_clerk(),
                                  request.directory_stale()};
  return ReportStatusResponse();
}

}  // namespace eagle::api
