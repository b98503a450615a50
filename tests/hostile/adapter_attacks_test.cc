// A hostile gateway against a bank's adapter: whatever it does to what it hands out, nothing is done that the court did
// not sign for this bank, and the bank says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/journal/checkpoint.h"
#include "server/journal/leaf.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "tests/hostile/adapter_scene.h"
#include "tests/hostile/attack.h"

namespace eagle::hostile {
namespace adapter {
namespace {

using test::kBeiling;
using test::kSongyue;

trust::Signer& Key(const std::string& name) { return World().gateway.Key(name); }

// Everything that an order says, said otherwise: the bytes are no longer those under the signed root.
void AddFields(std::vector<AdapterAttack>& out) {
  const std::vector<std::string> not_signed{"RETURNED MEMBER_NOT_IN_ROOT"};
  const auto add = [&](const std::string& what, Target target, std::function<void(v1::Order&)> change) {
    out.push_back(
        {{Verb::kAlter, "the order's " + what, [change](AdapterScene& s) { s.Rewrite(change); }, not_signed}, target});
  };
  add("limit", Target::kFreeze, [](auto& o) { o.mutable_freeze()->set_limit_minor_units(100'000'00); });
  add("limit, down", Target::kFreeze, [](auto& o) { o.mutable_freeze()->set_limit_minor_units(1); });
  add("currency", Target::kFreeze, [](auto& o) { o.mutable_freeze()->set_currency("USD"); });
  add("inflow", Target::kFreeze, [](auto& o) { o.mutable_freeze()->set_inflow(v1::INFLOW_NONE); });
  add("term", Target::kFreeze, [](auto& o) { o.mutable_freeze()->mutable_term()->set_months(36); });
  add("target, one account instead of all", Target::kFreeze,
      [](auto& o) { o.mutable_freeze()->mutable_account()->set_account_number("9900010000000001016"); });
  add("subject's name", Target::kFreeze, [](auto& o) { o.mutable_subject()->set_name("苏晴"); });
  add("subject's number", Target::kFreeze, [](auto& o) { o.mutable_subject()->set_id_number("990101198708150029"); });
  add("subject's kind of number", Target::kFreeze, [](auto& o) { o.mutable_subject()->set_id_kind("PASSPORT"); });
  add("case", Target::kFreeze, [](auto& o) { o.set_case_number("（2026）辽9901执1号"); });
  add("court", Target::kFreeze, [](auto& o) { o.set_court(test::kOtherCourt); });
  add("id", Target::kFreeze, [](auto& o) { o.mutable_order_id()->back() ^= 1; });
  add("urgency", Target::kFreeze, [](auto& o) { o.set_urgency(v1::URGENCY_NORMAL); });
  add("officer", Target::kFreeze, [](auto& o) { o.mutable_officers(1)->set_officer("003"); });
  add("officer's card", Target::kFreeze, [](auto& o) { o.mutable_officers(0)->set_duty_card_no("D9"); });
  add("purpose", Target::kFreeze, [](auto& o) { o.set_purpose("PRESERVATION"); });
  add("legal basis", Target::kFreeze, [](auto& o) { o.set_legal_basis("none"); });
  add("paper's digest", Target::kFreeze, [](auto& o) { o.mutable_instruments(0)->mutable_digest()->back() ^= 1; });
  add("last instant", Target::kFreeze,
      [](auto& o) { o.mutable_not_after()->set_seconds(o.not_after().seconds() + 86'400); });
  add("group", Target::kFreeze, [](auto& o) { o.set_group(std::string(16, 'g')); });
  add("action", Target::kInquiry, [](auto& o) { o.set_action(v1::ACTION_FREEZE); });
  add("asset kinds asked for", Target::kInquiry, [](auto& o) { o.mutable_inquire()->add_asset_kinds("DEPOSIT"); });
  add("amount", Target::kDeduct, [](auto& o) { o.mutable_deduct()->set_amount_minor_units(10'000'00); });
  add("account's number", Target::kDeduct,
      [](auto& o) { o.mutable_deduct()->mutable_account()->set_account_number("9900010000000001016"); });
  add("account's bank", Target::kDeduct, [](auto& o) { o.mutable_deduct()->mutable_account()->set_bank(kSongyue); });
  add("account's name", Target::kDeduct,
      [](auto& o) { o.mutable_deduct()->mutable_account()->set_account_name("another"); });
  add("account's statement", Target::kDeduct,
      [](auto& o) { o.mutable_deduct()->mutable_account_statement()->back() ^= 1; });
  add("measure", Target::kDeduct,
      [](auto& o) { o.mutable_deduct()->set_freeze_order_id(World().second_freeze.order_id()); });
  add("exception to the cap", Target::kFreeze,
      [](auto& o) { o.mutable_over_cap_exception()->set_reason("INDIVISIBLE"); });
}

// The head, the signatures under it, and the path that leads to it.
void AddHeads(std::vector<AdapterAttack>& out) {
  const auto add = [&](Verb verb, const std::string& name, std::function<void(AdapterScene&)> act,
                       std::vector<std::string> noticed, Target target = Target::kFreeze) {
    out.push_back({{verb, name, std::move(act), std::move(noticed)}, target});
  };
  const std::vector<std::string> invalid{"RETURNED SIGNATURE_INVALID"};
  const std::vector<std::string> not_in_root{"RETURNED MEMBER_NOT_IN_ROOT"};
  const auto head = [&](const std::string& what, std::function<void(v1::Head&)> change,
                        std::vector<std::string> noticed) {
    add(
        Verb::kAlter, "the head's " + what, [change](AdapterScene& s) { s.RewriteHead(change); }, std::move(noticed));
  };
  head(
      "sequence", [](auto& h) { h.set_sequence(h.sequence() + 1); }, invalid);
  head(
      "instant", [](auto& h) { h.mutable_signed_at()->set_seconds(h.signed_at().seconds() + 1); }, invalid);
  head("count", [](auto& h) { h.set_count(h.count() + 1); },
       {"RETURNED SIGNATURE_INVALID", "RETURNED MEMBER_NOT_IN_ROOT"});
  head(
      "root", [](auto& h) { h.mutable_root()->back() ^= 1; }, not_in_root);
  head("environment", [](auto& h) { h.set_environment(v1::ENVIRONMENT_PRODUCTION); },
       {"RETURNED ENVIRONMENT_MISMATCH"});
  head("kind of member", [](auto& h) { h.set_member_type(v1::MEMBER_TYPE_CASE); }, {"RETURNED MEMBER_TYPE_UNKNOWN"});
  add(
      Verb::kReaddress, "the head's court",
      [](auto& s) { s.RewriteHead([](auto& h) { h.set_signer(test::kOtherCourt); }); }, invalid);
  add(Verb::kReaddress, "the head's court is none",
      [](auto& s) { s.RewriteHead([](auto& h) { h.set_signer("辽9999"); }); }, {"RETURNED SIGNER_UNKNOWN"});
  add(Verb::kAlter, "the payload's type", [](auto& s) { s.head().set_payload_type("application/json"); },
      {"RETURNED ENVELOPE_MALFORMED"});
  add(Verb::kAlter, "a bit of the first signature",
      [](auto& s) { s.head().mutable_signatures(0)->mutable_sig()->front() ^= 1; },
      {"RETURNED SIGNATURE_INVALID", "RETURNED SIGNATURES_MISSING"});
  add(Verb::kAlter, "a bit of the second signature",
      [](auto& s) { s.head().mutable_signatures(1)->mutable_sig()->back() ^= 1; },
      {"RETURNED SIGNATURE_INVALID", "RETURNED SIGNATURES_MISSING"});
  add(Verb::kTruncate, "a signature", [](auto& s) { s.head().mutable_signatures(0)->mutable_sig()->pop_back(); },
      {"RETURNED SIGNATURE_INVALID", "RETURNED ENVELOPE_MALFORMED"});
  add(Verb::kDrop, "all signatures", [](auto& s) { s.head().clear_signatures(); },
      {"RETURNED SIGNATURE_INVALID", "RETURNED ENVELOPE_MALFORMED"});
  add(Verb::kDrop, "the handler's signature", [](auto& s) { s.head().mutable_signatures()->DeleteSubrange(0, 1); },
      {"RETURNED SIGNATURES_MISSING"});
  add(Verb::kDrop, "the co-signer's signature", [](auto& s) { s.head().mutable_signatures()->DeleteSubrange(1, 1); },
      {"RETURNED SIGNATURES_MISSING"});
  add(Verb::kReplay, "the handler's signature instead of the co-signer's",
      [](auto& s) { *s.head().mutable_signatures(1) = s.head().signatures(0); },
      {"RETURNED SIGNATURES_MISSING", "RETURNED ENVELOPE_MALFORMED"});
  add(
      Verb::kSwap, "signatures of another head of the same officers",
      [](auto& s) { *s.head().mutable_signatures() = World().first.heads(0).signatures(); }, invalid);
  add(Verb::kSwap, "the co-signer's signature of another head",
      [](auto& s) { *s.head().mutable_signatures(1) = World().first.heads(0).signatures(1); },
      {"RETURNED SIGNATURES_MISSING", "RETURNED SIGNATURE_INVALID"});
  add(
      Verb::kSwap, "the whole head of another batch", [](auto& s) { s.head() = World().first.heads(0); }, not_in_root);
  add(
      Verb::kSwap, "the inquiry's head over the freeze", [](auto& s) { s.head() = World().tasks[2].heads(0); },
      not_in_root);
  add(
      Verb::kSwap, "the order of another bank under this place in the batch",
      [](auto& s) { s.task().set_member(World().elsewhere.SerializeAsString()); }, not_in_root);
  add(
      Verb::kAlter, "the order's place in the batch", [](auto& s) { s.task().set_index(1); }, not_in_root);
  add(Verb::kAlter, "a place beyond the batch", [](auto& s) { s.task().set_index(99); },
      {"RETURNED MEMBER_NOT_IN_ROOT", "RETURNED ENVELOPE_MALFORMED"});
  add(
      Verb::kAlter, "a hash of the path", [](auto& s) { s.task().mutable_path(0)->back() ^= 1; }, not_in_root);
  add(
      Verb::kTruncate, "the path", [](auto& s) { s.task().clear_path(); }, not_in_root);
  add(Verb::kTruncate, "a hash of the path", [](auto& s) { s.task().mutable_path(0)->pop_back(); },
      {"RETURNED MEMBER_NOT_IN_ROOT", "RETURNED ENVELOPE_MALFORMED"});
  add(
      Verb::kAlter, "a longer path", [](auto& s) { *s.task().add_path() = s.task().path(0); }, not_in_root);
  add(Verb::kTruncate, "the order's bytes", [](auto& s) { s.task().mutable_member()->resize(40); },
      {"-", "RETURNED MEMBER_NOT_IN_ROOT"});
  add(Verb::kTruncate, "the head's bytes", [](auto& s) { s.head().mutable_payload()->resize(20); },
      {"RETURNED ENVELOPE_MALFORMED", "RETURNED SIGNATURE_INVALID"});
  add(Verb::kDrop, "the order's bytes", [](auto& s) { s.task().clear_member(); }, {"-"});
  add(Verb::kDrop, "the head", [](auto& s) { s.head().Clear(); },
      {"RETURNED ENVELOPE_MALFORMED", "RETURNED MEMBER_NOT_IN_ROOT"});
  add(Verb::kDrop, "the list of heads", [](auto& s) { s.second.clear_heads(); }, {"-"});
  add(
      Verb::kAlter, "bytes after the order that a lax reader skips",
      [](auto& s) { s.task().mutable_member()->append("\xa2\x06\x01x", 4); }, not_in_root);
  add(Verb::kAlter, "bytes after the head that a lax reader skips",
      [](auto& s) { s.head().mutable_payload()->append("\xa2\x06\x01x", 4); },
      {"RETURNED SIGNATURE_INVALID", "RETURNED ENVELOPE_MALFORMED", "RETURNED UNKNOWN_FIELDS"});
}

// Orders that the attacker signs himself, with keys that he has: his own, another court's officers, another agency's.
void AddForgeries(std::vector<AdapterAttack>& out) {
  static auto* const kOwn = new trust::Ed25519Signer(*trust::Ed25519Signer::FromSeed(std::string(32, 'h')));
  static auto* const kOwnToo = new trust::Ed25519Signer(*trust::Ed25519Signer::FromSeed(std::string(32, 'H')));
  const auto nothing = [](v1::Order&, v1::Head&) {};
  const auto add = [&](Verb verb, const std::string& name, std::function<std::vector<trust::Signer*>()> by,
                       std::function<void(v1::Order&, v1::Head&)> change, std::vector<std::string> noticed,
                       Target target = Target::kFreeze) {
    out.push_back({{verb, name, [by, change](AdapterScene& s) { s.Forge(by(), change); }, std::move(noticed)}, target});
  };
  const std::vector<std::string> invalid{"RETURNED SIGNATURE_INVALID"};
  const auto mine = [] { return std::vector<trust::Signer*>{kOwn, kOwnToo}; };
  add(Verb::kFork, "the freeze, signed by two keys of the gateway's own", mine, nothing, invalid);
  add(
      Verb::kFork, "the deduction, to an account of the gateway's own", mine,
      [](auto& o, auto&) { o.mutable_deduct()->mutable_account()->set_account_number("1"); }, invalid, Target::kDeduct);
  add(
      Verb::kFork, "an inquiry about a person whom no court asked about", mine,
      [](auto& o, auto&) { *o.mutable_subject() = test::DemoWorld::SuQing(); }, invalid, Target::kInquiry);
  add(
      Verb::kFork, "the court's own key instead of its officers'",
      [] { return std::vector<trust::Signer*>{&Key(std::string("court/") + test::kCourt)}; }, nothing, invalid);
  add(
      Verb::kFork, "two registrars instead of officers",
      [] {
        return std::vector<trust::Signer*>{&Key("registrar-1"), &Key("registrar-2")};
      },
      nothing, invalid);
  add(
      Verb::kFork, "two administrators instead of officers",
      [] {
        return std::vector<trust::Signer*>{&Key("administrator-1"), &Key("administrator-2")};
      },
      nothing, invalid);
  add(
      Verb::kFork, "another bank's key",
      [] { return std::vector<trust::Signer*>{&Key(std::string("agency/") + kSongyue)}; }, nothing, invalid);
  add(
      Verb::kFork, "this bank's own key",
      [] { return std::vector<trust::Signer*>{&Key(std::string("agency/") + kBeiling)}; }, nothing, invalid);
  const auto others = [] {
    const std::string court = std::string("court/") + test::kOtherCourt;
    return std::vector<trust::Signer*>{&Key(court + "/officer/001"), &Key(court + "/officer/002")};
  };
  add(Verb::kReaddress, "another court's officers under this court's name", others, nothing, invalid);
  add(
      Verb::kReaddress, "another court's head over this court's order", others,
      [](auto&, auto& h) { h.set_signer(test::kOtherCourt); }, invalid);
  add(
      Verb::kReaddress, "another court orders a deduction to its own account of this court's measure", others,
      [](auto& o, auto& h) {
        h.set_signer(test::kOtherCourt);
        o.set_court(test::kOtherCourt);
      },
      {"RETURNED ACCOUNT_NOT_COURTS"}, Target::kDeduct);
  // One dishonest officer, with the gateway's help.
  const auto handler = [] { return std::vector<trust::Signer*>{&Key(test::kHandler)}; };
  add(Verb::kFork, "the handler alone", handler, nothing, {"RETURNED SIGNATURES_MISSING"});
  add(Verb::kFork, "the handler and a key of the gateway's own",
      [] {
        return std::vector<trust::Signer*>{&Key(test::kHandler), kOwn};
      },
      nothing, {"RETURNED SIGNATURES_MISSING", "RETURNED SIGNATURE_INVALID"});
  add(Verb::kFork, "the handler and the leader, no co-signer",
      [] {
        return std::vector<trust::Signer*>{&Key(test::kHandler), &Key(test::kLeader)};
      },
      nothing, {"RETURNED SIGNATURES_MISSING"});
  add(Verb::kFork, "the co-signer and the leader, no handler",
      [] {
        return std::vector<trust::Signer*>{&Key(test::kCosigner), &Key(test::kLeader)};
      },
      nothing, {"RETURNED SIGNATURES_MISSING"});
  const auto both = [] { return std::vector<trust::Signer*>{&Key(test::kHandler), &Key(test::kCosigner)}; };
  add(Verb::kReaddress, "an order that its court addressed to another bank", both,
      [](auto& o, auto&) { o.set_agencies(0, kSongyue); }, {"RETURNED AUDIENCE_MISMATCH"});
  add(
      Verb::kReaddress, "an order that names another court than its head", both,
      [](auto& o, auto&) { o.set_court(test::kOtherCourt); }, invalid);
  add(Verb::kReplay, "an order whose last instant has passed", both,
      [](auto& o, auto&) { o.mutable_issued_at()->set_seconds(1), o.mutable_not_after()->set_seconds(2); },
      {"RETURNED ORDER_EXPIRED"});
  add(Verb::kReaddress, "an order of the production world", both,
      [](auto&, auto& h) { h.set_environment(v1::ENVIRONMENT_PRODUCTION); }, {"RETURNED ENVIRONMENT_MISMATCH"});
  add(
      Verb::kReaddress, "a deduction to an account that the court never stated", both,
      [](auto& o, auto&) { o.mutable_deduct()->mutable_account()->set_account_number("9900010000000099028"); },
      {"RETURNED ACCOUNT_NOT_COURTS"}, Target::kDeduct);
  add(
      Verb::kReaddress, "a deduction that names another court's account statement", both,
      [](auto& o, auto&) {
        const auto* file =
            World().gateway.state().directory.StatementAbout(std::string("court/") + test::kOtherCourt + "/account/1");
        o.mutable_deduct()->set_account_statement(file->digest);
      },
      {"RETURNED ACCOUNT_NOT_COURTS"}, Target::kDeduct);
  add(Verb::kReplay, "another order under the id of the freeze that was done", both,
      [](auto& o, auto&) { o.set_order_id(World().freeze.order_id()); }, {"RETURNED ORDER_ID_REUSED"});
  add(Verb::kAlter, "an exception to the cap that no leader signed", both,
      [](auto& o, auto&) {
        o.mutable_over_cap_exception()->set_reason("INDIVISIBLE");
        o.mutable_over_cap_exception()->set_leader("003");
      },
      {"RETURNED EXCEPTION_NOT_SIGNED"});
}

// The directory: statements, on their way to the book.
void AddStatements(std::vector<AdapterAttack>& out) {
  const auto add = [&](Verb verb, const std::string& name, std::function<void(AdapterScene&)> act,
                       std::vector<std::string> noticed, Target target = Target::kFreeze) {
    out.push_back({{verb, name, std::move(act), std::move(noticed)}, target});
  };
  // The place of the statement about `subject` in the first poll.
  const auto at = [](AdapterScene& s, const std::string& subject) -> v1::DirectoryChange& {
    for (v1::DirectoryChange& change : *s.first.mutable_directory()) {
      v1::Statement statement;
      statement.ParseFromString(change.statement().member());
      if (statement.subject() == subject) return change;
    }
    ADD_FAILURE() << subject;
    return *s.first.mutable_directory(0);
  };
  const auto rewrite = [](v1::DirectoryChange& change, const std::function<void(v1::Statement&)>& how) {
    v1::Statement statement;
    statement.ParseFromString(change.statement().member());
    how(statement);
    change.mutable_statement()->set_member(statement.SerializeAsString());
  };
  const std::string court = std::string("court/") + test::kCourt;
  // What is judged comes back with a reason; what would be right waits, for the directory's head doesn't fit.
  const std::vector<std::string> unknown{"RETURNED SIGNER_UNKNOWN"},
      nobody{"RETURNED SIGNATURES_MISSING", "RETURNED SIGNATURE_INVALID", "RETURNED OFFICER_NOT_VALID"};
  const auto lost = [](AdapterScene& s, v1::DirectoryChange& change) {
    for (int i = 0; i < s.first.directory_size(); ++i) {
      if (&s.first.directory(i) == &change) return s.first.mutable_directory()->DeleteSubrange(i, 1);
    }
  };
  add(
      Verb::kDrop, "the statement of the court's key", [=](auto& s) { lost(s, at(s, court)); }, unknown);
  add(
      Verb::kDrop, "the statement of the co-signer", [=](auto& s) { lost(s, at(s, test::kCosigner)); }, nobody);
  add(
      Verb::kDrop, "the statement of the account", [=](auto& s) { lost(s, at(s, court + "/account/1")); },
      {"RETURNED ACCOUNT_NOT_COURTS"}, Target::kDeduct);
  add(
      Verb::kDrop, "the whole directory", [](auto& s) { s.first.clear_directory(); }, unknown);
  add(
      Verb::kAlter, "the court's key",
      [=](auto& s) { rewrite(at(s, court), [](auto& st) { st.mutable_key()->back() ^= 1; }); }, unknown);
  add(
      Verb::kAlter, "the co-signer's key",
      [=](auto& s) { rewrite(at(s, test::kCosigner), [](auto& st) { st.mutable_key()->back() ^= 1; }); }, nobody);
  add(
      Verb::kAlter, "the handler's roles",
      [=](auto& s) { rewrite(at(s, test::kHandler), [](auto& st) { st.add_roles(v1::OFFICER_ROLE_COSIGNER); }); },
      nobody);
  add(
      Verb::kAlter, "the account's number",
      [=](auto& s) {
        rewrite(at(s, court + "/account/1"), [](auto& st) { st.mutable_account()->set_account_number("1"); });
      },
      {"RETURNED ACCOUNT_NOT_COURTS"}, Target::kDeduct);
  add(
      Verb::kDrop, "one registrar's signature under the court's key",
      [=](auto& s) { at(s, court).mutable_statement()->mutable_head()->mutable_signatures()->RemoveLast(); }, unknown);
  add(
      Verb::kReplay, "one registrar's signature twice under the court's key",
      [=](auto& s) {
        auto* signatures = at(s, court).mutable_statement()->mutable_head()->mutable_signatures();
        *signatures->Mutable(1) = signatures->Get(0);
      },
      unknown);
  add(
      Verb::kSwap, "the registrars' signatures are those of another head",
      [=](auto& s) {
        *at(s, court).mutable_statement()->mutable_head()->mutable_signatures() =
            at(s, test::kHandler).statement().head().signatures();
      },
      unknown);
  add(
      Verb::kReaddress, "the other court's officers as this court's",
      [=](auto& s) {
        const std::string other = std::string("court/") + test::kOtherCourt + "/officer/002";
        rewrite(at(s, other), [](auto& st) { st.set_subject(test::kCosigner); });
        lost(s, at(s, test::kCosigner));
      },
      nobody);
  add(
      Verb::kFork, "an officer whom only the gateway states",
      [=](auto& s) {
        static auto* const kOwn = new trust::Ed25519Signer(*trust::Ed25519Signer::FromSeed(std::string(32, 'h')));
        v1::DirectoryChange& change = at(s, test::kCosigner);
        v1::Statement statement;
        statement.ParseFromString(change.statement().member());
        statement.set_key(kOwn->public_key());
        const trust::HeadFields fields{v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST, test::kCourt, 4711,
                                       World().gateway.clock.wall};
        *change.mutable_statement() =
            trust::TravelForm(trust::MakeBatch(fields, {statement.SerializeAsString()}, {kOwn}), 0);
        s.Forge({&Key(test::kHandler), kOwn}, [](auto&, auto&) {});
      },
      nobody);
  add(Verb::kReplay, "statements in the reverse order",
      [](auto& s) {
        auto* all = s.first.mutable_directory();
        for (int i = 0; i < all->size() / 2; ++i) all->SwapElements(i, all->size() - 1 - i);
        for (int i = 0; i < all->size(); ++i) all->Mutable(i)->set_position(static_cast<uint64_t>(i) + 1);
      },
      {"RETURNED SIGNER_UNKNOWN", "RETURNED SIGNATURES_MISSING", "RETURNED SIGNATURE_INVALID"});
  add(
      Verb::kTruncate, "the directory after the court's key",
      [=](auto& s) {
        int keep = 0;
        while (&s.first.directory(keep++) != &at(s, court)) {
        }
        s.first.mutable_directory()->DeleteSubrange(keep, s.first.directory_size() - keep);
      },
      unknown);
}

// Answers to Hello and to polls.
void AddSessions(std::vector<AdapterAttack>& out) {
  const auto add = [&](Verb verb, const std::string& name, std::function<void(AdapterScene&)> act) {
    out.push_back({{verb, name, std::move(act), {"-"}}, Target::kFreeze});
  };
  add(Verb::kReaddress, "Hello takes the bank for another", [](auto& s) { s.hello.set_agency(kSongyue); });
  add(Verb::kReaddress, "Hello is of the production world",
      [](auto& s) { s.hello.set_environment(v1::ENVIRONMENT_PRODUCTION); });
  add(Verb::kAlter, "Hello speaks a version that nobody offered", [](auto& s) { s.hello.set_contract_version(2); });
  add(Verb::kDrop, "everything that Hello says", [](auto& s) { s.hello.Clear(); });
  add(Verb::kAlter, "more tasks than were asked for", [](auto& s) {
    for (int i = 0; i < 300; ++i) *s.second.add_tasks() = s.second.tasks(0);
  });
  add(Verb::kAlter, "a head that isn't there", [](auto& s) { s.task().set_head(7); });
  add(Verb::kAlter, "the order is withdrawn while it is handed out", [](auto& s) {
    v1::Order order;
    order.ParseFromString(s.task().member());
    s.second.add_withdrawn(order.order_id());
  });
}

const std::vector<AdapterAttack>& Attacks() {
  static const auto* const kAttacks = [] {
    auto* out = new std::vector<AdapterAttack>;
    AddFields(*out);
    AddHeads(*out);
    AddForgeries(*out);
    AddWitnessed(*out);
    AddStatements(*out);
    AddDirectoryHeads(*out);
    AddSessions(*out);
    return out;
  }();
  return *kAttacks;
}

TEST(HostileToAnAdapter, WhatIsHonestIsDone) {
  EXPECT_EQ(World().Show(World().Honest(Target::kFreeze), Target::kFreeze).effects, 1);
  const auto deducted = World().Show(World().Honest(Target::kDeduct), Target::kDeduct);
  EXPECT_EQ(deducted.effects, 1) << deducted.outcome;
  EXPECT_EQ(deducted.outcome, "DEDUCTED");
  EXPECT_EQ(World().Show(World().Honest(Target::kInquiry), Target::kInquiry).outcome, "FOUND");
  const auto replayed = World().Show(World().Honest(Target::kReplayed), Target::kReplayed);
  EXPECT_EQ(replayed.first_effects, 1) << "the same order again is not done again";
  EXPECT_EQ(replayed.words_on_first, 1u) << "and gets the same answer";
}

std::string BytesOf(const AdapterScene& scene) {
  return scene.hello.SerializeAsString() + "|" + scene.first.SerializeAsString() + "|" +
         scene.second.SerializeAsString();
}

TEST(HostileToAnAdapter, EveryRowShowsOtherBytes) {
  std::map<Target, DifferentScenes> seen;
  for (const AdapterAttack& attack : Attacks()) {
    AdapterScene scene = World().Honest(attack.target);
    DifferentScenes& scenes = seen.try_emplace(attack.target, BytesOf(scene)).first->second;
    attack.act(scene);
    scenes.Add(attack.name, BytesOf(scene));
  }
}

TEST(HostileToAnAdapter, NothingIsDoneThatTheCourtDidNotSignForThisBank) {
  for (const AdapterAttack& attack : Attacks()) {
    SCOPED_TRACE(attack.name);
    AdapterScene scene = World().Honest(attack.target);
    attack.act(scene);
    const AdapterWorld::Told told = World().Show(scene, attack.target);
    EXPECT_THAT(attack.noticed, testing::Contains(told.outcome));
    EXPECT_EQ(told.effects, 0);
    EXPECT_EQ(told.others, 0);
    EXPECT_LE(told.first_effects, 1);
  }
}

// The same freeze again in other clothes: it was done once.
TEST(HostileToAnAdapter, WhatComesAgainIsAnsweredAgainAndNotDoneAgain) {
  const std::vector<std::pair<std::string, std::function<void(AdapterScene&)>>> ways = {
      {"under a new fence", [](AdapterScene& s) { s.task().set_fence(s.task().fence() + 1000); }},
      {"under an older fence", [](AdapterScene& s) { s.task().set_fence(1); }},
      {"twice in one poll", [](AdapterScene& s) { *s.second.add_tasks() = s.second.tasks(0); }},
      {"at another place of the log", [](AdapterScene& s) { s.task().set_order_seq(1); }},
      {"with another due instant", [](AdapterScene& s) { s.task().mutable_due_at()->set_seconds(1); }},
      {"without its signatures", [](AdapterScene& s) { s.head().clear_signatures(); }},
      {"withdrawn at the same time", [](AdapterScene& s) { s.second.add_withdrawn(World().freeze.order_id()); }}};
  for (const auto& [name, act] : ways) {
    SCOPED_TRACE(name);
    AdapterScene scene = World().Honest(Target::kReplayed);
    act(scene);
    const AdapterWorld::Told told = World().Show(scene, Target::kReplayed);
    EXPECT_EQ(told.first_effects, 1);
    EXPECT_EQ(told.words_on_first, 1u);
    EXPECT_EQ(told.outcome, "PARTLY_CONTROLLED");
  }
}

}  // namespace
}  // namespace adapter

std::vector<AttackRow> AdapterAttacks() {
  std::vector<AttackRow> rows;
  for (const adapter::AdapterAttack& attack : adapter::Attacks()) rows.push_back({attack.verb, attack.name});
  return rows;
}

}  // namespace eagle::hostile
