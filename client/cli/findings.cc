// eagle findings: what agencies answered, each receipt verified with the agency's own key before a word of it is shown.
#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/reading.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/receipts.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

struct FindingsFlags {
  std::string order;
  ReadingFlags reading;
};

Cell MoneyOrNothing(bool known, int64_t amount) { return known ? Money(amount) : Nothing(); }

std::string PriorText(const google::protobuf::RepeatedPtrField<v1::PriorMeasure>& measures) {
  std::string out;
  for (const v1::PriorMeasure& prior : measures) {
    absl::StrAppend(&out, out.empty() ? "" : ", ", prior.authority(), " ", prior.document_number());
    if (prior.amount_minor_units() > 0)
      absl::StrAppend(&out, " ", Money(prior.amount_minor_units()).text);  // 0: unknown
  }
  return out;
}

// "30/100"; nothing for the whole, or unknown.
std::string ShareText(const v1::Finding& found) {
  if (found.share_denominator() == 0) return "";
  return absl::StrCat(found.share_numerator(), "/", found.share_denominator());
}

class Printer {
 public:
  Printer(Session& session, const absl::TimeZone& zone, bool asked_transactions)
      : session_(session),
        zone_(zone),
        asked_transactions_(asked_transactions),
        findings_("findings", {{"agency"},
                               {"agency_code", kLeft, true},
                               {"receipt"},
                               {"outcome"},
                               {"asset_kind"},
                               {"asset"},
                               {"holder"},
                               {"share"},
                               {"matched_by"},
                               {"status"},
                               {"balance", kRight},
                               {"available", kRight},
                               {"prior_measures"},
                               {"as_of"},
                               {"searched_scope", kLeft, true},
                               {"remark"},
                               {"description"}}),
        measures_("measures", {{"agency"},
                               {"receipt"},
                               {"outcome"},
                               {"asset"},
                               {"requested", kRight},
                               {"controlled", kRight},
                               {"unfunded", kRight},
                               {"rank", kRight},
                               {"served"},
                               {"effective_from"},
                               {"effective_to"},
                               {"unit_reference"},
                               {"deducted", kRight},
                               {"booking"},
                               {"remark"}}),
        sightings_("sightings", {{"agency"},
                                 {"change"},
                                 {"seen_at"},
                                 {"place"},
                                 {"seen_by"},
                                 {"held"},
                                 {"custody_place"},
                                 {"collect_by"},
                                 {"remark"}}),
        receipts_("receipts", {{"agency"},
                               {"kind"},
                               {"answered"},
                               {"journal_index", kRight},
                               {"superseded"},
                               {"verified"},
                               {"searched"},
                               {"why_not"},
                               {"digest", kLeft, true},
                               {"receipt", kLeft, true}}),
        transactions_("transactions", {{"agency"},
                                       {"agency_code", kLeft, true},
                                       {"asset"},
                                       {"booked"},
                                       {"amount", kRight},
                                       {"balance_after", kRight},
                                       {"kind"},
                                       {"counterparty"},
                                       {"counterparty_account"},
                                       {"counterparty_bank"},
                                       {"reference"},
                                       {"remark"}}),
        documents_("documents", {{"agency"}, {"category"}, {"title"}, {"digest"}, {"bytes", kRight}, {"media_type"}}),
        returns_(
            "returns",
            {{"agency"}, {"reason"}, {"remark"}, {"contact_name"}, {"contact_phone"}, {"reason_code", kLeft, true}}) {}

  void AddVerified(const v1::FindingsOfAgency& finding, const VerifiedReceipt& verified) {
    const v1::Receipt& receipt = verified.receipt;
    AddReceipt(finding, Text(Word(receipt.kind())), Instant(ToTime(receipt.answered_at()), zone_),
               receipt.searched_scope(), "", HexEncode(journal::View(verified.digest)), ToJson(receipt));
    if (finding.superseded()) return;
    for (const v1::Instrument& file : receipt.documents()) {
      documents_.Add({Name(finding.agency()), Text(file.category()), TextOrNothing(file.title()),
                      Text(HexEncode(file.digest())), Count(file.size_bytes()), Text(file.media_type())});
      has_documents_ = true;
    }
    if (receipt.has_returned()) {
      const v1::ReturnNote& note = receipt.returned();
      returns_.Add({Name(finding.agency()), Text(AgencyReasonText(note.reason())), TextOrNothing(note.remark()),
                    Text(note.contact_name()), Text(note.contact_phone()), Text(note.reason())});
    }
    for (const v1::ItemResult& item : receipt.items()) {
      if (item.has_sighting()) {
        AddSighting(finding, receipt, item);
      } else if (item.has_measure() || item.has_deduction()) {
        AddMeasure(finding, receipt, item);
      } else {
        AddFinding(finding, receipt, item);
      }
    }
  }
  void AddUnverified(const v1::FindingsOfAgency& finding, const absl::Status& why) {
    AddReceipt(finding, Nothing(), Nothing(), "",
               std::string(RowOf(ReasonOf(why)).name) + ": " + FailureOf(why).message, "", "null");
  }
  void AddUnanswered(const std::string& agency) {
    findings_.Add({Name(agency), Text(agency), Nothing(), Text("NO_ANSWER_YET"), Nothing(), Nothing(), Nothing(),
                   Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(),
                   Nothing()});
  }
  absl::Status Print() {
    Document document;
    document.Add(std::move(findings_));
    if (asked_transactions_) document.Add(std::move(transactions_));
    document.Add(std::move(measures_));
    if (has_sightings_) document.Add(std::move(sightings_));
    document.Add(std::move(returns_));
    document.Add(std::move(receipts_));
    if (has_documents_) document.Add(std::move(documents_));
    return session_.Print(document);
  }

