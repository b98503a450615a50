#include "adapters/register/counter.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "adapters/register/counter_arguments.h"
#include "adapters/sdk/answer.h"
#include "adapters/sdk/inbox_rows.h"
#include "adapters/sdk/paper_folder.h"
#include "server/base/identity_number.h"
#include "server/base/money.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"

namespace eagle::registry {
namespace {

using sdk::CounterRequest;
using sdk::Json;

constexpr char kCounterPrefix[] = "counter";

bool IsReasonCode(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What the order wants, as far as the clerk has to judge it: he decides on nothing that he can't see.
void PutOrder(const sdk::Operation& operation, sdk::InboxTransaction& transaction, Json& row) {
  const auto task = sdk::InboxTables(transaction).FindOperation(operation);
  sdk::v1::Order order;
  if (!task || !order.ParseFromString(task->member.member())) return;
  sdk::Put(row, "action", sdk::v1::Action_Name(order.action()).substr(std::string_view("ACTION_").size()));
  if (!order.has_transfer_title()) return;
  const sdk::v1::TransferTitle& transfer = order.transfer_title();
  sdk::Put(row, "transferee", transfer.transferee().name());
  sdk::Put(row, "transferee_number", MaskNumber(transfer.transferee().id_number()));
  sdk::Put(row, "ground", transfer.ground());
  sdk::Put(row, "charges_end", transfer.charges_end());
  if (transfer.share_numerator() != 0)
    sdk::Put(row, "share", absl::StrCat(transfer.share_numerator(), "/", transfer.share_denominator()));
}

}  // namespace

absl::StatusOr<Json> Counter::Handle(const CounterRequest& request, absl::Time now) {
  struct Command {
    std::string_view name;
    Work work;
  };
  static constexpr Command kCommands[] = {{"review list", &Counter::ListReviews},
                                          {"seal", &Counter::EnterSeal},
                                          {"release", &Counter::Release},
                                          {"dispose", &Counter::Dispose},
                                          {"check", &Counter::Check},
                                          {"sighting", &Counter::Sighting},
                                          {"collected", &Counter::Collected},
                                          {"register-owner", &Counter::RegisterOwner},
                                          {"end-notice", &Counter::EndNotice},
                                          {"show", &Counter::Show}};
  if (request.command == "review approve") return Decide(request, true, now);
  if (request.command == "review refuse") return Decide(request, false, now);
  for (const Command& command : kCommands) {
    if (command.name != request.command) continue;
    Json out;
    EAGLE_RETURN_IF_ERROR(desk_.in_transaction([&](sdk::InboxTransaction& transaction) -> absl::Status {
      EAGLE_ASSIGN_OR_RETURN(out, (this->*command.work)(request, now, transaction));
      return absl::OkStatus();
    }));
    return out;
  }
  return Fail(Reason::kFieldInvalid, "the counter doesn't know this command")
      .At("command",
          "review list|approve|refuse, seal, release, dispose, check, sighting, collected, register-owner, end-notice, "
          "show");
}

// ---- Reviews ----

absl::StatusOr<Json> Counter::ListReviews(const CounterRequest&, absl::Time now,
                                          sdk::InboxTransaction& transaction) const {
  Tables tables(transaction, rules_.kind);
  Json out;
  sdk::PutList(out, "reviews");
  for (const Review& review : tables.OpenReviews()) {
    EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, review.unit, now));
    // A measure may end while its renewal waits; a lock can't.
    const auto seal = tables.FindSeal(review.seal);
    if (!seal || (review.seal == review.operation.Text() && book.FindSeal(review.seal) == nullptr))
      return Fail(Reason::kRegisterBroken, "a review without a live seal")
          .With("review", static_cast<int64_t>(review.number));
    Json& row = sdk::AddTo(out, "reviews");
    sdk::Put(row, "id", std::to_string(review.number));
    sdk::Put(row, "order_id",
             review.operation.order_id.size() == kUuidBytes ? UuidText(review.operation.order_id) : "");
    sdk::Put(row, "unit", review.unit);
    if (const auto unit = tables.FindUnit(review.unit)) PutFields(rules_.kind.fields.first(1), unit->values, row);
    if (const Holder* holder = book.FindHolder(seal->holder)) sdk::Put(row, "holder", holder->name);
    PutSeal(*seal, book, tables, row);
    if (review.seal != review.operation.Text()) sdk::Put(row, "review", std::to_string(review.number));
    PutOrder(review.operation, transaction, row);
    EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  }
  return out;
}

