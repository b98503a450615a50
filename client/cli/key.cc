// eagle key: a key was stolen 密钥失窃. What to state, and what it signed.
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/statements.h"
#include "client/lib/words.h"
#include "server/base/bytes.h"
#include "server/base/reason.h"
#include "server/trust/timestamps.h"

namespace eagle::client {
namespace {

constexpr int kPagesOfKeyMax = 10'000;

struct RevokeFlags {
  std::string subject, since;
  StatementMaking making;
};

absl::Status Revoke(Session& session, const RevokeFlags& flags) {
  v1::Statement statement;
  statement.set_subject(flags.subject);
  statement.set_kind(v1::STATEMENT_KIND_REVOKED);
  EAGLE_ASSIGN_OR_RETURN(const absl::Time since, InstantOf("--since", flags.since));
  *statement.mutable_compromised_since() = trust::TimestampOf(since);
  EAGLE_RETURN_IF_ERROR(MakeStatements(session, {std::move(statement)}, flags.making));
  session.Talk("nothing is revoked yet: eagle directory submit " + flags.making.out);
  return absl::OkStatus();
}

struct OrdersFlags {
  std::string subject, since;
};

std::string AgencyNames(Session& session, const google::protobuf::RepeatedPtrField<std::string>& codes) {
  return absl::StrJoin(codes, ", ",
                       [&](std::string* out, const std::string& code) { out->append(NameOr(session.names(), code)); });
}

void AddPage(Session& session, const absl::TimeZone& zone, const v1::ListOrdersOfKeyResponse& page, Table& orders,
             Table& receipts) {
  for (const v1::OrderOfKey& order : page.orders()) {
    orders.Add({IdCell(order.order_id()), Text(order.court()), Text(Word(order.action())),
                Instant(ToTime(order.accepted_at()), zone), Text(order.paused() ? "PAUSED" : Word(order.state())),
                TextOrNothing(AgencyNames(session, order.paused_at())),
                TextOrNothing(AgencyNames(session, order.begun_at())),
                TextOrNothing(AgencyNames(session, order.done_at())), Count(order.signed_index())});
  }
  for (const v1::ReceiptOfKey& receipt : page.receipts()) {
    receipts.Add({Count(receipt.journal_index()), Instant(ToTime(receipt.time()), zone), Text(receipt.type()),
                  IdCell(receipt.order_id()), Text(HexEncode(receipt.digest()))});
  }
}

absl::Status ListOrdersOfKey(Session& session, const OrdersFlags& flags) {
  v1::ListOrdersOfKeyRequest request;
  if (flags.subject.find('/') != std::string::npos) {
    request.set_subject(flags.subject);
  } else if (const auto key = HexDecode(flags.subject); key && !key->empty()) {
    request.set_key(*key);
  } else {
    return Fail(Reason::kFieldInvalid, "a subject as court/辽9901/officer/001, or a public key in hexadecimal");
  }
  EAGLE_ASSIGN_OR_RETURN(const absl::Time since, InstantOf("--since", flags.since));
  *request.mutable_since() = trust::TimestampOf(since);
  EAGLE_ASSIGN_OR_RETURN(Gateway * gateway, session.gateway());
  EAGLE_ASSIGN_OR_RETURN(const absl::TimeZone zone, session.zone());
  Table orders("orders", {{"order_id"},
                          {"court"},
                          {"action"},
                          {"accepted"},
                          {"state"},
                          {"paused_at"},
                          {"begun_at"},
                          {"done_at"},
                          {"signed_index", kRight}});
  Table receipts("receipts", {{"journal_index", kRight}, {"time"}, {"type"}, {"order_id"}, {"digest"}});
  request.set_page_size(500);
  std::string subject;
  for (int pages = 0; pages < kPagesOfKeyMax; ++pages) {
    EAGLE_ASSIGN_OR_RETURN(const v1::ListOrdersOfKeyResponse page, gateway->ListOrdersOfKey(request));
    subject = page.subject();
    AddPage(session, zone, page, orders, receipts);
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  Document document;
  document.Add(Record("key").Add("subject", Text(subject)).Add("since", Instant(since, zone)));
  document.Add(std::move(orders));
  document.Add(std::move(receipts));
  return session.Print(document);
}

}  // namespace

void AddKey(Verb& root) {
  Verb key = root.Add("key", "A key was stolen 密钥失窃: revoke it, and list what it signed.");
  auto revoke_flags = std::make_shared<RevokeFlags>();
  Verb revoke = key.Add(
      "revoke",
      "State that a key is revoked: the court's key signs about an officer, two registrars about organisations.",
      "eagle key revoke court/辽9901/officer/001 --since 2026-09-28T08:00:00+08:00 --key court.pem --out "
      "revoked.batch\n"
      "eagle directory submit revoked.batch");
  revoke.Text("SUBJECT", &revoke_flags->subject, "court/CODE/officer/CODE, court/CODE or agency/CODE", Need::kRequired);
  revoke.Text("--since", &revoke_flags->since, "from when on somebody else may have had the key", Need::kRequired);
  revoke.Text("--out", &revoke_flags->making.out, "file to write", Need::kRequired);
  revoke.Texts("--key", &revoke_flags->making.signing.key_files, "key file that signs; repeat for each");
  revoke.Do([revoke_flags](Session& session) { return Revoke(session, *revoke_flags); });

  auto orders_flags = std::make_shared<OrdersFlags>();
  Verb orders =
      key.Add("orders", "List what a key signed since an instant: orders as they stand, or an agency's receipts.",
              "eagle key orders court/辽9901/officer/001 --since 2026-09-28T08:00:00+08:00");
  orders.Text("SUBJECT", &orders_flags->subject, "whose key: a subject, or the public key in hexadecimal",
              Need::kRequired);
  orders.Text("--since", &orders_flags->since, "what the log has from then on", Need::kRequired);
  orders.Do([orders_flags](Session& session) { return ListOrdersOfKey(session, *orders_flags); });
}

}  // namespace eagle::client
