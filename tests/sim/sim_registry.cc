#include "tests/sim/sim_registry.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/equity/kind.h"
#include "adapters/land/kind.h"
#include "adapters/register/tables.h"
#include "adapters/vehicle/kind.h"
#include "server/base/uuid.h"

namespace eagle::sim {

using namespace goldeneagle::v1;  // NOLINT: message and enumerator names
using registry::Extent;

namespace {

constexpr int64_t kWhole = 1'000'000'00;  // of a company's capital, in hundredths
constexpr int64_t kCounterMonths = 12;

const registry::Kind& KindOf(int which) {
  return which == 0 ? land::kLand : which == 1 ? vehicle::kVehicle : equity::kEquity;
}

LawOffice::Grip GripOf(const registry::Kind& kind) {
  return kind.extent == Extent::kPart    ? LawOffice::Grip::kPart
         : kind.extent == Extent::kWhole ? LawOffice::Grip::kWhole
                                         : LawOffice::Grip::kQuantity;
}

std::vector<std::string> UnitsOf(int which) {
  if (which == 0)
    return {"990101001002GB00123F00010012", "990101001002GB00123F00010013", "990101001002GB00123F00010014"};
  if (which == 1) return {"L99BL1A10RA000018", "L99BL1A11RA000027"};
  return {"919901019900000178", "919901019900002010"};
}

// Who owns what: alone, by shares, and (land) who is still to become the owner.
std::vector<LawOffice::Holder> HoldersOf(int which, size_t place, const std::string& unit,
                                         const std::vector<std::pair<std::string, std::string>>& persons) {
  if (which == 0 && place == 2)
    return {{.unit = unit, .number = 1, .person = persons[2].first},
            {.unit = unit, .number = 2, .person = persons[0].first, .expected = true}};
  if (which == 1 || place == 0) return {{.unit = unit, .number = 1, .person = persons[place % 2].first}};
  return {{.unit = unit, .number = 1, .person = persons[0].first, .numerator = 2, .denominator = 5},
          {.unit = unit, .number = 2, .person = persons[1].first, .numerator = 3, .denominator = 5}};
}

}  // namespace

World::Registry::Registry(World& owner, std::string office_code, uint64_t seed, int which,
                          const std::vector<std::pair<std::string, std::string>>& persons)
    : Agency(owner, std::move(office_code), seed),
      kind(KindOf(which)),
      rules{.kind = kind, .registry = "登记中心", .zone = owner.zone_},
      law(GripOf(kind), kind.things.front().movable, kind.freeze == registry::Mode::kManual, seed % 2 == 0,
          owner.zone_) {
  rules.transfer = seed % 2 == 0 ? registry::Mode::kManual : registry::Mode::kAutomatic;
  auto disk = sdk::SqliteInbox::Open(":memory:");
  GATEWAY_ASSERT(disk.ok(), "an inbox in memory opens");
  disk_ = *std::move(disk);
  GATEWAY_ASSERT(registry::Register::Open(*disk_, rules).ok(), "a new register opens");
  auto transaction = disk_->Begin();
  registry::Tables tables(*transaction, kind);
  const std::vector<std::string> units = UnitsOf(which);
  for (size_t i = 0; i < units.size(); ++i) {
    registry::Unit unit{.number = units[i], .values = std::vector<std::string>(kind.fields.size(), "1")};
    if (kind.extent == Extent::kQuantity) unit.values[registry::PlaceOf(kind, kind.whole_field)] = "1000000.00";
    if (which == 1) unit.values[registry::PlaceOf(kind, "states")] = "A";
    tables.AddUnit(unit);
    const std::vector<LawOffice::Holder> holders = HoldersOf(which, i, units[i], persons);
    law.Open(units[i], kWhole, holders);
    for (const LawOffice::Holder& holder : holders) {
      const auto person =
          std::find_if(persons.begin(), persons.end(), [&](const auto& one) { return one.first == holder.person; });
      tables.AddHolder(
          {.unit = units[i],
           .number = holder.number,
           .name = person->second,
           .id_kind = "CITIZEN_ID",
           .id_number = holder.person,
           .share_numerator = static_cast<uint32_t>(holder.numerator),
           .share_denominator = static_cast<uint32_t>(holder.denominator),
           .co_ownership = holder.denominator == 1 ? registry::CoOwnership::kSole : registry::CoOwnership::kByShares,
           .certificate_number = absl::StrCat("C", holder.number),
           .values = std::vector<std::string>(kind.holder_fields.size(), "100.00"),
           .state = holder.expected ? registry::HolderState::kExpected : registry::HolderState::kCurrent});
    }
  }
  GATEWAY_ASSERT(transaction->Commit().ok(), "a register in memory is filled");
}

std::vector<Capability> World::Registry::Abilities() const {
  std::vector<Capability> out;
  const std::string asset_kind = kind.things.front().asset_kind;
  for (Action action : {ACTION_INQUIRE, ACTION_FREEZE, ACTION_RENEW, ACTION_RELEASE, ACTION_TRANSFER_TITLE}) {
    out.push_back(AbilityOf(asset_kind, action));
    out.back().set_partial_release(action == ACTION_RELEASE && kind.extent == Extent::kQuantity);
  }
  if (kind.things.front().movable) out.push_back(AbilityOf(asset_kind, ACTION_LOCATE));
  return out;
}

absl::StatusOr<std::unique_ptr<sdk::Agent>> World::Registry::Make(const sdk::AgentConfig& config) {
  inbox_ = std::make_unique<DyingInbox>(*disk_, plan);
  inbox_->on_begin = [this] { pending_ = nullptr; };
  inbox_->on_committed = [this] {
    if (pending_) std::exchange(pending_, nullptr)();
  };
  EAGLE_ASSIGN_OR_RETURN(registry::Register kept, registry::Register::Open(*disk_, rules));
  kept_.emplace(std::move(kept));
  return sdk::Agent::Make(config, Ports(*inbox_), *this);
}

void World::Registry::Drop() {
  kept_.reset();
  inbox_.reset();
  pending_ = nullptr;
}

// --- its register

absl::StatusOr<sdk::Answer> World::Registry::Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  if (world.dice_.OneIn(world.weather_.core_fault_one_in)) return Fail(Reason::kUnavailable, "the disk is slow");
  return kept_->Inquire(request, transaction);
}