namespace {

// The sealed receipt 协助执行回执 that the office's own system made, as the adapter reads it.
absl::StatusOr<sdk::DocumentFile> SealedReceipt(const std::string& path) {
  const bool pdf = path.ends_with(".pdf");
  if (path.front() != '/' || (!pdf && !path.ends_with(".ofd")))
    return Fail(Reason::kFieldInvalid, "the receipt can't be attached")
        .At("receipt", "the whole path of a .pdf or .ofd");
  EAGLE_RETURN_IF_ERROR(sdk::ReadPaper(path).status());
  return sdk::DocumentFile{.media_type = pdf ? "application/pdf" : "application/ofd", .path = path};
}

}  // namespace

absl::StatusOr<Json> Counter::Decide(const CounterRequest& request, bool approved, absl::Time now) {
  EAGLE_RETURN_IF_ERROR(request.Required("id").status());
  EAGLE_ASSIGN_OR_RETURN(const uint64_t number, NumberOf(request, "id", 0, INT64_MAX));
  sdk::Decision decision{.approved = approved,
                         .clerk = request.Optional("clerk"),
                         .reason = request.Optional("reason"),
                         .remark = request.Optional("remark")};
  if (decision.clerk.empty()) decision.clerk = kCounterPrefix;
  if (!approved && !IsReasonCode(decision.reason)) {
    return Fail(Reason::kFieldInvalid, "a refusal needs its reason")
        .At("reason", "a code of capital letters, digits and underscores, as TRANSFER_COMPLETED");
  }
  if (approved) decision.reason.clear();
  if (const std::string path = request.Optional("receipt"); !path.empty()) {
    EAGLE_ASSIGN_OR_RETURN(decision.documents.emplace_back(), SealedReceipt(path));
  }
  std::optional<Review> review;
  EAGLE_RETURN_IF_ERROR(desk_.in_transaction([&](sdk::InboxTransaction& transaction) {
    review = Tables(transaction, rules_.kind).FindReview(number);
    return absl::OkStatus();
  }));
  if (!review) return NoSuch("id", "no such review; see review list");
  EAGLE_RETURN_IF_ERROR(desk_.decide(review->operation, decision));

  Json out;
  EAGLE_RETURN_IF_ERROR(desk_.in_transaction([&](sdk::InboxTransaction& transaction) -> absl::Status {
    Tables tables(transaction, rules_.kind);
    EAGLE_ASSIGN_OR_RETURN(const UnitBook book, UnitBook::Load(transaction, rules_, review->unit, now));
    const auto seal = tables.FindSeal(review->seal);
    if (!seal) return Fail(Reason::kRegisterBroken, "a review without a seal");
    sdk::Put(out, "unit", review->unit);
    PutSeal(*seal, book, tables, out);
    return absl::OkStatus();
  }));
  return out;
}

// ---- Seals of others ----

absl::StatusOr<const Holder*> Counter::HolderFor(const UnitBook& book, const std::string& wanted) const {
  const size_t owners = book.Count(HolderState::kCurrent);
  if (wanted.empty() && owners != 1)
    return Fail(Reason::kFieldMissing, "the unit has several holders")
        .At("holder", "name whose right is sealed: number or id number");
  for (const Holder& holder : book.holders()) {
    if (holder.state == HolderState::kFormer) continue;
    if (wanted.empty() && holder.state == HolderState::kCurrent) return &holder;
    const auto old = OldCitizenNumber(wanted);
    if (wanted == std::to_string(holder.number) || wanted == holder.id_number || (old && *old == holder.id_number))
      return &holder;
  }
  return NoSuch("holder", "no holder of the unit has this number");
}

