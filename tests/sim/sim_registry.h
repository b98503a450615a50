// An office of things: the product's own register (adapters/register) of one kind, land, vehicles or equity, in an
// inbox whose process dies, with clerks who approve, refuse and enter what is served at the counter. Beside it the same
// office by the law alone (law_office.h), compared after every step that was committed.
//
// Private to the files of this folder. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/register/counter.h"
#include "adapters/register/register.h"
#include "tests/sim/dying_inbox.h"
#include "tests/sim/law_office.h"
#include "tests/sim/sim_agency.h"

namespace eagle::sim {

struct World::Registry : public World::Agency, public sdk::InboxRegister {
  // `which`: 0 land, 1 vehicles, 2 equity. `persons`: number and name; the last is nobody's respondent.
  Registry(World& owner, std::string office_code, uint64_t seed, int which,
           const std::vector<std::pair<std::string, std::string>>& persons);

  // --- an agency
  std::vector<goldeneagle::v1::Capability> Abilities() const override;
  absl::StatusOr<std::unique_ptr<sdk::Agent>> Make(const sdk::AgentConfig& config) override;
  void Drop() override;
  const std::vector<SimCore::Effect>& effects() const override { return effects_; }
  std::optional<sdk::Encumbrance> RowOf(const std::string& operation) override;
  std::pair<int64_t, int64_t> ExposureOf(const std::string& operation) override { return law.ExposureOf(operation); }
  bool WaitedOnce(const std::string& operation) override { return law.WaitedOnce(operation); }
  void VisitStanding(const sdk::PositionDay& asked, sdk::InboxTransaction& transaction,
                     const sdk::PositionVisitor& visit) override;
  void People(bool all) override;
  bool Busy() override;

  // --- its register
  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request, sdk::InboxTransaction& transaction) override;
  absl::StatusOr<sdk::Answer> Decide(const sdk::Request& request, const sdk::Decision& decision,
                                     sdk::InboxTransaction& transaction) override;
  absl::Status Advance(absl::Time now, sdk::InboxTransaction& transaction) override;

  // --- its counter: nothing when nobody is there, or it is refused
  // Another court's seal, or ours on paper. Gives its number.
  std::string Seal(const std::string& court, const std::string& document, const LawOffice::Holder& of);
  void ReleaseAtCounter(const std::string& seal);
  void Sight(const std::string& unit, bool held);
  void Collect(const std::string& unit);
  void RegisterOwner(const std::string& unit);

  const registry::Kind& kind;
  registry::OfficeRules rules;
  LawOffice law;
  uint64_t sighted = 0;  // what it told courts of things that they look for

 private:
  absl::StatusOr<sdk::Json> Counter(const std::string& command, const std::map<std::string, std::string>& arguments);
  void Expect(const std::string& step, const std::string& by_law, const sdk::Answer& answer);
  void Compare(const std::string& step, absl::Time now);

  std::unique_ptr<sdk::SqliteInbox> disk_;
  std::unique_ptr<DyingInbox> inbox_;
  std::optional<registry::Register> kept_;
  std::function<void()> pending_;  // what the transaction at hand does, by the law
  std::vector<SimCore::Effect> effects_;
  uint64_t certificates_ = 0;
};

}  // namespace eagle::sim