absl::StatusOr<sdk::Answer> World::Registry::Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) {
  auto answer = kept_->Apply(request, transaction);
  if (!answer.ok() || world.dice_.OneIn(world.weather_.core_fault_one_in))
    return Fail(Reason::kUnavailable, "nothing was done");
  // The request lives as long as this call only.
  pending_ = [this, order = request.order, operation = request.operation, digest = request.order_digest,
              arrival = request.arrival, now = request.now, done = *answer,
              freeze = request.freeze_operation == nullptr ? std::nullopt : std::optional(*request.freeze_operation)] {
    const sdk::Request again{operation, order, digest, arrival, now, freeze ? &*freeze : nullptr};
    const std::string step = Action_Name(order.action());
    Expect(step, law.Apply(again), done);
    Compare(step, now);
    effects_.push_back({operation.Text(), order.action(), order.subject().id_number(), arrival.sequence});
  };
  return answer;
}

absl::StatusOr<sdk::Answer> World::Registry::Decide(const sdk::Request& request, const sdk::Decision& decision,
                                                    sdk::InboxTransaction& transaction) {
  EAGLE_ASSIGN_OR_RETURN(sdk::Answer answer, kept_->Decide(request, decision, transaction));
  pending_ = [this, order = request.order, operation = request.operation, digest = request.order_digest,
              arrival = request.arrival, now = request.now, answer, approved = decision.approved,
              freeze = request.freeze_operation == nullptr ? std::nullopt : std::optional(*request.freeze_operation)] {
    const sdk::Request again{operation, order, digest, arrival, now, freeze ? &*freeze : nullptr};
    const std::string step = absl::StrCat("a clerk's word on ", Action_Name(order.action()));
    Expect(step, law.Decide(again, approved), answer);
    Compare(step, now);
  };
  return answer;
}

absl::Status World::Registry::Advance(absl::Time now, sdk::InboxTransaction& transaction) {
  return kept_->Advance(now, transaction);
}

