#include "tests/sim/province_gateway.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/assert.h"
#include "server/base/bytes.h"
#include "server/core/start.h"
#include "server/domain/instant.h"
#include "server/journal/merkle.h"
#include "server/journal/packed.h"

namespace eagle::province {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names

namespace {

constexpr char kOrigin[] = "province.example/log";

// As fast as a hash, and worth nothing: whoever reads this file can sign.
class KeyedHashNoteSigner : public journal::NoteSigner {
 public:
  const std::string& name() const override { return name_; }
  uint32_t key_id() const override { return 0x70726f76; }
  absl::StatusOr<std::string> Sign(std::string_view text) const override {
    const journal::Hash half = journal::Sha256(absl::StrCat("province", std::string(text)));
    return absl::StrCat(std::string(journal::View(half)), std::string(journal::View(half)));
  }

 private:
  std::string name_ = kOrigin;
};

LogFounded Founding() {
  LogFounded founding;
  founding.set_origin(kOrigin);
  founding.set_format_version(1);
  founding.set_environment(ENVIRONMENT_TEST);
  for (const char* name : {"admin1", "admin2", "admin3"}) {
    FoundingKey* key = founding.add_administrators();
    key->set_name(name), key->set_key(KeyOf(name));
  }
  for (const char* name : {"registrar1", "registrar2", "registrar3"}) {
    FoundingKey* key = founding.add_registrars();
    key->set_name(name), key->set_key(KeyOf(name));
  }
  founding.set_registrar_threshold(2), founding.set_approvals(2);
  return founding;
}

SystemIdentity SystemOf(const std::string& subject) {
  SystemIdentity system;
  system.set_spiffe_id("spiffe://province/" + subject);
  system.add_spki_sha256(KeyOf("certificate of " + subject));
  return system;
}

RegisterAgency RowOf(const AgencyPlan& of) {
  RegisterAgency row;
  row.set_code(of.code), row.set_name(of.name), row.set_kind(of.kind), row.set_region(of.region);
  *row.mutable_system() = SystemOf("agency/" + of.code);
  for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_DEDUCT}) {
    if (action == ACTION_DEDUCT && !of.money()) continue;
    Capability* row_of = row.add_capabilities();
    row_of->set_action(action), row_of->set_asset_kind(of.asset_kind);
    row_of->set_by_clerk(of.habit == Habit::kClerk);
  }
  return row;
}

Statement About(const std::string& subject, StatementKind kind, absl::Time now) {
  Statement out;
  out.set_subject(subject), out.set_sequence(1), out.set_kind(kind), out.set_environment(ENVIRONMENT_TEST);
  *out.mutable_valid_from() = domain::ToProto(now - absl::Hours(24));
  *out.mutable_valid_until() = domain::ToProto(now + absl::Hours(24 * 800));
  return out;
}

Statement AccountStatement(const CourtPlan& court, absl::Time now) {
  Statement account = About(absl::StrCat("court/", court.code, "/account/1"), STATEMENT_KIND_ACCOUNT, now);
  const CourtAccount of = AccountOf(court);
  account.mutable_account()->set_account_name(of.account_name()), account.mutable_account()->set_bank(of.bank());
  account.mutable_account()->set_account_number(of.account_number());
  return account;
}

}  // namespace

std::string IdOf(uint64_t number) {
  return std::string(6, '\0') + "\x70" + std::string(1, '\0') + "\x80" + BigEndian(number).substr(1);
}
std::string KeyOf(const std::string& name) { return std::string(journal::View(journal::Sha256("key of " + name))); }
std::string TagOf(const std::string& what) {
  return std::string(journal::View(journal::Sha256("tag of " + what))).substr(0, 20);
}
CourtAccount AccountOf(const CourtPlan& court) {
  CourtAccount account;
  account.set_account_name(court.name + "案款专户"), account.set_bank("9900001");
  account.set_account_number("9900010000000099010");
  return account;
}

