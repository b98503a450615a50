// A whole gateway in one thread: the real handlers, dispatcher and sequencer over disks, clock, randomness and
// signatures that a test holds in its hand. It dies and starts again at will. Signed content for it comes from
// demo_world.h.
//
//   GatewayFixture gateway;                       // founded and running, nobody registered yet
//   FurnishDemo(gateway);                         // demo_world.h: policy, courts, agencies, officers, account
//   auto answer = gateway.Call(&api::Handlers::SubmitOrders, DemoCourt(gateway), request);   // as if alone on the wire
//   gateway.Restart();                            // the process dies; what was durable is there again
//
// Threads: one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/api/handlers.h"
#include "server/core/start.h"
#include "server/trust/key_wrapper.h"
#include "server/trust/make_batch.h"
#include "server/trust/ticket.h"
#include "tests/support/core_world.h"
#include "tests/support/fake_store.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/fake_key_store.h"
#include "tests/support/trust/keyed_hash.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::test {

namespace v1 = ::goldeneagle::v1;

// Wraps nothing: a test's keys hide nothing.
class PlainWrapper : public trust::KeyWrapper {
 public:
  absl::StatusOr<std::string> Wrap(std::string_view key, std::string_view) override { return std::string(key); }
  absl::StatusOr<std::string> Unwrap(std::string_view wrapped, std::string_view) override {
    return std::string(wrapped);
  }
};

class RingKeys : public core::KeySource {
 public:
  explicit RingKeys(trust::KeyRing& ring);  // finds the log's key or makes it
  absl::StatusOr<std::string> KeyOf(const std::string& key_id) override { return ring_.KeyOf(key_id); }
  const std::string& log_key_id() const override { return log_key_id_; }

 private:
  trust::KeyRing& ring_;
  std::string log_key_id_;
};

// One call: what was answered, once it was.
template <typename Response>
using Answered = std::shared_ptr<std::optional<absl::StatusOr<Response>>>;

class GatewayFixture {
 public:
  struct Options {
    uint64_t seed = 1;
    v1::Environment environment = v1::ENVIRONMENT_TEST;
    absl::Time start = absl::FromUnixSeconds(1790555400);  // Monday 2026-09-28 08:30 Asia/Shanghai
    bool real_keys = false;                                // Ed25519 instead of keyed hashes: for what strangers verify
  };
  GatewayFixture() : GatewayFixture(Options()) {}
  explicit GatewayFixture(const Options& options);
  ~GatewayFixture();

  // --- the process
  void Start();
  void Stop();
  void Restart() { Stop(), Start(); }
  // Steps the sequencer until there is nothing to do. Also after calls whose answer was not waited for.
  void Run();
  // Time passes: both clocks, then house-keeping, then Run.
  void Advance(absl::Duration by);
  void AdvanceTo(absl::Time time) { Advance(time - clock.wall); }

  // --- calls. The first kind answers through a callback: this runs the gateway until it has (UNAVAILABLE when it never
  // does).
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>),
                                const api::Caller& caller, Request request) {
    Answered<Response> answered = Begin(method, caller, std::move(request));
    Run();
    if (!answered->has_value()) return absl::UnavailableError("the call was never answered");
    return **answered;
  }
  template <typename Request, typename Response>
  Answered<Response> Begin(void (api::Handlers::*method)(const api::Caller&, Request, api::Reply<Response>),
                           const api::Caller& caller, Request request) {
    auto answered = std::make_shared<std::optional<absl::StatusOr<Response>>>();
    ((*handlers).*method)(caller, std::move(request),
                          [answered](absl::StatusOr<Response> response) { *answered = std::move(response); });
    return answered;
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(absl::StatusOr<Response> (api::Handlers::*method)(const api::Caller&, const Request&),
                                const api::Caller& caller, const Request& request) {
    return ((*handlers).*method)(caller, request);
  }

  // --- who calls, as the directory has them
  api::Caller Court(const std::string& code) const;
  api::Caller Agency(const std::string& code) const;
  static api::Caller Operator() {
    return {.role = api::Role::kOperator, .code = "operator-1", .spiffe_id = "spiffe://test/operator/operator-1"};
  }
  static api::Caller Auditor() {
    const std::string id = "spiffe://test/auditor/auditor-1";
    return {.role = api::Role::kAuditor, .code = "auditor-1", .spiffe_id = id, .certificate_sha256 = CertificateOf(id)};
  }
  // The fingerprint of a system's certificate: there is none, so one that nobody else has.
  static std::string CertificateOf(const std::string& spiffe_id) {
    return std::string(journal::View(journal::Sha256("certificate of " + spiffe_id)));
  }
  // A ticket for this caller's connection, signed now by an officer ("court/辽9901/officer/001"), for ten minutes.
  v1::SignedMember Ticket(const api::Caller& caller, const std::string& officer, const std::string& court,
                          const std::string& case_number, const std::string& purpose = "EXECUTION");

  // --- signing. A key is its name: "administrator-1", "registrar-2", "court/辽9901", "agency/9900001",
  // "court/辽9901/officer/001".
  trust::Signer& Key(const std::string& name);
  // The next sequence of that signer and member type, signed now.
  v1::SignedBatch Sign(v1::MemberType type, const std::string& signer, std::vector<std::string> members,
                       const std::vector<std::string>& key_names);
  template <typename Message>
  v1::SignedBatch Sign(v1::MemberType type, const std::string& signer, const std::vector<Message>& members,
                       const std::vector<std::string>& key_names) {
    std::vector<std::string> bytes;
    for (const Message& member : members) bytes.push_back(member.SerializeAsString());
    return Sign(type, signer, std::move(bytes), key_names);
  }
  std::string NewId();  // UUIDv7

  // --- what is in the journal
  const domain::State& state() const { return sequencer->state(); }
  std::vector<std::string> Types() const;  // of all entries
  size_t Count(const std::string& type) const;
  // True when the inclusion proof leads from the leaf to the checkpoint, and the log's key signed that.
  bool Proves(const v1::InclusionProof& proof, const std::string& leaf, const std::string& checkpoint) const;

  // What people were told to look at, in order.
  std::vector<std::string> alerts;

  // What outlives the process.
  storage::FakeStore disk;
  storage::FakeLastSigned signed_disk;
  FakeKeyStore key_disk;
  HandClock clock;
  SeededEntropy entropy;
  KeyedHashChecker checker;
  trust::PublicKeyChecker real_checker{256};
  PlainWrapper wrapper;
  TempFolder paper_folder;
  blobs::BlobLimits paper_limits{.free_bytes_min = 0};  // as of the next Start
  v1::LogFounded founding;
  std::unique_ptr<journal::Ed25519NoteSigner> log_signer;
  std::unique_ptr<journal::NoteVerifier> log_verifier;

  // The process.
  std::unique_ptr<trust::KeyRing> ring;
  std::unique_ptr<RingKeys> keys;
  std::unique_ptr<dispatch::Dispatcher> dispatcher;
  std::unique_ptr<core::Sequencer> sequencer;
  std::unique_ptr<blobs::BlobStore> papers;
  std::unique_ptr<api::Handlers> handlers;

 private:
  const bool real_keys_;
  std::map<std::string, std::unique_ptr<trust::Signer>> signers_;
  std::map<std::pair<std::string, v1::MemberType>, uint64_t> sequences_;
};

}  // namespace eagle::test
