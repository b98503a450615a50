// eagle findings: what agencies answered, each receipt verified with the agency's own key before a word of it is shown.
#include "client/cli/commands.h"
#include "client/cli/order_flags.h"
#include "client/cli/reading.h"
#include "client/lib/errors.h"
#include "client/lib/json.h"
#include "client/lib/receipts.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"

namespace eagle::client {
namespace {

struct FindingsFlags {
  std::string order;
  ReadingFlags reading;
};

Cell MoneyOrNothing(bool known, int64_t amount) { return known ? Money(amount) : Nothing(); }

std::string PriorText(const google::protobuf::RepeatedPtrField<v1::PriorMeasure>& measures) {
  std::string out;
  for (const v1::PriorMeasure& prior : measures)
    out += (out.empty() ? "" : ", ") + prior.document_number() + " " + Money(prior.amount_minor_units()).text;
  return out;
}

class Printer {
 public:
  Printer(Session& session, const absl::TimeZone& zone)
      : session_(session),
        zone_(zone),
        findings_("findings", {{"agency"},
                               {"agency_code", kLeft, true},
                               {"receipt"},
                               {"outcome"},
                               {"asset_kind"},
                               {"asset"},
                               {"holder"},
                               {"matched_by"},
                               {"status"},
                               {"balance", kRight},
                               {"available", kRight},
                               {"prior_measures"},
                               {"searched_scope", kLeft, true},
                               {"remark"}}),
        measures_("measures", {{"agency"},
                               {"receipt"},
                               {"outcome"},
                               {"asset"},
                               {"requested", kRight},
                               {"controlled", kRight},
                               {"unfunded", kRight},
                               {"rank", kRight},
                               {"served"},
                               {"effective_to"},
                               {"unit_reference"},
                               {"deducted", kRight},
                               {"booking"},
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
        returns_(
            "returns",
            {{"agency"}, {"reason"}, {"remark"}, {"contact_name"}, {"contact_phone"}, {"reason_code", kLeft, true}}) {}

  void AddVerified(const v1::FindingsOfAgency& finding, const VerifiedReceipt& verified) {
    const v1::Receipt& receipt = verified.receipt;
    AddReceipt(finding, Text(Word(receipt.kind())), Instant(ToTime(receipt.answered_at()), zone_),
               receipt.searched_scope(), "", HexEncode(journal::View(verified.digest)), ToJson(receipt));
    if (finding.superseded()) return;
    if (receipt.has_returned()) {
      const v1::ReturnNote& note = receipt.returned();
      returns_.Add({Name(finding.agency()), Text(AgencyReasonText(note.reason())), TextOrNothing(note.remark()),
                    Text(note.contact_name()), Text(note.contact_phone()), Text(note.reason())});
    }
    for (const v1::ItemResult& item : receipt.items()) {
      if (item.has_measure() || item.has_deduction()) {
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
                   Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing(), Nothing()});
  }
  absl::Status Print() {
    Document document;
    document.Add(std::move(findings_));
    document.Add(std::move(measures_));
    document.Add(std::move(returns_));
    document.Add(std::move(receipts_));
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
    findings_.Add(
        {Name(finding.agency()), Text(finding.agency()), Text(Word(receipt.kind())), Text(OutcomeWord(item.outcome())),
         TextOrNothing(found.asset_kind()), TextOrNothing(found.asset_number()), TextOrNothing(found.holder_name()),
         TextOrNothing(found.matched_by()), TextOrNothing(found.status()),
         MoneyOrNothing(found.balance_known(), found.balance_minor_units()),
         MoneyOrNothing(found.balance_known(), found.available_minor_units()),
         TextOrNothing(PriorText(found.prior_measures())), TextOrNothing(receipt.searched_scope()), Remark(item)});
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
         IsSet(state.effective_to()) ? End(ToTime(state.effective_to()), zone_) : Nothing(),
         TextOrNothing(state.unit_reference()), deducted ? Money(item.deduction().amount_minor_units()) : Nothing(),
         TextOrNothing(item.deduction().booking_reference()), Remark(item)});
  }
  static Cell Remark(const v1::ItemResult& item) {
    const std::string both =
        AgencyReasonText(item.reason()) + (item.reason().empty() || item.remark().empty() ? "" : ": ") + item.remark();
    return TextOrNothing(both);
  }

  Session& session_;
  const absl::TimeZone zone_;
  Table findings_, measures_, receipts_, returns_;
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
  Printer printer(session, zone);
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