absl::StatusOr<sdk::MeasureTerm> Counter::TermOf(const CounterRequest& request, const std::string& unit,
                                                 const std::string& document, bool pre_seal) const {
  const Thing* thing = ThingOfNumber(rules_.kind, unit);
  const uint32_t most = MonthsMax(rules_, thing == nullptr ? rules_.kind.things.front() : *thing, document, pre_seal);
  EAGLE_ASSIGN_OR_RETURN(uint64_t months, NumberOf(request, "months", 0, most));
  const uint64_t otherwise = months == 0 ? most / 12 : 0;
  EAGLE_ASSIGN_OR_RETURN(const uint64_t years, NumberOf(request, "years", otherwise, most / 12));
  // The longest allowed may be less than a year.
  if (months == 0 && most < 12 && request.Optional("years").empty()) months = most;
  if ((months == 0) == (years == 0))
    return Fail(Reason::kFieldInvalid, "the term is wrong")
        .At("years", "exactly one of years and months is above zero");
  return sdk::MeasureTerm{.months = static_cast<uint32_t>(months), .years = static_cast<uint32_t>(years)};
}

absl::StatusOr<int64_t> Counter::QuantityFor(const CounterRequest& request, const Unit& unit,
                                             const Holder& holder) const {
  const int64_t whole = WholeOf(rules_.kind, unit);
  const int64_t held = QuantityOf(whole, holder.share_numerator, holder.share_denominator).value_or(0);
  const std::string text = request.Optional("share");
  if (text.empty()) return held;
  uint32_t numerator = 0, denominator = 0;
  const auto [slash, error] = std::from_chars(text.data(), text.data() + text.size(), numerator);
  const char* const end = text.data() + text.size();
  const bool split = error == std::errc() && slash != end && *slash == '/';
  const bool read = split && std::from_chars(slash + 1, end, denominator).ptr == end;
  const auto quantity = read ? QuantityOf(whole, numerator, denominator) : std::nullopt;
  if (!quantity || *quantity > held)
    return Fail(Reason::kFieldInvalid, "the share is wrong")
        .At("share",
            absl::StrCat("as 3/10, a whole quantity, at most ", holder.share_numerator, "/", holder.share_denominator));
  return *quantity;
}

