// eagle order inquire | freeze | renew | release | deduct | freeze-and-deduct | transfer-title | locate |
// extract-income, each sent at once, tried, or gathered in a draft (eagle order draft ...).
#include "client/cli/commands.h"
#include "client/cli/list_renewals.h"
#include "client/cli/order_from_flags.h"
#include "client/cli/orders.h"
#include "client/common/files.h"
#include "client/lib/order_builder.h"
#include "server/base/reason.h"
#include "server/base/uuid.h"
#include "server/trust/strict.h"

namespace eagle::client {
namespace {

struct ActFlags {
  OrderFlags order;
  Signing signing;
  bool dry_run = false;
  uint64_t wait_seconds = 0;
  // renew, of many
  uint64_t ending_days = 0;
  std::string into;
};

// What a release doesn't bring back is asked once more; null for the others.
const char* QuestionOf(v1::Action action) {
  switch (action) {
    case v1::ACTION_DEDUCT:
      return "Deduct this?";
    case v1::ACTION_TRANSFER_TITLE:
      return "Transfer this title?";
    case v1::ACTION_EXTRACT_INCOME:
      return "Extract this income?";
    default:
      return nullptr;
  }
}

absl::Status RenewMany(Session& session, const ActFlags& flags) {
  if (flags.ending_days == 0 || flags.into.empty())
    return Fail(Reason::kFieldMissing, "--ending and --into go together: a list of renewals is written");
  if (!flags.order.measure.empty() || !flags.order.subject.empty() || !flags.order.agencies.empty() ||
      !flags.order.file.empty())
    return Fail(Reason::kFieldInvalid,
                "--ending is of all measures: --measure, --subject, --agency and --file are of one");
  if (!flags.signing.nobody() || flags.dry_run)
    return Fail(Reason::kFieldInvalid, "the list is tried and signed by eagle order submit --file " + flags.into);
  return WriteRenewals(session, flags.order, flags.order.officers, flags.ending_days, flags.into);
}

absl::Status Act(Session& session, v1::Action action, const ActFlags& flags) {
  if (flags.ending_days > 0 || !flags.into.empty()) return RenewMany(session, flags);
  OrderSources sources(session);
  EAGLE_ASSIGN_OR_RETURN(const v1::Order order, OrderFromFlags(sources, action, flags.order, flags.signing, ""));
  if (flags.dry_run) {
    EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                           DryBatch(session, v1::MEMBER_TYPE_ORDER, {Serialize(order)}, flags.signing));
    return ValidateAndPrint(session, batch);
  }
  if (const char* const question = QuestionOf(action); question != nullptr && !flags.signing.nobody()) {
    session.Talk(OrderText(order));
    EAGLE_RETURN_IF_ERROR(session.Confirm(question));
  }
  EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                         SignNow(session, v1::MEMBER_TYPE_ORDER, {Serialize(order)}, flags.signing));
  return SendAndPrint(session, batch, flags.wait_seconds);
}

absl::Status ActPair(Session& session, const ActFlags& flags) {
  if (!flags.order.file.empty())
    return Fail(Reason::kFieldInvalid, "--file holds one order: gather the pair with eagle order draft --group");
  const std::string group = OrderBuilder(session.process().clock, session.process().entropy).NewId();
  OrderSources sources(session);
  EAGLE_ASSIGN_OR_RETURN(const OrderPair pair, PairFromFlags(sources, flags.order, flags.signing, group));
  const std::vector<std::string> members = {Serialize(pair.freeze), Serialize(pair.deduct)};
  if (flags.dry_run) {
    EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch,
                           DryBatch(session, v1::MEMBER_TYPE_ORDER, members, flags.signing));
    return ValidateAndPrint(session, batch);
  }
  if (!flags.signing.nobody()) {
    session.Talk(OrderText(pair.freeze) + "\n" + OrderText(pair.deduct));
    EAGLE_RETURN_IF_ERROR(session.Confirm("Freeze and deduct this?"));
  }
  EAGLE_ASSIGN_OR_RETURN(const v1::SignedBatch batch, SignNow(session, v1::MEMBER_TYPE_ORDER, members, flags.signing));
  return SendAndPrint(session, batch, flags.wait_seconds);
}

struct DraftFlags {
  OrderFlags order;
  std::string path;
  bool group = false;
};

