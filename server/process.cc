#include "server/process.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "server/api/grpc/certificates.h"
#include "server/api/handlers.h"
#include "server/backup.h"
#include "server/base/bytes.h"
#include "server/blobs/blob_store.h"
#include "server/core/start.h"
#include "server/data_keys.h"
#include "server/dispatch/dispatcher.h"
#include "server/ops/resources.h"
#include "server/storage/file_last_signed.h"
#include "server/storage/folder_lock.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/trust/signature.h"

namespace eagle {
namespace {

constexpr absl::Duration kLongestWait = absl::Milliseconds(50);  // the store wants to be looked after that often
constexpr absl::Duration kHousekeepingEvery = absl::Milliseconds(100);
constexpr absl::Duration kProbeEvery = absl::Seconds(5);
constexpr int kProbeMissesMax = 3;

ops::Log::Level LevelOf(api::TransportEvent::Level level) {
  switch (level) {
    case api::TransportEvent::Level::kInfo:
      return ops::Log::Level::kInfo;
    case api::TransportEvent::Level::kWarning:
      return ops::Log::Level::kWarning;
    case api::TransportEvent::Level::kError:
      return ops::Log::Level::kError;
  }
  return ops::Log::Level::kError;
}

api::CertificateFiles FilesOf(const ops::Config& config) {
  return {config.api_certificate, config.api_key, config.api_authorities};
}

// Descriptors that connections may not take: the store's, the keys', the pollers', a backup's.
size_t ConnectionsFor(const ops::Config& config, ops::Log& log) {
  const int64_t descriptors = ops::UsedResources().descriptors_max;
  const int64_t most = descriptors - std::min<int64_t>(descriptors / 4, 256);
  if (config.api_connections_max <= most) return static_cast<size_t>(config.api_connections_max);
  log.Warning("connections_limited")
      .With("configured", config.api_connections_max)
      .With("descriptors", descriptors)
      .With("now", most);
  return static_cast<size_t>(std::max<int64_t>(1, most));
}

api::ServerOptions ServerOptionsOf(const ops::Config& config, ops::Log& log) {
  return {.listen = config.api_listen,
          .admin_listen = config.admin_listen,
          .certificates = FilesOf(config),
          .staging_folder = config.staging,
          .trust_domain = config.trust_domain,
          .reflection = config.api_reflection,
          .connections_max = ConnectionsFor(config, log),
          .connections_per_address_max = static_cast<size_t>(config.api_connections_per_address_max),
          .message_bytes_max = static_cast<size_t>(config.api_message_bytes_max),
          .memory_bytes_max = static_cast<size_t>(config.api_memory_bytes_max),
          .workers = static_cast<size_t>(config.api_workers),
          .queued_calls_max = static_cast<size_t>(config.api_queued_calls_max),
          .calls_per_second_max = static_cast<size_t>(config.api_calls_per_second_max)};
}

absl::Status CheckFolder(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return absl::OkStatus();
  return Fail(Reason::kStorageUnusable, "the data folder isn't there: found a log with eagle init").With("path", path);
}

// The configuration must not turn a test log into a production one, nor let a script move production's clock.
absl::Status CheckEnvironment(const ops::Config& config, const domain::Directory& directory, bool clock_steps) {
  if (directory.production() != config.production()) {
    return Fail(Reason::kConfigurationInvalid, "the log was founded for another environment")
        .With("configured", config.environment);
  }
  if (clock_steps && config.production())
    return Fail(Reason::kConfigurationInvalid, "a step clock is for the test environment only");
  return absl::OkStatus();
}

// The journal names cases and people by tags of keys that the key store must have: with an older one numbers that are
// taken would be free again, and nobody would be found.
absl::Status CheckTagKeys(const domain::State& state, const trust::KeyRing& ring) {
  const std::vector<trust::KeyRing::TagKeyName> names = ring.tag_keys();
  const auto known = [&](std::string_view tag) {
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& name) { return name.tag_id == trust::TagKeyIdOf(tag); });
  };
  const auto older = [](std::string_view tag) {
    return Fail(Reason::kKeyUnusable, "the key store is older than the journal: it lacks a tag key")
        .With("tag_key", HexEncode(trust::TagKeyIdOf(tag)));
  };
  for (const auto& [seq, of] : state.cases) {
    if (!known(of.number_tag)) return older(of.number_tag);
  }
  for (const auto& [seq, order] : state.orders) {
    if (!known(order.subject_tag)) return older(order.subject_tag);
  }
  return absl::OkStatus();
}

