#include "tests/support/gateway_fixture.h"

#include "server/base/assert.h"
#include "server/base/uuid.h"
#include "server/core/tiles.h"
#include "server/domain/apply.h"
#include "server/journal/checkpoint.h"
#include "server/journal/ed25519.h"
#include "server/journal/leaf.h"

namespace eagle::test {
namespace {

constexpr char kOrigin[] = "test.goldeneagle.example/log";

void AddFoundingKey(const std::string& name, trust::Signer& signer, v1::FoundingKey& key) {
  key.set_name(name);
  key.set_algorithm(signer.algorithm());
  key.set_key(signer.public_key());
}

}  // namespace

RingKeys::RingKeys(trust::KeyRing& ring) : ring_(ring) {
  const auto ids = ring.KeysOf("log");
  GATEWAY_ASSERT(ids.ok() && ids->size() <= 1, "a log has one key");
  if (ids->empty()) {
    const auto made = ring.NewKey("log");
    GATEWAY_ASSERT(made.ok(), "the fake store takes keys");
    log_key_id_ = *made;
  } else {
    log_key_id_ = ids->front();
  }
}

GatewayFixture::GatewayFixture(const Options& options) : entropy(options.seed), real_keys_(options.real_keys) {
  clock.wall = options.start;
  log_signer =
      std::make_unique<journal::Ed25519NoteSigner>(kOrigin, *journal::PrivateKey::FromSeed(std::string(32, 's')));
  log_verifier = *journal::ParseVerifierKey(log_signer->VerifierKey());
  founding.set_origin(kOrigin);
  founding.set_partition(1);
  founding.set_format_version(1);
  founding.set_environment(options.environment);
  for (const char* name : {"administrator-1", "administrator-2"})
    AddFoundingKey(name, Key(name), *founding.add_administrators());
  for (const char* name : {"registrar-1", "registrar-2", "registrar-3"})
    AddFoundingKey(name, Key(name), *founding.add_registrars());
  founding.set_registrar_threshold(2);
  founding.set_approvals(2);
  if (real_keys_) {
    v1::FoundingKey& key = *founding.mutable_log_key();
    key.set_name(kOrigin);
    key.set_algorithm(v1::KEY_ALGORITHM_ED25519);
    key.set_key(std::string(journal::PrivateKey::FromSeed(std::string(32, 's'))->PublicKeyOf().View()));
  }
  Start();
}

GatewayFixture::~GatewayFixture() { Stop(); }

void GatewayFixture::Start() {
  auto opened_ring = trust::KeyRing::Open(key_disk, wrapper, entropy);
  GATEWAY_ASSERT(opened_ring.ok(), "the fake key store opens");
  ring = *std::move(opened_ring);
  keys = std::make_unique<RingKeys>(*ring);
  if (disk.Head().next_index == 0) {
    const absl::Status founded = core::Found(founding, clock.WallNow(), disk, signed_disk, *log_signer);
    GATEWAY_ASSERT(founded.ok(), "the log is founded");
  }
  auto opened = core::Open(disk, signed_disk, *log_signer, *keys);
  GATEWAY_ASSERT(opened.ok(), std::string(opened.status().message()).c_str());
  dispatcher = std::make_unique<dispatch::Dispatcher>(clock, dispatch::Options{});
  sequencer = std::make_unique<core::Sequencer>(
      *std::move(opened), core::SequencerPorts{disk, signed_disk, *log_signer, *keys, clock, entropy});
  sequencer->SetHandout(dispatcher.get());
  dispatcher->SetWake([this] { sequencer->WakeUp(); });
  auto opened_papers = blobs::BlobStore::Open(paper_folder.path(), paper_limits, clock, entropy);
  GATEWAY_ASSERT(opened_papers.ok(), "the folder of papers opens");
  papers = *std::move(opened_papers);
  const trust::SignatureChecker& checks =
      real_keys_ ? static_cast<const trust::SignatureChecker&>(real_checker) : checker;
  handlers = std::make_unique<api::Handlers>(
      api::HandlerPorts{.sequencer = *sequencer,
                        .dispatcher = *dispatcher,
                        .store = disk,
                        .keys = *keys,
                        .key_ring = *ring,
                        .checker = checks,
                        .clock = clock,
                        .real = clock,
                        .alert = [this](std::string_view event, const auto&) { alerts.emplace_back(event); },
                        .papers = papers.get()});
  sequencer->AddListener(handlers->witnesses());
  sequencer->AddListener(handlers->supervision());
}

void GatewayFixture::Stop() {
  handlers.reset();
  papers.reset();
  sequencer.reset();
  dispatcher.reset();
  keys.reset();
  ring.reset();
}

void GatewayFixture::Run() {
  while (sequencer->HasWork()) {
    const absl::Status status = sequencer->Step();
    GATEWAY_ASSERT(status.ok(), std::string(status.message()).c_str());
  }
}

void GatewayFixture::Advance(absl::Duration by) {
  clock.Advance(by);
  handlers->Housekeeping();
  Run();
}

api::Caller GatewayFixture::Court(const std::string& code) const {
  const domain::Court* court = state().directory.CourtByCode(code);
  GATEWAY_ASSERT(court != nullptr, "the court is registered");
  return {.role = api::Role::kCourt,
          .code = code,
          .court = court->ordinal,
          .spiffe_id = court->row.system().spiffe_id(),
          .certificate_sha256 = CertificateOf(court->row.system().spiffe_id())};
}

api::Caller GatewayFixture::Agency(const std::string& code) const {
  const domain::Agency* agency = state().directory.AgencyByCode(code);
  GATEWAY_ASSERT(agency != nullptr, "the agency is registered");
  return {.role = api::Role::kAgency,
          .code = code,
          .agency = agency->ordinal,
          .spiffe_id = agency->row.system().spiffe_id()};
}

trust::Signer& GatewayFixture::Key(const std::string& name) {
  auto& signer = signers_[name];
  if (signer == nullptr && real_keys_) {
    const journal::Hash seed = journal::Sha256(name);
    signer = std::make_unique<trust::Ed25519Signer>(*trust::Ed25519Signer::FromSeed(journal::View(seed)));
  }
  if (signer == nullptr) signer = std::make_unique<KeyedHashSigner>(name);
  return *signer;
}

v1::SignedBatch GatewayFixture::Sign(v1::MemberType type, const std::string& signer, std::vector<std::string> members,
                                     const std::vector<std::string>& key_names) {
  std::vector<trust::Signer*> signers;
  for (const std::string& name : key_names) signers.push_back(&Key(name));
  const trust::HeadFields head{.member_type = type,
                               .environment = founding.environment(),
                               .signer = signer,
                               .sequence = ++sequences_[{signer, type}],
                               .signed_at = clock.wall};
  return trust::MakeBatch(head, std::move(members), signers);
}

v1::SignedMember GatewayFixture::Ticket(const api::Caller& caller, const std::string& officer, const std::string& court,
                                        const std::string& case_number, const std::string& purpose) {
  return trust::MakeTicket({.environment = founding.environment(),
                            .officer = officer,
                            .officers_of = officer.substr(6, officer.find('/', 6) - 6),
                            .court = court,
                            .case_number = case_number,
                            .purpose = purpose,
                            .certificate_sha256 = caller.certificate_sha256,
                            .issued_at = clock.wall,
                            .lifetime = absl::Minutes(10)},
                           Key(officer));
}

std::string GatewayFixture::NewId() { return NewUuidV7(clock.wall, entropy); }

std::vector<std::string> GatewayFixture::Types() const {
  std::vector<std::string> types;
  auto reader = const_cast<storage::FakeStore&>(disk).NewReader();
  GATEWAY_ASSERT(reader.ok(), "the fake store has readers");
  const absl::Status status =
      core::ForEachEntry(**reader, 0, [&](uint64_t, std::string_view leaf, std::string_view) -> absl::Status {
        EAGLE_ASSIGN_OR_RETURN(const journal::Leaf decoded, journal::DecodeLeaf(leaf));
        types.push_back(domain::EntryTypeName(static_cast<v1::EntryType>(decoded.type)));
        return absl::OkStatus();
      });
  GATEWAY_ASSERT(status.ok(), "every entry can be read");
  return types;
}

size_t GatewayFixture::Count(const std::string& type) const {
  size_t count = 0;
  for (const std::string& each : Types()) count += each == type ? 1 : 0;
  return count;
}

bool GatewayFixture::Proves(const v1::InclusionProof& proof, const std::string& leaf,
                            const std::string& checkpoint) const {
  const auto head = journal::OpenCheckpoint(checkpoint, *log_verifier);
  if (!head.ok() || head->size != proof.size()) return false;
  std::vector<journal::Hash> path;
  for (const std::string& hash : proof.hashes()) path.push_back(*journal::HashFrom(hash));
  return journal::VerifyInclusion(journal::LeafHash(leaf), proof.index(), proof.size(), path, head->root);
}

}  // namespace eagle::test