// The group of the draft's members; a new one when none has.
std::string GroupOf(Session& session, const Draft* draft) {
  if (draft != nullptr) {
    for (const std::string& member : draft->members()) {
      const auto order = trust::ParseStrict<v1::Order>(member);
      if (order.ok() && !order->group().empty()) return order->group();
    }
  }
  return OrderBuilder(session.process().clock, session.process().entropy).NewId();
}

absl::Status AddToDraft(Session& session, v1::Action action, const DraftFlags& flags) {
  EAGLE_ASSIGN_OR_RETURN(const auto there, ReadFileIfThere(flags.path));
  std::optional<Draft> draft;
  if (there) {
    EAGLE_ASSIGN_OR_RETURN(draft, Draft::Read(flags.path));
    if (draft->is_signed())
      return Fail(Reason::kDraftSigned, "the draft has signatures, nothing can be added: " + flags.path);
  }
  const std::string group = flags.group ? GroupOf(session, draft ? &*draft : nullptr) : "";
  OrderSources sources(session);
  EAGLE_ASSIGN_OR_RETURN(const v1::Order order, OrderFromFlags(sources, action, flags.order, {}, group));
  if (draft) {
    EAGLE_RETURN_IF_ERROR(draft->Add(Serialize(order), session.process().clock.WallNow()));
  } else {
    EAGLE_ASSIGN_OR_RETURN(Desk * desk, session.desk());
    EAGLE_ASSIGN_OR_RETURN(const trust::HeadFields fields, desk->NewHead(v1::MEMBER_TYPE_ORDER));
    EAGLE_ASSIGN_OR_RETURN(draft, Draft::Begin(fields, {Serialize(order)}));
  }
  EAGLE_RETURN_IF_ERROR(draft->Write(flags.path));
  EAGLE_ASSIGN_OR_RETURN(const Document document, DescribeDraft(session, *draft));
  return session.Print(document);
}

struct Kind {
  v1::Action action;
  const char* name;
  const char* summary;
  const char* example;
};
constexpr Kind kKinds[] = {
    {v1::ACTION_INQUIRE, "inquire", "Ask agencies what a respondent has 查询.",
     "eagle order inquire --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency all \\\n"
     "  --urgent TRANSFER_RISK --sign 001 --sign 002 --wait 5"},
    {v1::ACTION_FREEZE, "freeze", "Freeze money or seal a thing at one agency 冻结 查封.",
     "eagle order freeze --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" --agency "
     "9900001 \\\n"
     "  --limit 80,000.00 --term 1y --paper RULING=ruling.pdf --paper ASSISTANCE_NOTICE=notice.pdf --sign 001 --sign "
     "002"},
    {v1::ACTION_RENEW, "renew", "Lengthen a measure before its term ends, at its rank 续冻 续封.",
     "eagle order renew --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency 9900001 \\\n"
     "  --measure 01920d5c-8f00-7000-8000-000000000001 --term 1y --paper RULING=ruling.pdf --paper "
     "ASSISTANCE_NOTICE=notice.pdf --sign 001 --sign 002\n"
     "eagle order renew --ending 30 --into renewals.csv --term 1y --paper RULING=ruling.pdf --paper "
     "ASSISTANCE_NOTICE=notice.pdf"},
    {v1::ACTION_RELEASE, "release", "Give up a measure, whole or in part 解冻 解封.",
     "eagle order release --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency 9900005 \\\n"
     "  --measure 01920d5c-8f00-7000-8000-000000000001 --ground DEBT_PAID --paper RULING=ruling.pdf --sign 001 --sign "
     "002"},
    {v1::ACTION_DEDUCT, "deduct", "Move frozen money to the court's account 扣划.",
     "eagle order deduct --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" --agency "
     "9900001 \\\n"
     "  --measure 01920d5c-8f00-7000-8000-000000000001 --amount 80,000.00 --to-account 1 --paper RULING=ruling.pdf "
     "--sign 001 --sign 002"},
    {v1::ACTION_TRANSFER_TITLE, "transfer-title", "Enter another owner for a thing that was sold 协助办理过户.",
     "eagle order transfer-title --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency 9900101 \\\n"
     "  --measure 01920d5c-8f00-7000-8000-000000000001 --transferee \"苏晴;CITIZEN_ID;990101198708150029\" --ground "
     "AUCTION --proceeds 60,000.00 \\\n"
     "  --charges-end --paper RULING=ruling.pdf --paper ASSISTANCE_NOTICE=notice.pdf --sign 001 --sign 002"},
    {v1::ACTION_LOCATE, "locate", "Look for a movable under a measure, and hold it where it is found 协助查找 扣押.",
     "eagle order locate --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency 9900102 \\\n"
     "  --measure 01920d5c-8f00-7000-8000-000000000001 --hold --contact \"王法官\" --phone 0991-1234567 --paper "
     "RULING=ruling.pdf --paper ASSISTANCE_NOTICE=notice.pdf --sign 001 --sign 002"},
    {v1::ACTION_EXTRACT_INCOME, "extract-income", "Take income as it is paid into one account 提取收入.",
     "eagle order extract-income --case \"（2026）辽9901执1024号\" --subject \"林远舟;CITIZEN_ID;990101198503070017\" "
     "--agency 9900001 \\\n"
     "  --account 9900010000000012345 --limit 80,000.00 --keep 2,000.00 --term 3y --to-account 1 --paper "
     "RULING=ruling.pdf --paper ASSISTANCE_NOTICE=notice.pdf --sign 001 --sign 002"},
};

}  // namespace