 private:
  Cell Name(const std::string& code) { return Text(NameOr(session_.names(), code)); }

  void AddReceipt(const v1::FindingsOfAgency& finding, Cell kind, Cell answered, const std::string& searched,
                  const std::string& why_not, const std::string& digest, std::string json) {
    receipts_.Add({Name(finding.agency()), std::move(kind), std::move(answered), Count(finding.journal_index()),
                   YesNo(finding.superseded()), YesNo(why_not.empty()), TextOrNothing(searched), TextOrNothing(why_not),
                   TextOrNothing(digest), RawJson(std::move(json))});
  }
  void AddFinding(const v1::FindingsOfAgency& finding, const v1::Receipt& receipt, const v1::ItemResult& item) {
    const v1::Finding& found = item.finding();
    findings_.Add({Name(finding.agency()), Text(finding.agency()), Text(Word(receipt.kind())),
                   Text(OutcomeWord(item.outcome())), TextOrNothing(found.asset_kind()),
                   TextOrNothing(found.asset_number()), TextOrNothing(found.holder_name()),
                   TextOrNothing(ShareText(found)), TextOrNothing(found.matched_by()), TextOrNothing(found.status()),
                   MoneyOrNothing(found.balance_known(), found.balance_minor_units()),
                   MoneyOrNothing(found.balance_known(), found.available_minor_units()),
                   TextOrNothing(PriorText(found.prior_measures())),
                   IsSet(found.as_of()) ? Instant(ToTime(found.as_of()), zone_) : Nothing(),
                   TextOrNothing(receipt.searched_scope()), Remark(item), TextOrNothing(found.description())});
    if (asked_transactions_) AddTransactions(finding, item);
  }
  void AddMeasure(const v1::FindingsOfAgency& finding, const v1::Receipt& receipt, const v1::ItemResult& item) {
    const bool deducted = item.has_deduction();
    const v1::MeasureState& state = deducted ? item.deduction().measure() : item.measure();
    const bool money = state.requested_minor_units() > 0;
    const std::string asset = state.shares().empty() ? "" : state.shares(0).asset_number();
    const std::string kind =
        receipt.kind() == v1::RECEIPT_KIND_EVENT ? "EVENT " + Word(receipt.change()) : Word(receipt.kind());
    measures_.Add(
        {Name(finding.agency()), Text(kind), Text(OutcomeWord(item.outcome())), TextOrNothing(asset),
         MoneyOrNothing(money, state.requested_minor_units()), MoneyOrNothing(money, state.controlled_minor_units()),
         MoneyOrNothing(money, state.unfunded_minor_units()), state.rank() == 0 ? Nothing() : Count(state.rank()),
         IsSet(state.served_at()) ? Instant(ToTime(state.served_at()), zone_) : Nothing(),
         IsSet(state.effective_from()) ? Instant(ToTime(state.effective_from()), zone_) : Nothing(),
         IsSet(state.effective_to()) ? End(ToTime(state.effective_to()), zone_) : Nothing(),
         TextOrNothing(state.unit_reference()), deducted ? Money(item.deduction().amount_minor_units()) : Nothing(),
         TextOrNothing(item.deduction().booking_reference()), Remark(item)});
  }
  // Where a thing was met, and who has to fetch it until when.
  void AddSighting(const v1::FindingsOfAgency& finding, const v1::Receipt& receipt, const v1::ItemResult& item) {
    const v1::Sighting& met = item.sighting();
    sightings_.Add({Name(finding.agency()), Text(Word(receipt.change())), Instant(ToTime(met.seen_at()), zone_),
                    Text(met.place()), Text(met.seen_by()), YesNo(met.held()), TextOrNothing(met.custody_place()),
                    IsSet(met.collect_by()) ? End(ToTime(met.collect_by()), zone_) : Nothing(),
                    TextOrNothing(met.remark())});
    has_sightings_ = true;
  }
  // What moved on the account; where the unit didn't tell all, a row says so: silence would look like rest.
  void AddTransactions(const v1::FindingsOfAgency& finding, const v1::ItemResult& item) {
    const v1::Finding& found = item.finding();
    if (item.outcome() != v1::OUTCOME_FOUND) return;
    const auto note = [&](const std::string& text) {
      transactions_.Add({Name(finding.agency()), Text(finding.agency()), TextOrNothing(found.asset_number()), Nothing(),
                         Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Text(text)});
    };
    if (!found.has_transactions()) return note("NOT_GIVEN");
    if (found.transactions().omitted() > 0)
      note(absl::StrCat("OMITTED: ", found.transactions().omitted(), " older ones; ask for fewer days"));
    for (const v1::Transaction& one : found.transactions().list())
      transactions_.Add({Name(finding.agency()), Text(finding.agency()), TextOrNothing(found.asset_number()),
                         Instant(ToTime(one.booked_at()), zone_), Money(one.amount_minor_units()),
                         MoneyOrNothing(one.balance_known(), one.balance_after_minor_units()),
                         TextOrNothing(one.kind()), TextOrNothing(one.counterparty_name()),
                         TextOrNothing(one.counterparty_account()), TextOrNothing(one.counterparty_bank()),
                         Text(one.reference()), TextOrNothing(one.remark())});
    if (found.transactions().list().empty() && found.transactions().omitted() == 0) note("NONE");
  }
  static Cell Remark(const v1::ItemResult& item) {
    const std::string both =
        AgencyReasonText(item.reason()) + (item.reason().empty() || item.remark().empty() ? "" : ": ") + item.remark();
    return TextOrNothing(both);
  }