blobs::BlobLimits LimitsOf(const ops::Config& config) {
  return {.court_bytes_max = static_cast<uint64_t>(config.blobs_court_bytes_max),
          .agency_bytes_max = static_cast<uint64_t>(config.blobs_agency_bytes_max),
          .uploads_max = static_cast<uint64_t>(config.blobs_uploads_max),
          .upload_idle_max = absl::Hours(config.blobs_upload_hours_max),
          .free_bytes_min = static_cast<uint64_t>(config.blobs_free_bytes_min)};
}

void NameThread(const char* name) { pthread_setname_np(pthread_self(), name); }

}  // namespace

absl::Status CheckConfig(const ops::Config& config, Clock& real, Entropy& entropy) {
  for (const std::string& address : config.api_listen) EAGLE_RETURN_IF_ERROR(api::ParseSocketAddress(address).status());
  if (config.admin_listen.rfind("unix:", 0) != 0) {
    EAGLE_ASSIGN_OR_RETURN(const api::SocketAddress address, api::ParseSocketAddress(config.admin_listen));
    if (!api::IsLoopback(address))
      return Fail(Reason::kConfigurationInvalid, "admin.listen must be a loopback address or a unix socket");
  }
  EAGLE_RETURN_IF_ERROR(CheckFolder(config.data_folder));
  EAGLE_RETURN_IF_ERROR(ReadLogKey(config.log_key).status());
  EAGLE_RETURN_IF_ERROR(trust::FileKeyWrapper::Open(config.master_key, entropy).status());
  return api::ReadCertificates(FilesOf(config), config.trust_domain, real.WallNow()).status();
}

// Members stand in the order in which they are made; they go in the opposite one.
class Gateway::Impl {
 public:
  Impl(ops::Config c, GatewayPorts p) : config(std::move(c)), ports(std::move(p)) {}
  ~Impl() { Stop(); }

  absl::Status OpenData();
  absl::Status Serve();
  void Stop();
  void AddMetrics(std::vector<api::MetricRow>& rows) const;

  const ops::Config config;
  const GatewayPorts ports;
  std::optional<storage::FolderLock> lock;
  std::unique_ptr<DataKeys> keys;
  std::optional<journal::Ed25519NoteSigner> signer;
  std::unique_ptr<storage::SqliteStore> store;
  std::unique_ptr<blobs::BlobStore> papers;
  std::unique_ptr<storage::FileLastSigned> last_signed;
  trust::PublicKeyChecker checker;
  std::unique_ptr<core::Sequencer> sequencer;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<api::Handlers> handlers;
  std::unique_ptr<api::Server> server;

 private:
  void RunSequencer();
  void RunHousekeeping();
  void RunProbe();
  void StartBackup(api::Reply<goldeneagle::v1::MakeBackupResponse> reply);
  void RunBackup();

  absl::Notification sequencer_may_end_, housekeeping_end_, probe_end_;
  std::thread sequencer_thread_, housekeeping_thread_, probe_thread_;
  absl::Mutex backup_mu_;
  std::thread backup_thread_ ABSL_GUARDED_BY(backup_mu_);
  std::vector<api::Reply<goldeneagle::v1::MakeBackupResponse>> backup_waiters_ ABSL_GUARDED_BY(backup_mu_);
  bool stopping_ ABSL_GUARDED_BY(backup_mu_) = false;
  bool stopped_ = false;
};

