// Looking: who is meant, what is found, and that nothing found is said only after a search.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/base/bytes.h"
#include "server/base/money.h"
#include "server/base/person_name.h"

namespace eagle::conformance {
namespace {

// Nobody's, in a region that is no place; the check digit is right.
Person Stranger() { return {.name = "钟离无名", .id_kind = "CITIZEN_ID", .id_number = "990101195001010010"}; }

bool Finds(const std::optional<v1::Receipt>& receipt, const std::string& asset) {
  return receipt && std::any_of(receipt->items().begin(), receipt->items().end(), [&](const v1::ItemResult& item) {
           return item.has_finding() && item.finding().asset_number() == asset;
         });
}

bool CheckFound(Play& play, const Person& person, std::string_view what) {
  const auto receipt = play.Ask(play.courts().Inquiry(person));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_FOUND, what)) return false;
  return play.Check(person.asset.empty() || Finds(receipt, person.asset),
                    absl::StrCat(ToAbsl(what), ": the asset of the fixtures is not among what was found"));
}

void Found(Play& play) {
  const Person& person = play.Someone();
  const auto receipt = play.Ask(play.courts().Inquiry(person));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_FOUND, "an inquiry about [person]")) return;
  play.Check(person.asset.empty() || Finds(receipt, person.asset), "the asset of [person] is not among what was found");
  for (const v1::ItemResult& item : receipt->items()) {
    if (!item.has_finding() || item.finding().asset_number() != person.asset) continue;
    const v1::Finding& finding = item.finding();
    play.Check(!finding.asset_kind().empty(), "finding.asset_kind is missing");
    play.Check(FoldName(finding.holder_name()) == FoldName(person.name), "finding.holder_name is another name");
    if (play.fixtures().money) play.Check(finding.balance_known(), "finding.balance_known is false for money");
    if (person.balance)
      play.Check(finding.balance_minor_units() == *person.balance,
                 absl::StrCat("the balance must be ", MoneyText(*person.balance), ", was ",
                              MoneyText(finding.balance_minor_units())));
  }
}

void Nil(Play& play) {
  const auto receipt = play.Ask(play.courts().Inquiry(Stranger()));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_NIL, "an inquiry about somebody whom nobody knows")) return;
  play.Check(!receipt->searched_scope().empty(), "NIL without searched_scope: where was searched?");
}

void WrongName(Play& play) {
  Person other = play.Someone();
  other.name = "赫连无此";
  const auto receipt = play.Ask(play.courts().Inquiry(other));
  play.CheckOutcome(receipt, v1::OUTCOME_AMBIGUOUS, "the number of [person] under another name");
  play.Check(!Finds(receipt, play.Someone().asset), "an asset was told, though number and name don't belong together");
}

void WrongNameFreeze(Play& play) {
  const auto before = play.LookAt(play.Someone());
  Person other = play.Someone();
  other.name = "赫连无此";
  const auto receipt = play.Ask(play.courts().Freeze(other, play.Limit(1'00)));
  const bool refused = Is(receipt, v1::OUTCOME_AMBIGUOUS) || Is(receipt, v1::OUTCOME_NOT_CONTROLLED) ||
                       (receipt && receipt->kind() == v1::RECEIPT_KIND_RETURNED);
  play.Check(refused, "a freeze under another name: must be AMBIGUOUS or refused, was " + InWords(receipt));
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, "a freeze under another name");
}

void Namesake(Play& play) {
  const Person &person = play.Someone(), &namesake = play.Someone("namesake");
  const auto of_person = play.Ask(play.courts().Inquiry(person));
  play.CheckOutcome(of_person, v1::OUTCOME_FOUND, "an inquiry about [person]");
  play.Check(!Finds(of_person, namesake.asset), "the namesake's asset was told as that of [person]");
  const auto of_namesake = play.Ask(play.courts().Inquiry(namesake));
  play.CheckOutcome(of_namesake, v1::OUTCOME_FOUND, "an inquiry about [namesake]");
  play.Check(Finds(of_namesake, namesake.asset), "the namesake's own asset was not found under his number");
  play.Check(!Finds(of_namesake, person.asset), "the asset of [person] was told as that of the namesake");
}

void OldNumber(Play& play) {
  const Person& person = play.Someone("old_number");
  const auto receipt = play.Ask(play.courts().Inquiry(person));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_FOUND, "18 digits of a customer who came with 15")) return;
  play.Check(Finds(receipt, person.asset), "the asset of [old_number] is not among what was found");
}

void RareName(Play& play) {
  const Person& person = play.Someone("rare_name");
  const auto receipt = play.Ask(play.courts().Inquiry(person));
  if (!play.CheckOutcome(receipt, v1::OUTCOME_FOUND, "a name with rare characters")) return;
  const bool whole = std::any_of(receipt->items().begin(), receipt->items().end(), [&](const v1::ItemResult& item) {
    return FoldName(item.finding().holder_name()) == FoldName(person.name);
  });
  play.Check(whole, "the name of the holder came back with other characters");
}

void NumberVariants(Play& play) {
  Person spaced = play.Someone();
  spaced.name = "\xE3\x80\x80" + spaced.name + " ";  // an ideographic space before, a space behind
  CheckFound(play, spaced, "the name with spaces around it");
}