void World::Registry::Expect(const std::string& step, const std::string& by_law, const sdk::Answer& answer) {
  const std::string said = answer.kind == sdk::AnswerKind::kReturned
                               ? "RETURNED"
                               : Outcome_Name(answer.items.front().outcome()).substr(std::string("OUTCOME_").size());
  if (said != by_law) {
    const std::string why = answer.items.empty() ? "" : answer.items.front().reason();
    Agree(step, absl::StrCat("by the law it is ", by_law, ", the office says ", said, " ", why));
  }
}

void World::Registry::Compare(const std::string& step, absl::Time now) {
  law.PassTo(now);
  auto transaction = disk_->Begin();
  registry::Tables tables(*transaction, kind);
  std::vector<sdk::Encumbrance> rows;
  std::map<std::string, int64_t> balances;
  std::vector<std::string> owners, by_law;
  for (const std::string& unit : law.units()) {
    for (const registry::Seal& seal : tables.SealsOf(unit, registry::Tables::Which::kAll)) {
      const sdk::Encumbrance& row = seal.row;
      if (row.phase == sdk::Phase::kEffective && row.effective_to && *row.effective_to <= now) return;
      rows.push_back(row);
    }
    for (const registry::Holder& holder : tables.HoldersOf(unit)) {
      const bool former = holder.state == registry::HolderState::kFormer;
      owners.push_back(absl::StrCat(unit, " ", holder.number, " ", holder.id_number, " ", holder.share_numerator, "/",
                                    holder.share_denominator, former ? " former" : "",
                                    holder.state == registry::HolderState::kExpected ? " expected" : ""));
      if (former && kind.extent != Extent::kWhole) continue;
      const auto quantity = registry::QuantityOf(kWhole, holder.share_numerator, holder.share_denominator);
      balances[registry::AssetId(kind, unit, holder.number)] =
          kind.extent == Extent::kQuantity ? quantity.value_or(0) : 1;
    }
  }
  for (const LawOffice::Holder& holder : law.holders())
    by_law.push_back(absl::StrCat(holder.unit, " ", holder.number, " ", holder.person, " ", holder.numerator, "/",
                                  holder.denominator, holder.former ? " former" : "",
                                  holder.expected ? " expected" : ""));
  std::sort(owners.begin(), owners.end()), std::sort(by_law.begin(), by_law.end());
  for (size_t i = 0; i < std::max(owners.size(), by_law.size()); ++i) {
    const std::string a = i < by_law.size() ? by_law[i] : "nobody", b = i < owners.size() ? owners[i] : "nobody";
    if (a != b) return Agree(step, absl::StrCat("who owns: law ", a, ", register ", b));
  }
  Agree(step, law.law().Differs(rows, balances));
}

// --- what stands there

std::optional<sdk::Encumbrance> World::Registry::RowOf(const std::string& operation) {
  const auto parsed = sdk::ParseOperation(operation);
  auto transaction = disk_->Begin();
  const auto seal = registry::Tables(*transaction, kind).FindSealOf(*parsed);
  return seal ? std::optional(seal->row) : std::nullopt;
}

void World::Registry::VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction& transaction,
                                    const sdk::PositionVisitor& visit) {
  (void)kept_->VisitPositions(asked, transaction, visit);
}

// --- its people

absl::StatusOr<sdk::Json> World::Registry::Counter(const std::string& command,
                                                   const std::map<std::string, std::string>& arguments) {
  if (!Up()) return Fail(Reason::kUnavailable, "nobody is there");
  plan.Revive();  // this commit is seen through, so that the clerk knows what he did
  sdk::CounterRequest request{.command = command};
  for (const auto& [key, value] : arguments) sdk::Put(request.arguments, key, value);
  const registry::Desk desk{[this](const sdk::Operation& operation, const sdk::Decision& decision) {
                              return agent->DecideReview(operation, decision);
                            },
                            [this](const auto& work) { return agent->InTransaction(work); }};
  auto done = registry::Counter(rules, desk).Handle(request, world.true_clock_.WallNow());
  if (world.weather_.agent_crash_one_in > 0) plan.DieAt(1 + world.dice_.Below(world.weather_.agent_crash_one_in));
  StepSoon(absl::ZeroDuration());
  return done;
}