absl::StatusOr<Json> Counter::EnterSeal(const CounterRequest& request, absl::Time now,
                                        sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string unit, TextOf(request, "unit"));
  EAGLE_ASSIGN_OR_RETURN(const std::string court, TextOf(request, "court"));
  EAGLE_ASSIGN_OR_RETURN(const std::string document, TextOf(request, "document"));
  Tables tables(transaction, rules_.kind);
  const auto row = tables.FindUnit(unit);
  if (!row) return NoSuch("unit", "the register has no such unit");
  if (HasOrderBefore(unit, transaction))
    return Busy("an order that arrived earlier on this unit is being entered: try again");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, unit, now));
  EAGLE_ASSIGN_OR_RETURN(const Holder* holder, HolderFor(book, request.Optional("holder")));
  EAGLE_ASSIGN_OR_RETURN(const sdk::MeasureTerm term,
                         TermOf(request, unit, document, holder->state == HolderState::kExpected));
  if (const Seal* same = book.SealOfDocument(holder->number, document)) {
    return Fail(Reason::kMeasureExists, "the unit is locked under this number already").With("id", same->row.id);
  }
  const Seal* first = rules_.kind.keeps_waitlist ? nullptr : book.FirstOn(holder->number);
  if (first != nullptr)
    return Fail(Reason::kMeasureExists, "the unit is preserved already, and no waitlist is kept")
        .With("id", first->row.id);

  // One count of arrivals for orders and the counter: rank is service, wherever it came in.
  sdk::InboxTables inbox(transaction);
  sdk::MetaRow meta = inbox.Meta();
  meta.last_arrived_at = std::max(absl::FromUnixMicros(absl::ToUnixMicros(now)), meta.last_arrived_at);
  ++meta.last_arrival_sequence;
  inbox.PutMeta(meta);

  Seal seal{.unit = unit, .holder = holder->number};
  seal.row.id = tables.NewSealId(kCounterPrefix);
  seal.row.authority = court;
  seal.row.document_number = document;
  seal.row.scope = {AssetId(rules_.kind, unit, holder->number)};
  seal.row.rank = {meta.last_arrived_at, meta.last_arrival_sequence};
  seal.row.part_numerator = holder->share_numerator;
  seal.row.part_denominator = holder->share_denominator;
  seal.row.term = term;
  if (rules_.kind.counted_from == CountedFrom::kReceipt)
    seal.row.effective_to = sdk::EndOf(term, seal.row.rank.served_at, rules_.zone);
  if (rules_.kind.extent == Extent::kQuantity) {
    EAGLE_ASSIGN_OR_RETURN(seal.row.requested, QuantityFor(request, *row, *holder));
  }
  const Thing* thing = ThingOfNumber(rules_.kind, unit);
  const std::vector<std::string> known = ActsOf(rules_.kind, thing == nullptr ? "" : thing->asset_kind);
  const std::vector<std::string> acts = absl::StrSplit(request.Optional("acts"), ',', absl::SkipEmpty());
  for (const std::string& act : acts) {
    if (std::find(known.begin(), known.end(), act) == known.end())
      return Fail(Reason::kFieldInvalid, "an argument is wrong").At("acts", absl::StrJoin(known, ","));
    seal.blocked_acts.push_back(act);
  }
  const std::string id = seal.row.id;
  EAGLE_RETURN_IF_ERROR(book.Place(std::move(seal), /*review=*/false));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  Json out;
  sdk::Put(out, "unit", unit);
  PutSeal(*book.FindSeal(id), book, tables, out);
  return out;
}

absl::StatusOr<Json> Counter::Release(const CounterRequest& request, absl::Time now,
                                      sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string id, TextOf(request, "id"));
  Tables tables(transaction, rules_.kind);
  const auto seal = tables.FindSeal(id);
  if (!seal) return NoSuch("id", "no seal has this id; see show");
  if (seal->IsOurs())
    return Fail(Reason::kPermissionDenied, "a seal that came as an order is released by an order").With("id", id);
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, now));
  if (book.FindSeal(id) == nullptr)
    return Fail(Reason::kMeasureNotEffective, "the seal has ended").With("phase", sdk::PhaseName(seal->row.phase));
  EAGLE_RETURN_IF_ERROR(book.seals().Release(id));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  Json out;
  sdk::Put(out, "unit", seal->unit);
  PutSeal(*book.FindSeal(id), book, tables, out);
  return out;
}

absl::StatusOr<Json> Counter::Dispose(const CounterRequest& request, absl::Time now,
                                      sdk::InboxTransaction& transaction) const {
  if (rules_.kind.extent == Extent::kQuantity)
    return Fail(Reason::kFieldInvalid, "a quantity isn't disposed of at the counter").At("command", "dispose");
  EAGLE_ASSIGN_OR_RETURN(const std::string id, TextOf(request, "id"));
  EAGLE_ASSIGN_OR_RETURN(const bool part, FlagOf(request, "part"));
  Tables tables(transaction, rules_.kind);
  const auto seal = tables.FindSeal(id);
  if (!seal) return NoSuch("id", "no seal has this id; see show");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, seal->unit, now));
  if (book.FindSeal(id) == nullptr)
    return Fail(Reason::kMeasureNotEffective, "the seal has ended").With("phase", sdk::PhaseName(seal->row.phase));
  const auto extent = part ? sdk::EncumbranceRegister::Extent::kPart : sdk::EncumbranceRegister::Extent::kWhole;
  EAGLE_RETURN_IF_ERROR(book.seals().Dispose(id, extent));
  EAGLE_RETURN_IF_ERROR(book.StoreDisposed(transaction, id));
  Json out;
  sdk::Put(out, "unit", seal->unit);
  PutSeal(*book.FindSeal(id), book, tables, out);
  return out;
}