absl::Status Gateway::Impl::OpenData() {
  EAGLE_RETURN_IF_ERROR(CheckFolder(config.data_folder));
  EAGLE_ASSIGN_OR_RETURN(lock, storage::FolderLock::Acquire(config.data_folder));
  EAGLE_ASSIGN_OR_RETURN(
      keys, DataKeys::Open(config.data_folder, config.master_key, ports.entropy, DataKeys::IfMissing::kRefuse));
  EAGLE_ASSIGN_OR_RETURN(signer, ReadLogKey(config.log_key));
  EAGLE_ASSIGN_OR_RETURN(store, storage::SqliteStore::Open(JournalPath(config.data_folder), {}));
  EAGLE_ASSIGN_OR_RETURN(
      last_signed, storage::FileLastSigned::Open(config.last_signed, storage::FileLastSigned::IfMissing::kRefuse));
  EAGLE_ASSIGN_OR_RETURN(core::Opened opened, core::Open(*store, *last_signed, *signer, *keys));
  EAGLE_RETURN_IF_ERROR(CheckEnvironment(config, opened.state.directory, ports.clock_steps));
  EAGLE_RETURN_IF_ERROR(CheckTagKeys(opened.state, keys->ring()));
  EAGLE_ASSIGN_OR_RETURN(papers,
                         blobs::BlobStore::Open(config.blobs_folder, LimitsOf(config), ports.real, ports.entropy));
  // The process may have died between an erasure's entry and the end of its key and papers.
  for (const auto& [seq, of] : opened.state.cases) {
    if (!of.erased()) continue;
    EAGLE_RETURN_IF_ERROR(keys->ring().Forget(of.key_id));
    EAGLE_RETURN_IF_ERROR(papers->Forget(of.court, of.key_id));
  }
  ports.log.Info("data_opened")
      .With("origin", signer->name())
      .With("entries", static_cast<int64_t>(opened.state.next_index))
      .With("open_orders", static_cast<int64_t>(opened.state.orders.size()))
      .With("tag_key", HexEncode(keys->ring().tag_keys().front().tag_id));
  sequencer = std::make_unique<core::Sequencer>(
      std::move(opened), core::SequencerPorts{*store, *last_signed, *signer, *keys, ports.clock, ports.entropy});
  return absl::OkStatus();
}

absl::Status Gateway::Impl::Serve() {
  dispatcher = std::make_unique<dispatch::Dispatcher>(
      ports.real, dispatch::Options{.absent_after = absl::Seconds(config.agencies_absent_after_seconds)});
  dispatcher->SetWake([this] { sequencer->WakeUp(); });
  sequencer->SetHandout(dispatcher.get());
  handlers = std::make_unique<api::Handlers>(
      api::HandlerPorts{*sequencer, *dispatcher, *store, *keys, keys->ring(), checker, ports.clock, ports.real,
                        [this](std::function<void()> work) { server->Later(std::move(work)); },
                        [this](auto reply) { StartBackup(std::move(reply)); },
                        [this](std::string_view event, const auto& fields) {
                          ops::Log::Line line = ports.log.Warning(event);
                          for (const auto& [key, value] : fields) line.With(key, value);
                        },
                        papers.get()});
  api::ServerPorts server_ports{.handlers = *handlers,
                                .dispatcher = *dispatcher,
                                .directory = [this] { return sequencer->published()->directory; },
                                .real = ports.real,
                                .metrics = [this](std::vector<api::MetricRow>& rows) { AddMetrics(rows); },
                                .log =
                                    [this](const api::TransportEvent& event) {
                                      ops::Log::Line line = ports.log.At(LevelOf(event.level), event.event);
                                      for (const auto& [key, value] : event.fields) line.With(key, value);
                                    },
                                .drain = ports.request_stop};
  EAGLE_ASSIGN_OR_RETURN(server, api::Server::Make(ServerOptionsOf(config, ports.log), std::move(server_ports)));
  sequencer->AddListener(handlers->supervision());  // before those are woken who will ask it
  sequencer->AddListener(server->listener());
  sequencer->AddListener(handlers->witnesses());
  sequencer_thread_ = std::thread([this] { RunSequencer(); });
  housekeeping_thread_ = std::thread([this] { RunHousekeeping(); });
  EAGLE_RETURN_IF_ERROR(server->Start());
  if (config.api_self_probe) probe_thread_ = std::thread([this] { RunProbe(); });
  server->SetServing(true);
  return absl::OkStatus();
}

void Gateway::Impl::RunSequencer() {
  NameThread("ge-sequencer");
  const absl::Duration watchdog = ports.notifier.watchdog();
  absl::Duration told = -absl::InfiniteDuration();
  for (;;) {
    const bool last = sequencer_may_end_.HasBeenNotified();
    sequencer->WaitForWork(last ? absl::ZeroDuration() : kLongestWait);
    if (const absl::Status status = sequencer->Step(); !status.ok()) {
      // What is in memory may be ahead of the disk, and everything that was promised is on the disk: the next start
      // goes on from there.
      ports.log.Error("sequencer_failed").With(status);
      std::abort();
    }
    if (last && !sequencer->HasWork()) return;
    // Sent by the thread that commits: a gateway that can't commit must not look alive.
    if (const absl::Duration now = ports.real.MonotonicNow();
        watchdog > absl::ZeroDuration() && now - told >= watchdog / 3) {
      ports.notifier.Send("WATCHDOG=1");
      told = now;
    }
  }
}