void AddOrderActs(Verb& order) {
  for (const Kind& kind : kKinds) {
    auto flags = std::make_shared<ActFlags>();
    Verb verb = order.Add(kind.name, kind.summary, kind.example);
    AddOrderFlags(verb, kind.action, false, flags->order);
    SigningFlags(verb, flags->signing);
    verb.Flag("--dry-run", &flags->dry_run, "say who would be asked and what would be refused, without effect");
    verb.Number("--wait", &flags->wait_seconds, "follow the answers for at most so many seconds");
    if (kind.action == v1::ACTION_RENEW) {
      verb.Number("--ending", &flags->ending_days,
                  "instead of one: a list of renewals of all measures that end within so many days 批量续冻");
      verb.Text("--into", &flags->into, "with --ending: the list to write (*.csv), for eagle order submit --file");
    }
    verb.Do([flags, action = kind.action](Session& session) { return Act(session, action, *flags); });
  }
  auto pair_flags = std::make_shared<ActFlags>();
  Verb pair = order.Add(
      "freeze-and-deduct", "Freeze money, and move what was frozen to the court's account, as one pair 冻结并划拨.",
      "eagle order freeze-and-deduct --case \"（2026）辽9901执1024号\" --subject "
      "\"林远舟;CITIZEN_ID;990101198503070017\" --agency 9900001 \\\n"
      "  --limit 80,000.00 --to-account 1 --paper RULING=ruling.pdf --paper ASSISTANCE_NOTICE=notice.pdf --paper "
      "JUDGMENT_COPY=judgment.pdf --sign 001 --sign 002");
  AddOrderFlags(pair, v1::ACTION_FREEZE, true, pair_flags->order);
  SigningFlags(pair, pair_flags->signing);
  pair.Flag("--dry-run", &pair_flags->dry_run, "say who would be asked and what would be refused, without effect");
  pair.Number("--wait", &pair_flags->wait_seconds, "follow the answers for at most so many seconds");
  pair.Do([pair_flags](Session& session) { return ActPair(session, *pair_flags); });

  Verb draft = order.Add("draft", "Gather several orders in one draft, to be signed together.",
                         "eagle order draft freeze --into group.draft --group --officer 001 --officer 002 --agency "
                         "9900001 --limit 80,000.00 ...\n"
                         "eagle order sign group.draft --sign 001\n"
                         "eagle order submit group.draft");
  for (const Kind& kind : kKinds) {
    auto flags = std::make_shared<DraftFlags>();
    Verb verb = draft.Add(kind.name, std::string("Add to a draft: ") + kind.summary);
    verb.Text("--into", &flags->path, "the draft's file; made when it isn't there", Need::kRequired);
    verb.Flag("--group", &flags->group, "belongs to the draft's group: accepted whole or not at all");
    AddOrderFlags(verb, kind.action, false, flags->order);
    verb.Do([flags, action = kind.action](Session& session) { return AddToDraft(session, action, *flags); });
  }
}

}  // namespace eagle::client