void LargestList(Play& play) {
  constexpr int kMany = 256;
  std::vector<v1::Order> orders;
  for (int i = 0; i < kMany; ++i) orders.push_back(play.courts().Inquiry(i % 8 == 7 ? Stranger() : play.Someone()));
  const std::vector<std::string> digests = play.HandTogether(orders);
  const bool all = play.stage().Wait(
      [&] {
        return std::all_of(digests.begin(), digests.end(), [&](const std::string& digest) {
          return play.gateway().Find(digest)->LastWord() != nullptr;
        });
      },
      3 * play.patience().answer);
  if (!play.Check(all, "256 inquiries at once: not all of them were answered")) return;
  for (size_t i = 0; i < digests.size(); ++i) {
    if (!play.CheckOutcome(play.Answer(digests[i]), i % 8 == 7 ? v1::OUTCOME_NIL : v1::OUTCOME_FOUND,
                           absl::StrCat("inquiry ", i + 1, " of 256")))
      return;
  }
}

void ManyAssets(Play& play) {
  const Person& person = play.Someone("many");
  const auto look = play.LookAt(person);
  if (look)
    play.Check(look->found >= static_cast<int>(person.assets_least),
               absl::StrCat("at least ", person.assets_least, " assets of [many] must be told, were ", look->found));
}

void RegisterDown(Play& play) {
  const auto down = play.stage().RunHook(play.fixtures().hooks.at("core_down"));
  if (!play.Check(down.ok(), "the hook core_down failed")) return;
  const std::string digest = play.Hand(play.courts().Inquiry(Stranger()));
  const std::string known = play.Hand(play.courts().Inquiry(play.Someone()));
  for (const std::string& one : {digest, known}) {
    const auto said = play.AnswerSoon(one);
    play.Check(!Is(said, v1::OUTCOME_NIL), "NIL was said while its register couldn't be asked");
    play.Check(!Is(said, v1::OUTCOME_FOUND), "FOUND was said while its register couldn't be asked");
  }
  play.Check(play.stage().RunHook(play.fixtures().hooks.at("core_up")).ok(), "the hook core_up failed");
  const auto after = play.Answer(known);
  play.Check(Is(after, v1::OUTCOME_FOUND) || Is(after, v1::OUTCOME_ERROR),
             "asked while its register was away: must be FOUND later, or ERROR, was " + InWords(after));
}

}  // namespace

std::vector<Case> InquiryCases() {
  return {
      {"inquire-found",
       "查询：有",
       "Asks about [person].",
       "FOUND with the asset, its holder and its balance.",
       "agency guide 5; domain A5",
       {"INQUIRE"},
       Found},
      {"inquire-nil",
       "查询：无",
       "Asks about somebody whom nobody knows.",
       "NIL, and which systems were searched: no asset is an answer.",
       "agency guide 5; design law 8",
       {"INQUIRE"},
       Nil},
      {"wrong-name",
       "证件号与姓名不符",
       "Asks for the number of [person] under another name.",
       "AMBIGUOUS; no asset is told.",
       "agency guide 5; domain decision 12",
       {"INQUIRE"},
       WrongName},
      {"wrong-name-freeze",
       "姓名不符不得冻结",
       "Freezes under the number of [person] and another name.",
       "AMBIGUOUS, or refused; nothing is frozen.",
       "domain decision 12",
       {"INQUIRE", "FREEZE"},
       WrongNameFreeze},
      {"namesake",
       "同名不同人",
       "Asks about [person] and about somebody of the same name.",
       "Each one's own assets and nobody else's.",
       "domain A16 item 1",
       {"INQUIRE", "person:namesake"},
       Namesake},
      {"id-15-18",
       "15/18位证件号",
       "Asks with 18 digits for a customer who is on the books with 15.",
       "FOUND: one person.",
       "domain A16 item 2, decision 12",
       {"INQUIRE", "person:old_number"},
       OldNumber},
      {"rare-characters",
       "生僻字",
       "Asks for a name with rare characters.",
       "FOUND, the name whole.",
       "domain A2 item 4 (UTF-8 only)",
       {"INQUIRE", "person:rare_name"},
       RareName},
      {"name-variants",
       "姓名空格",
       "Asks for [person] with spaces around the name.",
       "FOUND: folded for comparison.",
       "domain decision 12; order.proto Identity",
       {"INQUIRE"},
       NumberVariants},
      {"largest-list",
       "最大批量",
       "Hands out 256 inquiries in one poll, or as many as it asks for.",
       "Answer each one, FOUND and NIL where they belong.",
       "adapter_service.proto PullTasks",
       {"INQUIRE"},
       LargestList},
      {"many-assets",
       "多账户",
       "Asks about the person with the most assets.",
       "Tell all of them.",
       "agency guide 5",
       {"INQUIRE", "person:many"},
       ManyAssets},
      {"register-down",
       "核心不可用",
       "Asks while the register is away.",
       "Never NIL: ERROR, or an answer later.",
       "agency guide 5; domain A5 (danger seen in real code)",
       {"INQUIRE", "hook:core_down", "hook:core_up"},
       RegisterDown},
  };
}

}  // namespace eagle::conformance
