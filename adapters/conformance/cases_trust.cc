// Orders that no honest court gave: forged, altered, re-addressed, of the other environment, of people who may not.
// Whatever the gateway hands out, the adapter verifies it with its own keys and sends it back undone.
#include "absl/strings/str_cat.h"
#include "adapters/conformance/cases.h"
#include "server/trust/subject.h"
#include "server/trust/timestamps.h"

namespace eagle::conformance {
namespace {

// The control that each case forges: a freeze where the adapter freezes, else an inquiry.
v1::Order Forgery(Play& play) { return play.courts().Freeze(play.Someone(), play.Limit(kSmallLimit)); }

// Hands out what must be sent back, and sees that nothing was done.
void MustReturn(Play& play, const v1::SignedMember& member, std::string_view what) {
  const auto before = play.LookAt(play.Someone());
  const std::string digest = play.HandSigned(member);
  play.CheckReturned(digest, what);
  play.CheckTaken(before, play.LookAt(play.Someone()), 0, 0, what);
}

void ForgedSignature(Play& play) {
  const v1::Order order = Forgery(play);
  trust::Signer& stranger = play.world().KeyOf("stranger");
  MustReturn(play, play.courts().Sign(order, {.signers = {&stranger}}), "an order signed by a stranger's key");
}

void AlteredOrder(Play& play) {
  v1::Order order = Forgery(play);
  v1::SignedMember member = play.courts().Sign(order);
  order.set_legal_basis("改过");
  member.set_member(order.SerializeAsString());
  MustReturn(play, member, "an order whose bytes were changed after the officers signed");
}

void OneSignature(Play& play) {
  const v1::Order order = Forgery(play);
  trust::Signer& handler = play.world().OfficerKey(kCourt, kHandler);
  MustReturn(play, play.courts().Sign(order, {.signers = {&handler}}), "a freeze that only the handler signed");
}

void SameOfficerTwice(Play& play) {
  const v1::Order order = Forgery(play);
  v1::SignedMember member = play.courts().Sign(order, {.signers = {&play.world().OfficerKey(kCourt, kHandler)}});
  *member.mutable_head()->add_signatures() = member.head().signatures(0);
  MustReturn(play, member, "a freeze with two signatures of one officer");
}

void OtherCourtsOfficers(Play& play) {
  const v1::Order order = Forgery(play);
  MustReturn(play,
             play.courts().Sign(order, {.signers = {&play.world().OfficerKey(kOtherCourt, kHandler),
                                                    &play.world().OfficerKey(kOtherCourt, kCosigner)},
                                        .signer = kOtherCourt}),
             "an order of one court in a batch that another court's officers signed");
}

void UnregisteredOfficer(Play& play) {
  v1::Order order = Forgery(play);
  order.mutable_officers(0)->set_duty_card_no("D999");
  MustReturn(play, play.courts().Sign(order), "an officer whose duty card number isn't the registered one");
}

void ReAddressed(Play& play) {
  v1::Order order = Forgery(play);
  order.set_agencies(0, kElsewhere);
  MustReturn(play, play.courts().Sign(order), "an order that is addressed to another agency");
  order = Forgery(play);
  order.add_agencies(kElsewhere);
  MustReturn(play, play.courts().Sign(order), "a freeze that names two agencies");
}

void WrongEnvironment(Play& play) {
  MustReturn(play, play.courts().Sign(Forgery(play), {.environment = v1::ENVIRONMENT_PRODUCTION}),
             "an order of the production environment");
}

void Expired(Play& play) {
  v1::Order order = Forgery(play);
  *order.mutable_issued_at() = trust::TimestampOf(play.Now() - absl::Hours(72));
  *order.mutable_not_after() = trust::TimestampOf(play.Now() - absl::Hours(24));
  MustReturn(play, play.courts().Sign(order), "an order whose not_after was past when it arrived");
  order = Forgery(play);
  *order.mutable_not_before() = trust::TimestampOf(play.Now() + absl::Hours(24));
  *order.mutable_not_after() = trust::TimestampOf(play.Now() + absl::Hours(72));
  MustReturn(play, play.courts().Sign(order), "an order that was handed out a day before its not_before");
}

void UnknownField(Play& play) {
  v1::Order order = Forgery(play);
  order.GetReflection()->MutableUnknownFields(&order)->AddLengthDelimited(9999, "of a later version");
  MustReturn(play, play.courts().Sign(order), "an order with a field that this version doesn't know");
}

// An officer is stated, signs, and has his key revoked before the order arrives.
void RevokedKey(Play& play) {
  const std::string code = absl::StrCat("9", absl::ToUnixSeconds(play.Now()) % 100'000'000);
  const std::string name = absl::StrCat("officer-", kCourt, "-", code);
  absl::Status stated = play.world().AddKey(name, play.entropy());
  play.stage().Locked([&] {
    if (!stated.ok()) return;
    stated = play.world().State(
        play.world().OfficerStatement(kCourt, code, play.world().KeyOf(name).public_key(), {v1::OFFICER_ROLE_HANDLER}),
        play.Now());
  });
  if (!play.Check(stated.ok(), "the kit could not state an officer")) return;
  v1::Order order = play.courts().Inquiry(play.Someone());
  play.courts().NameOfficers(order, {code});
  const v1::SignedMember good = play.courts().Sign(order, {.signers = {&play.world().KeyOf(name)}});
  if (!play.CheckOutcome(play.Answer(play.HandSigned(good)), v1::OUTCOME_FOUND, "the new officer's inquiry")) return;

  v1::Statement revoked;
  revoked.set_subject(trust::OfficerSubject(kCourt, code));
  revoked.set_kind(v1::STATEMENT_KIND_REVOKED);
  *revoked.mutable_compromised_since() = trust::TimestampOf(play.Now() - absl::Hours(1));
  play.stage().Locked([&] { stated = play.world().State(revoked, play.Now()); });
  if (!play.Check(stated.ok(), "the kit could not revoke a key")) return;
  order = play.courts().Inquiry(play.Someone());
  play.courts().NameOfficers(order, {code});
  play.CheckReturned(play.HandSigned(play.courts().Sign(order, {.signers = {&play.world().KeyOf(name)}})),
                     "an inquiry signed by a key that was revoked");
}

// The statement about its officer comes later than the order: it waits, and is then done.
void LateStatement(Play& play) {
  const std::string code = absl::StrCat("8", absl::ToUnixSeconds(play.Now()) % 100'000'000);
  const std::string name = absl::StrCat("officer-", kCourt, "-", code);
  absl::Status stated = play.world().AddKey(name, play.entropy());
  play.stage().Locked([&] {
    play.gateway().bent.statements_held_back = true;
    play.gateway().bent.statements_told = play.world().statements().size();
    if (!stated.ok()) return;
    stated = play.world().State(
        play.world().OfficerStatement(kCourt, code, play.world().KeyOf(name).public_key(), {v1::OFFICER_ROLE_HANDLER}),
        play.Now());
  });
  if (!play.Check(stated.ok(), "the kit could not state an officer")) return;
  v1::Order order = play.courts().Inquiry(play.Someone());
  play.courts().NameOfficers(order, {code});
  const std::string digest = play.HandSigned(play.courts().Sign(order, {.signers = {&play.world().KeyOf(name)}}));
  const auto early = play.AnswerSoon(digest);
  play.Check(!early, "an order whose officer isn't stated yet, while directory_complete is false: must wait, was " +
                         InWords(early));
  play.stage().Locked([&] { play.gateway().bent.statements_held_back = false; });
  play.CheckOutcome(play.Answer(digest), v1::OUTCOME_FOUND, "the same order once its officer was stated");
}

// A measure is its court's alone.
void AnothersMeasure(Play& play) {
  const auto before = play.LookAt(play.Someone());
  const v1::Order freeze = Forgery(play);
  if (!play.CheckControlled(play.Ask(freeze), "a freeze by the one court")) return;
  const auto receipt = play.Ask(play.courts().Release(freeze, 0, kOtherCourt));
  const bool refused =
      receipt && (receipt->kind() == v1::RECEIPT_KIND_RETURNED || Is(receipt, v1::OUTCOME_NOT_CONTROLLED));
  play.Check(refused, "a release by another court than the one that froze: must be refused, was " + InWords(receipt));
  play.CheckTaken(before, play.LookAt(play.Someone()), play.Limit(kSmallLimit), 1, "after that release");
}

void StrangeAccount(Play& play) {
  const v1::Order freeze = play.courts().Freeze(play.Someone(), kSmallLimit);
  if (!play.CheckControlled(play.Ask(freeze), "a freeze before the deduction")) return;
  const auto before = play.LookAt(play.Someone());
  const v1::Order deduct = play.courts().Deduct(freeze, kSmallLimit, std::string(32, '\x5A'));
  play.CheckReturned(play.Hand(deduct), "a deduction to an account that no statement names");
  const auto after = play.LookAt(play.Someone());
  if (before && after)
    play.Check(before->balance == after->balance, "money left for an account that no statement names");
}

}  // namespace

std::vector<Case> TrustCases() {
  return {
      {"forged-signature",
       "伪造签名",
       "Hands out a freeze that a stranger signed.",
       "RETURNED; nothing is done.",
       "agency guide 3, items 3 and 5",
       {"INQUIRE", "FREEZE"},
       ForgedSignature},
      {"altered-order",
       "篡改",
       "Changes a freeze after the officers signed it.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 2",
       {"INQUIRE", "FREEZE"},
       AlteredOrder},
      {"one-signature",
       "缺副签",
       "Hands out a freeze with the handler's signature alone.",
       "RETURNED; nothing is done.",
       "agency guide 1 (two keys in two roles); domain decision 6",
       {"INQUIRE", "FREEZE"},
       OneSignature},
      {"same-officer-twice",
       "一人两签",
       "Gives a freeze two signatures by one officer.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 5: each key counts once",
       {"INQUIRE", "FREEZE"},
       SameOfficerTwice},
      {"other-courts-officers",
       "他院法官",
       "Has another court's officers sign the order of a court.",
       "RETURNED; nothing is done.",
       "agency guide 3, items 3 and 6",
       {"INQUIRE", "FREEZE"},
       OtherCourtsOfficers},
      {"unregistered-officer",
       "双证不符",
       "Names an officer with another duty card number than the registered one.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 8 (双人双证)",
       {"INQUIRE", "FREEZE"},
       UnregisteredOfficer},
      {"re-addressed",
       "改投",
       "Hands out a genuine order to another agency, and a freeze that names two.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 7",
       {"INQUIRE", "FREEZE"},
       ReAddressed},
      {"wrong-environment",
       "环境不符",
       "Hands out an order of the production environment.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 1",
       {"INQUIRE", "FREEZE"},
       WrongEnvironment},
      {"expired-order",
       "过期",
       "Hands out an order that expired a day ago, and one whose not_before is a day ahead.",
       "RETURNED; nothing is done.",
       "agency guide 3, item 9",
       {"INQUIRE", "FREEZE"},
       Expired},
      {"unknown-fields",
       "未知字段（命令）",
       "Adds a field of no known version to a signed order.",
       "RETURNED; what isn't understood is not acted on.",
       "order.proto; agency guide 3, item 6",
       {"INQUIRE", "FREEZE"},
       UnknownField},
      {"revoked-key",
       "密钥吊销",
       "Revokes an officer's key between two inquiries that he signed.",
       "The first is answered, the second RETURNED.",
       "agency guide 3, item 4",
       {"INQUIRE"},
       RevokedKey},
      {"late-statement",
       "目录未齐",
       "Hands out an order before the statement about its officer.",
       "Wait while directory_complete is false; then do it.",
       "agency guide 3, last paragraph",
       {"INQUIRE"},
       LateStatement},
      {"anothers-measure",
       "他院措施",
       "Has one court release the measure of another.",
       "Refuse; the measure stands.",
       "order.proto Release; domain A3",
       {"INQUIRE", "FREEZE", "RELEASE"},
       AnothersMeasure},
      {"strange-account",
       "非案款账户",
       "Orders a deduction to an account that no statement names.",
       "RETURNED; no money leaves.",
       "agency guide 3, item 10; domain decision 4",
       {"INQUIRE", "FREEZE", "RELEASE", "DEDUCT", "court_account", "money"},
       StrangeAccount},
  };
}

}  // namespace eagle::conformance