  Session& session_;
  const absl::TimeZone zone_;
  const bool asked_transactions_;
  Table findings_, measures_, sightings_, receipts_, transactions_, documents_, returns_;
  bool has_documents_ = false, has_sightings_ = false;
};

absl::Status RunFindings(Session& session, const FindingsFlags& flags) {
  v1::ListFindingsRequest request;
  EAGLE_ASSIGN_OR_RETURN(*request.mutable_order_id(), OrderIdOf(flags.order));
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk_with_book());
  EAGLE_ASSIGN_OR_RETURN(const auto order, desk->outbox().OrderBytes(request.order_id()));
  if (!order)
    return Fail(Reason::kOrderUnknown,
                "this desk doesn't hold the order's signed bytes, so no receipt can be compared with them: ask where "
                "it was signed");
  EAGLE_ASSIGN_OR_RETURN(const CaseNamed of, CaseOfOrder(session, request.order_id()));
  ReadingTicket ticket(session, flags.reading, of);
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  EAGLE_ASSIGN_OR_RETURN(const v1::Order asked, trust::ParseTolerant<v1::Order>(*order));
  Printer printer(session, zone, asked.inquire().has_transactions());
  absl::Status worst;
  for (;;) {
    EAGLE_RETURN_IF_ERROR(ticket.Put(*request.mutable_officer_ticket()));
    EAGLE_ASSIGN_OR_RETURN(const v1::ListFindingsResponse page, gateway->ListFindings(request));
    for (const v1::FindingsOfAgency& finding : page.findings()) {
      const auto verified =
          VerifyReceipt(finding.receipt(), finding.agency(), *order, *desk->book(), desk->ports().checker);
      if (verified.ok()) {
        printer.AddVerified(finding, *verified);
      } else {
        if (worst.ok()) worst = verified.status();
        printer.AddUnverified(finding, verified.status());
      }
    }
    if (page.next_page_token().empty()) {
      for (const std::string& agency : page.unanswered()) printer.AddUnanswered(agency);
      break;
    }
    request.set_page_token(page.next_page_token());
  }
  EAGLE_RETURN_IF_ERROR(printer.Print());
  return worst;
}

}  // namespace

void AddFindings(Verb& root) {
  auto flags = std::make_shared<FindingsFlags>();
  Verb verb = root.Add("findings", "Show what agencies answered to an order, every receipt verified (an audited read).",
                       "eagle findings 01920d5c-8f00-7000-8000-000000000001 --officer 001 --purpose EXECUTION");
  verb.Text("ORDER", &flags->order, "order id", Need::kRequired);
  AddReadingFlags(verb, flags->reading);
  verb.Do([flags](Session& session) { return RunFindings(session, *flags); });
}

}  // namespace eagle::client