// ---- Acts of the office itself ----

// A lock under review bars, too: its rank is kept, and so must be what it will take hold of.
absl::StatusOr<Json> Counter::Check(const CounterRequest& request, absl::Time now,
                                    sdk::InboxTransaction& transaction) const {
  const Kind& kind = rules_.kind;
  EAGLE_ASSIGN_OR_RETURN(const std::string number, TextOf(request, "unit"));
  EAGLE_ASSIGN_OR_RETURN(const std::string act, TextOf(request, "act"));
  const Thing* thing = ThingOfNumber(kind, number);
  const std::vector<std::string> acts = ActsOf(kind, thing == nullptr ? "" : thing->asset_kind);
  if (thing != nullptr && std::find(acts.begin(), acts.end(), act) == acts.end()) {
    return Fail(Reason::kFieldInvalid, "an argument is wrong")
        .At("act", acts.empty() ? "no act is asked about here" : absl::StrJoin(acts, ", "));
  }
  Tables tables(transaction, kind);
  const auto unit = tables.FindUnit(number);
  if (!unit) return NoSuch("unit", "the register has no such unit");
  if (HasOrderBefore(number, transaction))
    return Busy("an order that arrived on this unit is being entered: try again");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, number, now));
  const Seal* bars = nullptr;
  if (kind.extent == Extent::kWhole) {
    bars = book.FirstBarring(0, act);
  } else {
    EAGLE_ASSIGN_OR_RETURN(const Holder* holder, HolderFor(book, request.Optional("holder")));
    bars = book.FirstBarring(holder->number, act);
    if (bars != nullptr && kind.extent == Extent::kQuantity) {
      EAGLE_ASSIGN_OR_RETURN(const int64_t quantity, QuantityFor(request, *unit, *holder));
      if (quantity <= book.FreeFor(holder->number, act)) bars = nullptr;
    }
  }
  if (bars != nullptr) {
    return Fail(Reason::kMeasureExists, absl::StrCat(act, " is barred by the measure ", bars->row.id, " of ",
                                                     bars->row.authority, ", ", bars->row.document_number))
        .With("measure", bars->row.id)
        .With("court", bars->row.authority)
        .With("document", bars->row.document_number);
  }
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  Json out;
  sdk::Put(out, "unit", number);
  sdk::Put(out, "act", act);
  sdk::Put(out, "barred", false);
  return out;
}

// ---- Looking ----