void Gateway::Impl::RunHousekeeping() {
  NameThread("ge-housekeeping");
  while (!housekeeping_end_.WaitForNotificationWithTimeout(kHousekeepingEvery)) {
    handlers->Housekeeping();
    server->Tick();
    papers->Sweep();
  }
}

void Gateway::Impl::RunProbe() {
  NameThread("ge-probe");
  int misses = 0;
  while (!probe_end_.WaitForNotificationWithTimeout(kProbeEvery)) {
    if (server->Probe(kProbeEvery)) {
      misses = 0;
      continue;
    }
    ports.log.Warning("probe_unanswered").With("misses", ++misses);
    if (misses < kProbeMissesMax) continue;
    ports.log.Error("listener_dead").With("misses", misses);
    std::abort();
  }
}

// The copy is made by the sequencer's thread, bit by bit; this one waits, checks and hashes. Whoever asks while one is
// being made gets that one.
void Gateway::Impl::StartBackup(api::Reply<goldeneagle::v1::MakeBackupResponse> reply) {
  absl::MutexLock guard(&backup_mu_);
  if (stopping_) return reply(Fail(Reason::kDraining, "the gateway is about to end"));
  backup_waiters_.push_back(std::move(reply));
  if (backup_waiters_.size() > 1) return;
  if (backup_thread_.joinable()) backup_thread_.join();
  backup_thread_ = std::thread([this] { RunBackup(); });
}

void Gateway::Impl::RunBackup() {
  NameThread("ge-backup");
  const auto made = MakeBackup({*store, *keys, *sequencer, *papers, ports.real}, config.backup_folder);
  absl::StatusOr<goldeneagle::v1::MakeBackupResponse> answer = goldeneagle::v1::MakeBackupResponse();
  if (made.ok()) {
    ports.log.Info("backup_made")
        .With("folder", made->folder)
        .With("entries", static_cast<int64_t>(made->size))
        .With("seconds", std::to_string(absl::ToDoubleSeconds(made->took)));
    answer->set_folder(made->folder);
    answer->set_size(made->size);
    answer->set_checkpoint(made->checkpoint);
    answer->set_bytes(made->bytes);
    answer->set_seconds(absl::ToDoubleSeconds(made->took));
  } else {
    ports.log.Error("backup_failed").With(made.status());
    answer = made.status();
  }
  std::vector<api::Reply<goldeneagle::v1::MakeBackupResponse>> waiters;
  {
    absl::MutexLock guard(&backup_mu_);
    waiters.swap(backup_waiters_);
  }
  for (const auto& reply : waiters) reply(answer);
}

void Gateway::Impl::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (server != nullptr) server->SetServing(false);
  // Before the listening sockets close: a closed port is no dead one.
  probe_end_.Notify();
  if (probe_thread_.joinable()) probe_thread_.join();
  if (dispatcher != nullptr) dispatcher->Drain();
  if (handlers != nullptr) handlers->DrainWitnesses();
  if (store != nullptr) store->EndBackups();
  {
    std::thread backup;
    {
      absl::MutexLock guard(&backup_mu_);
      backup = std::move(backup_thread_);
      stopping_ = true;  // none begins any more
    }
    if (backup.joinable()) backup.join();
  }
  // Housekeeping still runs, as watches are ended by it; so does the sequencer, as open calls wait for it.
  if (server != nullptr) server->Shutdown(absl::Seconds(config.drain_grace_seconds));
  housekeeping_end_.Notify();
  if (housekeeping_thread_.joinable()) housekeeping_thread_.join();
  if (sequencer != nullptr) sequencer->Stop();
  sequencer_may_end_.Notify();
  if (sequencer_thread_.joinable()) sequencer_thread_.join();
}

