// One signing act over a list.
#include <algorithm>
#include <map>
#include <sstream>

#include "client/cli/lists.h"
#include "client/cli/signers.h"
#include "server/base/reason.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

// So many orders are shown each in words before they are signed; of more, sums, and the drafts to be read.
constexpr size_t kShownInWordsMax = 100;

struct Sum {
  size_t orders = 0;
  int64_t minor_units = 0;
};

int64_t AmountOf(const v1::Order& order) {
  if (order.has_freeze()) return order.freeze().limit_minor_units();
  if (order.has_deduct()) return order.deduct().amount_minor_units();
  if (order.has_release()) return order.release().amount_minor_units();
  if (order.has_transfer_title()) return order.transfer_title().proceeds_minor_units();
  if (order.has_extract_income()) return order.extract_income().limit_minor_units();
  return 0;
}

std::string CurrencyOf(const v1::Order& order) {
  if (order.has_freeze()) return order.freeze().currency();
  if (order.has_deduct()) return order.deduct().currency();
  if (order.has_extract_income()) return order.extract_income().currency();
  return "";
}

bool Lacks(const Draft& draft, const std::vector<std::unique_ptr<trust::Signer>>& signers) {
  const std::vector<std::string> held = draft.key_ids();
  return std::any_of(signers.begin(), signers.end(), [&](const auto& signer) {
    return std::find(held.begin(), held.end(), trust::KeyIdOf(signer->public_key())) == held.end();
  });
}

absl::Status ExpectUnchanged(Session& session, const std::string& path, const Draft& draft) {
  for (const SignerSeen& one : SignersOf(session, draft)) {
    if (one.holds == SignerSeen::Holds::kNo)
      return Fail(Reason::kSignatureInvalid,
                  path + " was changed after officer " + one.officer + " signed it: sign nothing, compare the digests");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Document> DescribeList(Session& session, const OrderList& list) {
  std::map<std::pair<std::string, std::string>, Sum> sums;
  Table orders("orders", {{"line", kRight}, {"says"}});
  Table drafts("drafts", {{"draft"}, {"orders", kRight}, {"state"}, {"signed_by"}, {"digest"}});
  EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
  for (size_t i = 0; i < list.drafts(); ++i) {
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    for (size_t k = 0; k < draft.members().size(); ++k) {
      EAGLE_ASSIGN_OR_RETURN(const v1::Order order, trust::ParseStrict<v1::Order>(draft.members()[k]));
      Sum& sum = sums[{Word(order.action()), CurrencyOf(order)}];
      ++sum.orders, sum.minor_units += AmountOf(order);
      if (list.orders() <= kShownInWordsMax) orders.Add({Count(list.LinesOf(i)[k]), Text(OrderText(order))});
    }
    std::string signed_by;
    for (const SignerSeen& one : SignersOf(session, draft))
      signed_by += (signed_by.empty() ? "" : ", ") + (one.officer.empty() ? "key " + one.key_id : one.officer) +
                   (one.holds == SignerSeen::Holds::kNo ? " NOT OVER THIS" : "");
    EAGLE_ASSIGN_OR_RETURN(const auto sent, desk->outbox().Find(draft.batch()));
    drafts.Add({Text(list.DraftName(i)), Count(draft.members().size()),
                Text(list.IsDone(i)      ? "ANSWERED"
                     : sent              ? "SENT"
                     : draft.is_signed() ? "SIGNED"
                                         : "UNSIGNED"),
                TextOrNothing(signed_by), Cell{SpacedDigest(draft.digest_text()), JsonString(draft.digest_text())}});
  }
  Table acts("acts", {{"action"}, {"orders", kRight}, {"amount", kRight}, {"currency"}});
  for (const auto& [key, sum] : sums)
    acts.Add({Text(key.first), Count(sum.orders), sum.minor_units == 0 ? Nothing() : Money(sum.minor_units),
              TextOrNothing(key.second)});
  Document document;
  document.Add(Record("list")
                   .Add("folder", Text(list.folder()))
                   .Add("orders", Count(list.orders()))
                   .Add("drafts", Count(list.drafts()))
                   .Add("answered", Count(list.results().size()))
                   .Add("digest", Cell{SpacedDigest(list.digest_text()), JsonString(list.digest_text())}));
  document.Add(std::move(acts));
  document.Add(std::move(orders));
  document.Add(std::move(drafts));
  return document;
}

absl::Status SignList(Session& session, const OrderList& list, const Signing& signing, const std::string& digest) {
  if (signing.nobody()) return Fail(Reason::kFieldMissing, "nobody signs: give --sign OFFICER or --key FILE");
  if (!digest.empty()) EAGLE_RETURN_IF_ERROR(ExpectDigest(list.digest_text(), digest));
  EAGLE_ASSIGN_OR_RETURN(const std::vector<std::unique_ptr<trust::Signer>> signers,
                         session.Signers(signing.key_files, signing.officers));
  std::vector<size_t> lacking;
  for (size_t i = 0; i < list.drafts(); ++i) {
    if (list.IsDone(i)) continue;
    EAGLE_ASSIGN_OR_RETURN(const Draft draft, list.ReadDraft(i));
    if (!Lacks(draft, signers)) continue;
    EAGLE_RETURN_IF_ERROR(ExpectUnchanged(session, list.DraftPath(i), draft));
    lacking.push_back(i);
  }
  if (lacking.empty()) return absl::OkStatus();
  EAGLE_ASSIGN_OR_RETURN(const Document shown, DescribeList(session, list));
  std::ostringstream text;
  shown.PrintText(text, false);
  session.Talk(text.str());
  if (list.orders() > kShownInWordsMax)
    session.Talk("every order in words: eagle order show " + list.DraftPath(0) + " and the others");
  EAGLE_RETURN_IF_ERROR(session.Confirm("Sign exactly these " + std::to_string(list.orders()) + " orders, digest " +
                                        SpacedDigest(list.digest_text()).substr(0, 19) + " ...?"));
  for (const size_t i : lacking) {
    EAGLE_ASSIGN_OR_RETURN(Draft draft, list.ReadDraft(i));
    for (const auto& signer : signers) EAGLE_RETURN_IF_ERROR(draft.Sign(*signer));
    EAGLE_RETURN_IF_ERROR(draft.Write(list.DraftPath(i)));
  }
  return absl::OkStatus();
}

}  // namespace eagle::client