std::string World::Registry::Seal(const std::string& court, const std::string& document, const LawOffice::Holder& of) {
  const absl::Time now = world.true_clock_.WallNow();
  const auto done = Counter("seal", {{"unit", of.unit},
                                     {"court", court},
                                     {"document", document},
                                     {"holder", std::to_string(of.number)},
                                     {"months", std::to_string(kCounterMonths)}});
  if (!done.ok()) return "";
  const std::string seal = sdk::TextAt(*done, "seal");
  law.Enter(seal, court, document, of, static_cast<uint64_t>(sdk::NumberAt(*done, "served_sequence")), kCounterMonths,
            now);
  Compare("a seal at the counter", now);
  return seal;
}

void World::Registry::ReleaseAtCounter(const std::string& seal) {
  if (!Up()) return;
  const absl::Time now = world.true_clock_.WallNow();
  const bool done = Counter("release", {{"id", seal}}).ok();
  if (done != law.ReleaseAtCounter(seal, now))
    Agree("a release at the counter", absl::StrCat("done: ", done, ", by the law otherwise"));
  Compare("a release at the counter", now);
}

void World::Registry::Sight(const std::string& unit, bool held) {
  if (!Up()) return;
  const absl::Time now = world.true_clock_.WallNow();
  std::map<std::string, std::string> arguments = {{"unit", unit}, {"place", "沈北大街"}, {"by", "交警"}};
  if (held) {
    arguments["held"] = "true", arguments["custody"] = "停车场";
    arguments["collect-by"] = absl::FormatCivilTime(absl::ToCivilDay(now, world.zone_) + 3);
  }
  const auto done = Counter("sighting", arguments);
  const auto looking = law.Looking(unit, now);
  const size_t told = done.ok() ? static_cast<size_t>(done->fields().at("told").list_value().values_size()) : 0;
  if (told != looking.size())
    Agree("a sighting", absl::StrCat(looking.size(), " courts look for it, ", told, " were told"));
  sighted += told;
  if (told > 0) ++world.numbers_.acts[held ? "a movable was held" : "a movable was sighted"];
}

void World::Registry::Collect(const std::string& unit) {
  if (!Up()) return;
  const absl::Time now = world.true_clock_.WallNow();
  const bool looked_for = !law.Looking(unit, now).empty();
  if (Counter("collected", {{"unit", unit}}).ok() != looked_for)
    Agree("a movable was collected", "by the law it is otherwise looked for");
  law.Collected(unit, now);
}

void World::Registry::RegisterOwner(const std::string& unit) {
  if (!Up()) return;
  const absl::Time now = world.true_clock_.WallNow();
  const auto done = Counter("register-owner", {{"unit", unit}, {"certificate", absl::StrCat("N", ++certificates_)}});
  if (ReasonOf(done.status()) == Reason::kBusy) return;
  if (done.ok() != law.RegisterOwner(unit))
    Agree("an owner is registered", absl::StrCat("done: ", done.ok(), ", by the law otherwise"));
  Compare("an owner is registered", now);
}

void World::Registry::People(bool all) {
  if (!Up()) return;
  for (const sdk::ClerkTask& task : agent->ClerkQueue()) {
    if (task.state != sdk::TaskState::kUnderReview || (!all && world.act_dice_.OneIn(3))) continue;
    const bool approved = all || !world.act_dice_.OneIn(6);
    (void)agent->DecideReview(task.operation,
                              {.approved = approved, .clerk = "clerk", .reason = "OTHER", .remark = ""});
    StepSoon(absl::ZeroDuration());
    if (!Up()) return;  // died of it
  }
  for (const std::string& unit : law.units()) {
    const bool looked_for = !law.Looking(unit, world.true_clock_.WallNow()).empty();
    if (!all && looked_for && world.act_dice_.OneIn(4)) Sight(unit, world.act_dice_.OneIn(2));
  }
}

bool World::Registry::Busy() { return agent == nullptr || !agent->ClerkQueue().empty(); }

}  // namespace eagle::sim