void Gateway::Impl::AddMetrics(std::vector<api::MetricRow>& rows) const {
  const auto add = [&rows](const char* name, double value, const char* unit, const char* help) {
    rows.push_back({name, value, unit, help});
  };
  const auto count = [](auto value) { return static_cast<double>(value); };
  add("ge_journal_bytes", count(ops::FileBytes(JournalPath(config.data_folder).c_str())), "bytes",
      "of the journal's file");
  add("ge_journal_wal_pages", count(store->WalPages()), "1", "pages in the write-ahead log that wait to be copied");
  add("ge_store_readers", count(store->ReadersOut()), "1", "snapshots that are out");
  add("ge_store_full", store->Full() ? 1 : 0, "1", "1: new work is refused until there is room");
  const blobs::BlobStore::Counters kept = papers->counters();
  add("ge_blobs", count(kept.blobs), "1", "papers that are kept whole");
  add("ge_blob_bytes", count(kept.bytes), "bytes", "of their files");
  add("ge_blob_uploads", count(kept.uploads), "1", "papers that are not whole yet");
  add("ge_blobs_completed_total", count(kept.completed), "1", "papers that became whole");
  add("ge_blobs_refused_total", count(kept.refused_content), "1", "dropped: not what their digest or type said");
  add("ge_blob_uploads_timed_out_total", count(kept.timed_out), "1", "dropped: nothing came for too long");
  const auto published = sequencer->published();
  if (published->policy != nullptr && !published->policy->calendars().empty()) {
    const absl::CivilDay today = absl::ToCivilDay(published->recorded, published->policy->zone());
    add("ge_calendar_days_left", count(published->policy->calendars().DaysLeft(today)), "days",
        "for which the policy has every calendar; 0: deadlines that count working days go by weekdays");
  }
  const ops::Resources used = ops::UsedResources();
  add("ge_process_resident_bytes", count(used.resident_bytes), "bytes", "memory");
  add("ge_process_cpu_seconds_total", absl::ToDoubleSeconds(used.cpu), "s", "processor time, all threads");
  add("ge_process_descriptors", count(used.descriptors), "1", "open files and sockets");
  add("ge_process_descriptors_max", count(used.descriptors_max), "1", "the limit of that");
  if (server != nullptr) server->AddMetrics(rows);
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const ops::Config& config, GatewayPorts ports) {
  ops::RaiseDescriptorLimit();
  auto impl = std::make_unique<Impl>(config, std::move(ports));
  EAGLE_RETURN_IF_ERROR(impl->OpenData());
  EAGLE_RETURN_IF_ERROR(impl->Serve());
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

std::vector<std::string> Gateway::api_addresses() const { return impl_->server->api_addresses(); }
std::string Gateway::admin_address() const { return impl_->server->admin_address(); }
core::Sequencer& Gateway::sequencer() { return *impl_->sequencer; }
void Gateway::Stop() { impl_->Stop(); }

absl::Status Gateway::ReloadCertificates() {
  const absl::Status status = impl_->server->ReloadCertificates();
  if (!status.ok()) {
    impl_->ports.log.Error("certificates_refused").With(status);
    return status;
  }
  const api::Certificates now = impl_->server->certificates();
  impl_->ports.log.Info("certificates_loaded")
      .With("until", std::string(absl::FormatTime(now.until, absl::UTCTimeZone())))
      .With("authorities_until", std::string(absl::FormatTime(now.authorities_until, absl::UTCTimeZone())));
  return status;
}

std::vector<api::MetricRow> Gateway::Metrics() const {
  std::vector<api::MetricRow> rows;
  impl_->AddMetrics(rows);
  return rows;
}

absl::Status WritePortFile(const std::string& path, const Gateway& gateway) {
  const auto port = [](const std::string& address) {
    return address.rfind("unix:", 0) == 0 ? std::string("0") : address.substr(address.rfind(':') + 1);
  };
  const std::string api = gateway.api_addresses().front(), admin = gateway.admin_address(), part = path + ".part";
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << "{\"api\":" << ops::JsonText(api) << ",\"api_port\":" << port(api) << ",\"admin\":" << ops::JsonText(admin)
        << ",\"admin_port\":" << port(admin) << ",\"pid\":" << getpid() << "}\n";
    out.flush();
    if (!out.good()) return Fail(Reason::kStorageUnusable, "the port file can't be written").With("path", path);
  }
  if (std::rename(part.c_str(), path.c_str()) != 0)
    return Fail(Reason::kStorageUnusable, "the port file can't be written").With("path", path);
  return absl::OkStatus();
}

}  // namespace eagle