absl::StatusOr<Json> Counter::Show(const CounterRequest& request, absl::Time now,
                                   sdk::InboxTransaction& transaction) const {
  EAGLE_ASSIGN_OR_RETURN(const std::string number, TextOf(request, "unit"));
  Tables tables(transaction, rules_.kind);
  const auto unit = tables.FindUnit(number);
  if (!unit) return NoSuch("unit", "the register has no such unit");
  EAGLE_ASSIGN_OR_RETURN(UnitBook book, UnitBook::Load(transaction, rules_, number, now));
  EAGLE_RETURN_IF_ERROR(book.Store(transaction));
  Json out;
  sdk::Put(out, "unit", unit->number);
  PutFields(rules_.kind.fields, unit->values, out);
  sdk::PutList(out, "holders");
  sdk::PutList(out, rules_.kind.charges.list);
  const std::vector<Seal> seals = tables.SealsOf(number, Tables::Which::kAll);
  for (const Holder& holder : book.holders()) {
    Json& row = sdk::AddTo(out, "holders");
    sdk::Put(row, "holder", int64_t{holder.number});
    sdk::Put(row, "name", holder.name);
    sdk::Put(row, "id_kind", holder.id_kind);
    sdk::Put(row, "id_number", MaskNumber(holder.id_number));
    sdk::Put(row, "share", absl::StrCat(holder.share_numerator, "/", holder.share_denominator));
    sdk::Put(row, "co_ownership", CoOwnershipName(holder.co_ownership));
    sdk::Put(row, "certificate", holder.certificate_number);
    if (holder.state != HolderState::kCurrent)
      sdk::Put(row, "state", holder.state == HolderState::kExpected ? "ADVANCE_NOTICE" : "FORMER");
    PutFields(rules_.kind.holder_fields, holder.values, row);
    if (rules_.kind.extent == Extent::kQuantity && holder.state != HolderState::kFormer) {
      const auto held = QuantityOf(WholeOf(rules_.kind, *unit), holder.share_numerator, holder.share_denominator);
      sdk::Put(row, "quantity", MoneyText(held.value_or(0)));
      sdk::Put(row, "free", MoneyText(book.FreeOf(holder.number)));
    }
    sdk::PutList(row, "seals");
    for (const Seal& seal : seals) {
      if (seal.holder == holder.number) PutSeal(seal, book, tables, sdk::AddTo(row, "seals"));
    }
  }
  for (const Charge& charge : tables.ChargesOf(number)) {
    Json& row = sdk::AddTo(out, rules_.kind.charges.list);
    sdk::Put(row, "certificate", charge.certificate_number);
    sdk::Put(row, rules_.kind.charges.creditor, charge.creditor);
    sdk::Put(row, "amount", MoneyText(charge.amount_minor_units));
    sdk::Put(row, "registered_on", absl::FormatCivilTime(charge.registered_on));
    sdk::Put(row, "ends_on", absl::FormatCivilTime(charge.ends_on));
    if (charge.holder != 0) sdk::Put(row, "holder", int64_t{charge.holder});
  }
  for (const Search& search : tables.SearchesOf(number, now)) PutSearch(search, sdk::AddTo(out, "searches"));
  return out;
}

std::string Counter::TimeText(absl::Time time) const { return absl::FormatTime(absl::RFC3339_sec, time, rules_.zone); }

// Fields of one seal; rank and who stands before it only while it is live.
void Counter::PutSeal(const Seal& seal, const UnitBook& book, Tables& tables, Json& out) const {
  const sdk::Encumbrance& row = seal.row;
  sdk::Put(out, "seal", row.id);
  sdk::Put(out, "court", row.authority);
  sdk::Put(out, "document", row.document_number);
  sdk::Put(out, "served_at", TimeText(row.rank.served_at));
  sdk::Put(out, "served_sequence", row.rank.served_sequence);
  sdk::Put(out, "phase",
           row.phase == sdk::Phase::kPending ? std::string_view(rules_.kind.pending) : sdk::PhaseName(row.phase));
  sdk::Put(out, "ours", seal.IsOurs());
  sdk::Put(out, "part", absl::StrCat("holder ", seal.holder));
  if (row.effective_from) sdk::Put(out, "effective_from", TimeText(*row.effective_from));
  if (row.effective_to)
    sdk::Put(out, "last_day", absl::FormatCivilTime(sdk::LastDayBefore(*row.effective_to, rules_.zone)));
  if (!seal.blocked_acts.empty()) sdk::Put(out, "acts", absl::StrJoin(seal.blocked_acts, ","));
  if (seal.value_minor_units > 0) sdk::Put(out, "value", MoneyText(seal.value_minor_units));
  if (rules_.kind.extent == Extent::kQuantity) {
    sdk::Put(out, "quantity", MoneyText(row.requested));
    sdk::Put(out, "controlled", MoneyText(row.controlled()));
  }
  if (sdk::IsLive(row.phase)) {
    sdk::Put(out, "rank", int64_t{book.seals().RankOf(row.id)});
    sdk::PutList(out, "before");
    for (const sdk::Encumbrance* before : book.seals().Before(row.id)) {
      Json& other = sdk::AddTo(out, "before");
      sdk::Put(other, "seal", before->id);
      sdk::Put(other, "document", before->document_number);
    }
  }
  if (const auto review = tables.OpenReviewOf(row.id)) sdk::Put(out, "review", std::to_string(review->number));
}

}  // namespace eagle::registry
