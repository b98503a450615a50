// What the clerk enters that courts are told of: where a movable was met that they look for, and that somebody who was
// registered in advance is an owner now, or won't be one.
#include "absl/strings/str_cat.h"
#include "adapters/register/counter.h"
#include "adapters/register/counter_arguments.h"
#include "adapters/sdk/inbox_rows.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/timestamps.h"

namespace eagle::registry {

// ---- Searches ----

void Counter::PutSearch(const Search& search, sdk::Json& out) const {
  const std::string& order_id = search.operation.order_id;
  sdk::Put(out, "order_id", order_id.size() == kUuidBytes ? UuidText(order_id) : "");
  sdk::Put(out, "seal", search.seal);
  sdk::Put(out, "hold", search.hold);
  sdk::Put(out, "last_day", absl::FormatCivilTime(sdk::LastDayBefore(search.to, rules_.zone)));
  if (!search.collect_contact.empty()) sdk::Put(out, "collect_contact", search.collect_contact);
  if (!search.collect_phone.empty()) sdk::Put(out, "collect_phone", search.collect_phone);
}

absl::StatusOr<sdk::v1::Sighting> Counter::SightingOf(const sdk::CounterRequest& request, absl::Time now) const {
  sdk::v1::Sighting sighting;
  EAGLE_ASSIGN_OR_RETURN(*sighting.mutable_place(), TextOf(request, "place"));
  EAGLE_ASSIGN_OR_RETURN(*sighting.mutable_seen_by(), TextOf(request, "by"));
  absl::Time seen_at = now;
  if (const std::string text = request.Optional("seen-at"); !text.empty()) {
    std::string error;
    if (!absl::ParseTime("%Y-%m-%d %H:%M:%S", text, rules_.zone, &seen_at, &error) || seen_at > now)
      return Fail(Reason::kFieldInvalid, "an argument is wrong")
          .At("seen-at", "a time of the office's zone as 2026-09-28 09:10:00, not in the future");
  }
  *sighting.mutable_seen_at() = trust::TimestampOf(seen_at);
  EAGLE_ASSIGN_OR_RETURN(const bool held, FlagOf(request, "held"));
  sighting.set_held(held);
  if (held) {
    EAGLE_ASSIGN_OR_RETURN(*sighting.mutable_custody_place(), TextOf(request, "custody"));
    EAGLE_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(request, "collect-by"));
    if (day < absl::ToCivilDay(now, rules_.zone))
      return Fail(Reason::kFieldInvalid, "an argument is wrong").At("collect-by", "not a day that is over");
    *sighting.mutable_collect_by() = trust::TimestampOf(absl::FromCivil(day + 1, rules_.zone));
  } else if (!request.Optional("custody").empty() || !request.Optional("collect-by").empty()) {
    return Fail(Reason::kFieldInvalid, "an argument is wrong").At("held", "true, when it is kept somewhere");
  }
  if (!request.Optional("remark").empty()) {
    EAGLE_ASSIGN_OR_RETURN(*sighting.mutable_remark(), TextOf(request, "remark"));
  }
  return sighting;
}

absl::StatusOr<sdk::Json> Counter::Sighting(const sdk::CounterRequest& request, absl::Time now,
                                            sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
  EAGLE_ASSIGN_OR_RETURN(const sdk::v1::Sighting sighting, SightingOf(request, now));
  Tables tables(transaction, rules_.kind);
  if (!tables.FindUnit(unit)) return NoSuch("unit", "the register has no such unit");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));  // a measure that has ended is looked for no more
  const std::vector<Search> searches = tables.SearchesOf(unit, now);
  if (searches.empty()) return NoSuch("unit", "no court looks for it");
  sdk::Json out;
  sdk::Put(out, "unit", unit);
  for (const Search& search : searches) {
    const bool seized = sighting.held() && search.hold;
    sdk::RegisterChange told{.kind = sdk::RegisterChange::Kind::kEvent, .operation = search.operation, .at = now};
    told.change = seized ? sdk::v1::MEASURE_CHANGE_SEIZED : sdk::v1::MEASURE_CHANGE_SIGHTED;
    told.item = book.ItemOf(search.seal);
    *told.item.mutable_sighting() = sighting;
    sdk::InboxTables(transaction).AppendChange(std::move(told));
    sdk::Json& row = sdk::AddTo(out, "told");
    sdk::Put(row, "change", seized ? "SEIZED" : "SIGHTED");
    PutSearch(search, row);
  }
  return out;
}