absl::Status ForgetfulStore::Append(const storage::Commit& commit) {
  ++commits, journal_bytes += commit.entries.size();
  for (const storage::RowChange& row : commit.rows) row_bytes += row.key.size() + (row.value ? row.value->size() : 0);
  if (!forgetting_) return kept_.Append(commit);
  storage::CheckCommit(commit);
  if (commit.first_index != head_.next_index) return storage::HeadMoved(head_.next_index, commit.first_index);
  head_ = {commit.first_index + commit.count, commit.time_us};
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<storage::Reader>> ForgetfulStore::NewReader() {
  if (forgetting_) return Fail(Reason::kStorageUnusable, "nothing was kept that could be read");
  return kept_.NewReader();
}

Gateway::Gateway(const Plan& plan, absl::Time start, const Options& options)
    : plan_(plan), truth_(start), entropy_(options.seed) {
  clock_.wall = start;
  if (options.real_key) {
    signer_ =
        std::make_unique<journal::Ed25519NoteSigner>(kOrigin, *journal::PrivateKey::FromSeed(std::string(32, 'p')));
  } else {
    signer_ = std::make_unique<KeyedHashNoteSigner>();
  }
  storage::Store* store = nullptr;
  if (options.keep) {
    kept_ = std::make_unique<storage::FakeStore>();
    store = kept_.get();
  } else {
    forgetful_ = std::make_unique<ForgetfulStore>();
    store = forgetful_.get();
  }
  GATEWAY_ASSERT(core::Found(Founding(), start, *store, last_signed_, *signer_).ok(), "a new log");
  auto opened = core::Open(*store, last_signed_, *signer_, keys_);
  GATEWAY_ASSERT(opened.ok(), "the log just founded");
  {
    const auto reader = *store->NewReader();
    const auto commit = **reader->CommitAt(0);
    const std::vector<journal::PackedEntry> entries = *journal::Unpack(commit.entries, commit.count);
    first_leaf_ = entries[0].leaf;
  }
  if (forgetful_ != nullptr) forgetful_->Forget();
  sequencer_ = std::make_unique<core::Sequencer>(
      *std::move(opened), core::SequencerPorts{*store, last_signed_, *signer_, keys_, clock_, entropy_});
}

std::string Gateway::VerifierKey() const {
  return static_cast<const journal::Ed25519NoteSigner&>(*signer_).VerifierKey();
}

void Gateway::AdvanceTo(absl::Time truth) {
  GATEWAY_ASSERT(truth >= truth_, "time passes");
  clock_.Advance(truth - truth_);
  truth_ = truth;
}

void Gateway::Give(domain::Command command, Told told) {
  ++waiting_;
  const absl::Status queued = sequencer_->Submit(
      std::move(command), [this, told = std::move(told)](const domain::Result& result, const core::CommitView&) {
        --waiting_;
        const auto count = [this](const Failure& failure) {
          if (refused_++ > 0) return;
          first_refusal_ = failure.message;
          for (const Violation& wrong : failure.violations)
            absl::StrAppend(&first_refusal_, "; ", wrong.field, ": ", wrong.description);
        };
        if (!result.status.ok()) count(FailureOf(result.status));
        for (const domain::MemberResult& member : result.members) {
          if (member.refusal) count(*member.refusal);
        }
        if (told) told(result);
      });
  GATEWAY_ASSERT(queued.ok(), "a simulation gives no more at once than is taken");
}

void Gateway::Settle() {
  do GATEWAY_ASSERT(sequencer_->Step().ok(), "a commit");
  while (waiting_ > 0 || sequencer_->NextTimer() <= sequencer_->published()->recorded);
}

domain::SignedHead Gateway::HeadOver(MemberType type, const std::string& signer,
                                     const std::vector<std::string>& members, const std::vector<std::string>& keys) {
  domain::SignedHead out;
  journal::Frontier tree;
  for (const std::string& member : members) {
    const journal::Hash digest = journal::LeafHash(member);
    tree.Append(digest);
    out.digests.emplace_back(journal::View(digest));
  }
  out.head.set_member_type(type), out.head.set_environment(ENVIRONMENT_TEST), out.head.set_signer(signer);
  out.head.set_sequence(next_sequence_++), out.head.set_count(static_cast<uint32_t>(members.size()));
  out.head.set_root(std::string(journal::View(tree.Root())));
  *out.head.mutable_signed_at() = domain::ToProto(truth_);
  out.envelope.set_payload(out.head.SerializeAsString());
  out.head_digest = std::string(journal::View(journal::Sha256(out.envelope.payload())));
  out.keys = keys;
  return out;
}

void Gateway::Administer(const std::vector<Proposal>& proposals) {
  constexpr size_t kAtOnce = 64;
  for (size_t first = 0; first < proposals.size(); first += kAtOnce) {
    std::vector<Administration> acts;
    for (size_t i = first; i < std::min(proposals.size(), first + kAtOnce); ++i) {
      acts.emplace_back().set_request_id(IdOf(next_administration_++));
      *acts.back().mutable_proposal() = proposals[i];
    }
    std::vector<Administration> approvals;
    const auto submit = [&](const std::string& who, const std::vector<Administration>& members, Told told) {
      domain::SubmitAdministration command{
          .signed_head = Head(MEMBER_TYPE_ADMINISTRATION, "administrator", members, {KeyOf(who)})};
      for (const auto& act : members)
        command.members.push_back(
            {act.SerializeAsString(), act, KeyOf("payloads of " + act.request_id()).substr(0, 16)});
      Give(std::move(command), std::move(told));
      Settle();
    };
    submit("admin1", acts, [&](const domain::Result& made) {
      for (size_t i = 0; i < made.members.size(); ++i) {
        Administration& act = approvals.emplace_back();
        act.set_request_id(IdOf(next_administration_++));
        act.mutable_approval()->set_proposal_index(made.members[i].index);
        act.mutable_approval()->set_proposal_digest(
            std::string(journal::View(journal::LeafHash(acts[i].SerializeAsString()))));
      }
    });
    submit("admin2", approvals, [](const domain::Result& done) {
      for (const auto& member : done.members) GATEWAY_ASSERT(member.in_effect, "two administrators are enough");
    });
  }
}

void Gateway::AcceptClock() {
  GATEWAY_ASSERT(state().clock_alarm != 0, "an alarm stands");
  Proposal proposal;
  proposal.set_ground("时钟已校正"), proposal.mutable_clock()->set_alarm_index(state().clock_alarm);
  Administer({proposal});
}

void Gateway::Furnish() {
  std::vector<Proposal> proposals(1);
  proposals[0].set_ground("设立"), *proposals[0].mutable_policy()->mutable_table() = plan_.table;
  for (const CourtPlan& of : plan_.courts) {
    RegisterCourt& court = *proposals.emplace_back().mutable_court();
    court.set_code(of.code), court.set_name(of.name), court.set_superior(of.superior);
    *court.mutable_system() = SystemOf("court/" + of.code);
  }
  for (const AgencyPlan& of : plan_.agencies) *proposals.emplace_back().mutable_agency() = RowOf(of);
  for (Proposal& proposal : proposals) proposal.set_ground("设立");
  Administer(proposals);
  State();
  for (size_t i = 0; i < plan_.agencies.size(); ++i) {
    const RegisterAgency row = RowOf(plan_.agencies[i]);
    Give(domain::SayHello{.agency = AgencyOrdinal(static_cast<uint32_t>(i + 1)),
                          .instance = "12345678",
                          .inbox = KeyOf(row.code()).substr(0, 16),
                          .adapter = "province",
                          .version = "1",
                          .most_in_flight = 256,
                          .declared = {row.capabilities().begin(), row.capabilities().end()}});
  }
  Settle();
}

void Gateway::State() {
  const auto submit = [&](const std::string& signer, const std::vector<Statement>& statements,
                          const std::vector<std::string>& keys) {
    domain::SubmitStatements command{.signed_head = Head(MEMBER_TYPE_STATEMENT, signer, statements, keys)};
    for (const auto& statement : statements) command.members.push_back({statement.SerializeAsString(), statement});
    Give(std::move(command));
    Settle();
  };
  std::vector<Statement> keys;
  std::vector<std::string> subjects;
  for (const CourtPlan& of : plan_.courts) subjects.push_back("court/" + of.code);
  for (const AgencyPlan& of : plan_.agencies) subjects.push_back("agency/" + of.code);
  for (const std::string& subject : subjects) {
    Statement& key = keys.emplace_back(About(subject, STATEMENT_KIND_KEY, truth_));
    key.set_algorithm(KEY_ALGORITHM_ED25519), key.set_key(KeyOf(subject));
  }
  submit("registrar", keys, {KeyOf("registrar1"), KeyOf("registrar3")});
  for (const CourtPlan& of : plan_.courts) {
    std::vector<Statement> own;
    for (const auto& [name, role] :
         {std::pair{"handler", OFFICER_ROLE_HANDLER}, std::pair{"cosigner", OFFICER_ROLE_COSIGNER},
          std::pair{"leader", OFFICER_ROLE_LEADER}}) {
      const std::string subject = absl::StrCat("court/", of.code, "/officer/", name);
      Statement& officer = own.emplace_back(About(subject, STATEMENT_KIND_OFFICER, truth_));
      officer.set_algorithm(KEY_ALGORITHM_ED25519), officer.set_key(KeyOf(subject)), officer.add_roles(role);
      officer.mutable_officer()->set_name(name), officer.mutable_officer()->set_work_id_no("W"),
          officer.mutable_officer()->set_duty_card_no("D");
    }
    own.push_back(AccountStatement(of, truth_));
    const journal::Hash digest = journal::LeafHash(own.back().SerializeAsString());
    account_digests_.emplace_back(journal::View(digest));
    submit(of.code, own, {KeyOf("court/" + of.code)});
  }
}

}  // namespace eagle::province