absl::StatusOr<sdk::Json> Counter::Collected(const sdk::CounterRequest& request, absl::Time now,
                                             sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
  Tables tables(transaction, rules_.kind);
  const std::vector<Search> searches = tables.SearchesOf(unit, now);
  if (searches.empty()) return NoSuch("unit", "no court looks for it");
  sdk::Json out;
  sdk::Put(out, "unit", unit);
  for (const Search& search : searches) {
    tables.EndSearch(search, "COLLECTED", now);
    PutSearch(search, sdk::AddTo(out, "ended"));
  }
  return out;
}

// ---- Advance notices 预告登记 ----

absl::StatusOr<sdk::Json> Counter::RegisterOwner(const sdk::CounterRequest& request, absl::Time now,
                                                 sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
  EAGLE_ASSIGN_OR_RETURN(const std::string certificate, TextOf(request, "certificate"));
  Tables tables(transaction, rules_.kind);
  if (!tables.FindUnit(unit)) return NoSuch("unit", "the register has no such unit");
  if (HasOrderBefore(unit, transaction)) return Busy("an order that arrived on this unit is being entered: try again");
  std::vector<std::string> pre_seals;
  {
    EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
    if (book.Count(HolderState::kExpected) == 0) return NoSuch("unit", "nobody is registered in advance");
    for (Holder holder : book.holders()) {
      if (holder.state == HolderState::kFormer) continue;
      const std::vector<std::string> seals = book.SealsAgainst(holder.number);
      if (holder.state == HolderState::kCurrent && !seals.empty())
        return Fail(Reason::kMeasureExists, absl::StrCat("the owner's part is sealed: ", seals.front()))
            .With("measure", seals.front());
      pre_seals.insert(pre_seals.end(), seals.begin(), seals.end());
      const bool was_expected = holder.state == HolderState::kExpected;
      holder.state = was_expected ? HolderState::kCurrent : HolderState::kFormer;
      if (was_expected) holder.certificate_number = certificate;
      tables.SetHolder(holder);
    }
  }
  for (const std::string& id : pre_seals) {
    auto seal = tables.FindSeal(id);
    ++seal->row.revision;  // a seal is a newer state of the measure than the pre-seal
    tables.PutSeal(*seal);
  }
  EAGLE_ASSIGN_OR_RETURN(const UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
  sdk::Json out;
  sdk::Put(out, "unit", unit);
  sdk::PutList(out, "converted");
  for (const std::string& id : pre_seals) {
    const Seal& seal = *book.FindSeal(id);
    PutSeal(seal, book, tables, sdk::AddTo(out, "converted"));
    // What waits for its clerk says with his word that it is a seal.
    if (!seal.IsOurs() || seal.row.phase == sdk::Phase::kPending) continue;
    sdk::RegisterChange told{.kind = sdk::RegisterChange::Kind::kEvent, .operation = seal.operation, .at = now};
    told.change = sdk::v1::MEASURE_CHANGE_CONVERTED;
    told.item = book.ItemOf(id);
    sdk::InboxTables(transaction).AppendChange(std::move(told));
  }
  return out;
}

absl::StatusOr<sdk::Json> Counter::EndNotice(const sdk::CounterRequest& request, absl::Time now,
                                             sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
  Tables tables(transaction, rules_.kind);
  if (!tables.FindUnit(unit)) return NoSuch("unit", "the register has no such unit");
  if (HasOrderBefore(unit, transaction)) return Busy("an order that arrived on this unit is being entered: try again");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
  std::vector<std::string> ended;
  std::vector<Holder> gone;
  for (const Holder& holder : book.holders()) {
    if (holder.state != HolderState::kExpected) continue;
    gone.push_back(holder);
    const std::vector<std::string> seals = book.SealsAgainst(holder.number);
    ended.insert(ended.end(), seals.begin(), seals.end());
  }
  if (gone.empty()) return NoSuch("unit", "nobody is registered in advance");
  book.seals().EndWithRight(ended);
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  for (Holder& holder : gone) {
    holder.state = HolderState::kFormer;
    tables.SetHolder(holder);
  }
  sdk::Json out;
  sdk::Put(out, "unit", unit);
  sdk::PutList(out, "ended");
  for (const std::string& id : ended) PutSeal(*book.FindSeal(id), book, tables, sdk::AddTo(out, "ended"));
  return out;
}

}  // namespace eagle::registry
