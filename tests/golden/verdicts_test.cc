// proto/vectors/: signatures, paths, checkpoints and whole orders, each with the verdict on it. What a program in
// another language must take, and what it must refuse; here the product's own code judges them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "adapters/sdk/verifier.h"
#include "server/base/reason.h"
#include "server/domain/instant.h"
#include "server/journal/checkpoint.h"
#include "server/journal/merkle.h"
#include "server/trust/make_batch.h"
#include "server/trust/subject.h"
#include "tests/golden/vector_json.h"
#include "tests/support/recovery.h"

namespace eagle::test::verdicts {
namespace {

namespace v1 = goldeneagle::v1;

const absl::Time kMonday = absl::FromUnixSeconds(1'790'557'200);  // 2026-09-28 09:00 in the court's zone
constexpr char kCourt[] = "辽9901", kOtherCourt[] = "辽9902", kAgency[] = "9900010", kOtherAgency[] = "9900020";

std::string Verdict(bool good) { return good ? "true" : "false"; }
std::string Flip(std::string bytes, size_t at) {
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
  return bytes;
}
trust::Ed25519Signer KeyOf(char seed) { return *trust::Ed25519Signer::FromSeed(std::string(32, seed)); }

// --- single signatures

// SM2 signs with a random number, so these two were made once, by the openssl program with the secret 73 73 ... 73: the
// second under the id 0000000000000000, which nobody here uses.
constexpr char kSm2Signature[] =
    "38e94d71c106044c6c50e131fd0343f830ab9f1096422995830976d8915647d7112dcb44c02fe9566a6458b7745be36e058a60bcdac34e8af"
    "1bbf579ca07a3b9";
constexpr char kSm2OtherId[] =
    "082bb1ebc7bce8fd082bb6efeab700e75a47f21cd7ff7ffe44e395f418f1fd726e8e863d71c2d418222453b0d3ae32468e0956d8ce978e823e"
    "d04a308f48f9c5";

struct Signed {
  std::string name;
  v1::KeyAlgorithm algorithm;
  std::string key, message, sig;
  bool verifies = false;
};

// The same point with s + L: what a lax verifier takes as a second signature.
std::string PlusOrder(std::string sig) {
  std::string order = *HexDecode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(sig[32 + i]) + static_cast<unsigned char>(order[i]);
    sig[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  return sig;
}

std::vector<Signed> Signatures() {
  trust::Ed25519Signer ed = KeyOf('h'), other = KeyOf('c');
  const trust::Sm2Signer sm2 = *trust::Sm2Signer::FromSecret(std::string(32, 's'));
  const std::string message = "what is signed", sig = ed.Sign(message);
  const std::string made = *HexDecode(kSm2Signature), under = *HexDecode(kSm2OtherId);
  const auto by_ed = [&](std::string name, std::string key, std::string text, std::string s, bool good = false) {
    return Signed{std::move(name), v1::KEY_ALGORITHM_ED25519, std::move(key), std::move(text), std::move(s), good};
  };
  const auto by_sm2 = [&](std::string name, std::string key, std::string text, std::string s, bool good = false) {
    return Signed{std::move(name), v1::KEY_ALGORITHM_SM2, std::move(key), std::move(text), std::move(s), good};
  };
  return {
      by_ed("right", ed.public_key(), message, sig, true),
      by_ed("one bit of R changed", ed.public_key(), message, Flip(sig, 10)),
      by_ed("one bit of s changed", ed.public_key(), message, Flip(sig, 40)),
      by_ed("one bit of the message changed", ed.public_key(), Flip(message, 0), sig),
      by_ed("another key", other.public_key(), message, sig),
      by_ed("s + L, the same point", ed.public_key(), message, PlusOrder(sig)),
      by_ed("one byte short", ed.public_key(), message, sig.substr(0, 63)),
      by_ed("all zeros", ed.public_key(), message, std::string(64, '\0')),
      by_ed("a key of the other algorithm", sm2.public_key(), message, made),
      by_sm2("right", sm2.public_key(), message, made, true),
      by_sm2("one bit of r changed", sm2.public_key(), message, Flip(made, 10)),
      by_sm2("one bit of s changed", sm2.public_key(), message, Flip(made, 40)),
      by_sm2("one bit of the message changed", sm2.public_key(), Flip(message, 0), made),
      by_sm2("made under another id", sm2.public_key(), message, under),
      by_sm2("s before r", sm2.public_key(), message, made.substr(32) + made.substr(0, 32)),
      by_sm2("as DER", sm2.public_key(), message,
             "\x30\x44\x02\x20" + made.substr(0, 32) + "\x02\x20" + made.substr(32)),
      by_sm2("all zeros", sm2.public_key(), message, std::string(64, '\0')),
      by_sm2("a key of the other algorithm", ed.public_key(), message, sig),
  };
}

TEST(Verdicts, OnSignatures) {
  const trust::PublicKeyChecker checker;
  std::vector<std::string> rows;
  for (const Signed& one : Signatures()) {
    const std::string algorithm = one.algorithm == v1::KEY_ALGORITHM_SM2 ? "SM2" : "ED25519";
    EXPECT_EQ(checker.Check(one.algorithm, one.key, one.message, one.sig), one.verifies)
        << algorithm << ": " << one.name;
    rows.push_back(Object({{"name", JsonText(one.name)},
                           {"algorithm", JsonText(algorithm)},
                           {"key", Hex(one.key)},
                           {"message", Hex(one.message)},
                           {"sig", Hex(one.sig)},
                           {"verifies", Verdict(one.verifies)}},
                          "  "));
  }
  ExpectStored("signatures.json", absl::StrCat(List(rows, ""), "\n"));
}

// --- paths

TEST(Verdicts, OnPaths) {
  std::vector<std::string> rows;
  const auto add = [&](const std::string& name, const journal::Hash& leaf, uint64_t index, uint64_t size,
                       const std::vector<journal::Hash>& path, const journal::Hash& root, bool holds) {
    EXPECT_EQ(journal::VerifyInclusion(leaf, index, size, path, root), holds) << name;
    rows.push_back(Object({{"name", JsonText(name)},
                           {"leaf_hash", Hex(leaf)},
                           {"index", absl::StrCat(index)},
                           {"size", absl::StrCat(size)},
                           {"path", HexList(path)},
                           {"root", Hex(root)},
                           {"holds", Verdict(holds)}},
                          "  "));
  };
  std::vector<journal::Hash> leaves;
  for (size_t i = 0; i < 7; ++i) leaves.push_back(journal::LeafHash(std::string(1, static_cast<char>('a' + i))));
  for (const size_t size : {1u, 2u, 3u, 5u, 6u, 7u}) {
    const std::span<const journal::Hash> tree(leaves.data(), size);
    for (size_t i = 0; i < size; ++i) {
      add(absl::StrCat("leaf ", i, " of ", size), leaves[i], i, size, journal::PathOf(tree, i),
          journal::RootOfLeaves(tree), true);
    }
  }
  const journal::Hash root = journal::RootOfLeaves(leaves);
  std::vector<journal::Hash> path = journal::PathOf(leaves, 4), longer = path, shorter = path, changed = path;
  longer.push_back(root), shorter.pop_back(), changed[1][0] ^= 1;
  add("another leaf", leaves[3], 4, 7, path, root, false);
  add("another index", leaves[4], 5, 7, path, root, false);
  add("an index outside", leaves[4], 7, 7, path, root, false);
  add("another size", leaves[4], 4, 6, path, root, false);
  add("no size", leaves[0], 0, 0, {}, leaves[0], false);
  add("one hash too many", leaves[4], 4, 7, longer, root, false);
  add("one hash too few", leaves[4], 4, 7, shorter, root, false);
  add("one bit changed", leaves[4], 4, 7, changed, root, false);
  add("another root", leaves[4], 4, 7, path, leaves[0], false);
  add("a node in place of its two leaves", journal::RootOfLeaves(std::span(leaves).subspan(4, 2)), 4, 7,
      {path.begin() + 1, path.end()}, root, false);
  ExpectStored("paths.json", absl::StrCat(List(rows, ""), "\n"));
}

// --- checkpoints

TEST(Verdicts, OnCheckpoints) {
  const journal::Ed25519NoteSigner log = TestLogSigner("vectors.example/log", 'l');
  const journal::Ed25519NoteSigner stranger = TestLogSigner("vectors.example/log", 'x');
  const journal::Ed25519NoteSigner elsewhere = TestLogSigner("vectors.example/other", 'l');
  const journal::Hash root = journal::LeafHash("a");
  const std::string note = *journal::SignCheckpoint({log.name(), 300, root}, log);
  const std::string strange = *journal::SignCheckpoint({log.name(), 300, root}, stranger);
  const std::string text = note.substr(0, note.find("\n\n") + 1), line = note.substr(note.find("\n\n") + 2);
  const std::string strange_line = strange.substr(strange.find("\n\n") + 2);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string out = note;
    return out.replace(out.find(from), from.size(), to);
  };
  std::vector<std::string> rows;
  const auto add = [&](const std::string& name, const std::string& what, bool opens) {
    const auto opened = journal::OpenCheckpoint(what, **journal::ParseVerifierKey(log.VerifierKey()));
    EXPECT_EQ(opened.ok(), opens) << name << ": " << opened.status();
    rows.push_back(Object({{"name", JsonText(name)},
                           {"log_key", JsonText(log.VerifierKey())},
                           {"note", JsonText(what)},
                           {"opens", Verdict(opens)}},
                          "  "));
  };
  add("right", note, true);
  add("beside it a signature that nobody knows", absl::StrCat(text, "\n", strange_line, line), true);
  add("another size", with("\n300\n", "\n301\n"), false);
  add("a size with a leading zero", with("\n300\n", "\n0300\n"), false);
  add("another root", *journal::SignCheckpoint({log.name(), 300, journal::LeafHash("b")}, stranger), false);
  add("signed by another key of the same name", strange, false);
  add("another log's, by the same key", *journal::SignCheckpoint({elsewhere.name(), 300, root}, elsewhere), false);
  add("no signature", absl::StrCat(text, "\n"), false);
  add("an extension line", absl::StrCat(text, "more\n\n", line), false);
  add("a signature over another text",
      absl::StrCat(strange.substr(0, strange.find('\n')), "\n299", note.substr(note.find("\n300\n") + 4)), false);
  ExpectStored("checkpoints.json", absl::StrCat(List(rows, ""), "\n"));
}

// --- orders, judged with nothing but pinned keys and a directory

struct People {
  trust::Ed25519Signer one = KeyOf('1'), two = KeyOf('2'), three = KeyOf('3'), court = KeyOf('k'),
                       other_court = KeyOf('o'), handler = KeyOf('h'), cosigner = KeyOf('c'), leader = KeyOf('e'),
                       gone = KeyOf('g'), alone = KeyOf('a'), other_handler = KeyOf('i'), stranger = KeyOf('x');
  std::map<std::string, std::pair<uint64_t, std::string>> chain;
  uint64_t heads = 0;
  std::vector<std::pair<std::string, v1::SignedMember>> statements;  // what it is, and the statement

  // Continues the subject's chain; signed by `signers`. Gives its digest.
  std::string State(const std::string& name, v1::Statement statement, const std::string& signer,
                    std::vector<trust::Signer*> signers) {
    auto& [sequence, digest] = chain[statement.subject()];
    statement.set_sequence(++sequence), statement.set_previous_digest(digest);
    *statement.mutable_valid_from() = domain::ToProto(kMonday - absl::Hours(24));
    *statement.mutable_valid_until() = domain::ToProto(kMonday + absl::Hours(24 * 36'500));
    statement.set_environment(v1::ENVIRONMENT_TEST);
    std::string member = statement.SerializeAsString();
    digest = std::string(journal::View(journal::LeafHash(member)));
    const trust::HeadFields fields = {v1::MEMBER_TYPE_STATEMENT, v1::ENVIRONMENT_TEST, signer, ++heads, kMonday};
    statements.emplace_back(name, trust::TravelForm(trust::MakeBatch(fields, {std::move(member)}, signers), 0));
    return digest;
  }
  void Court(const std::string& code, trust::Signer& key) {
    v1::Statement statement;
    statement.set_subject(trust::CourtSubject(code)), statement.set_kind(v1::STATEMENT_KIND_KEY);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519), statement.set_key(key.public_key());
    State("the court " + code, statement, "registrar", {&one, &two});
  }
  void Officer(const std::string& court_code, trust::Signer& court_key, const std::string& code,
               const trust::Signer& key, std::vector<v1::OfficerRole> roles) {
    v1::Statement statement;
    statement.set_subject(trust::OfficerSubject(court_code, code)), statement.set_kind(v1::STATEMENT_KIND_OFFICER);
    statement.set_algorithm(v1::KEY_ALGORITHM_ED25519), statement.set_key(key.public_key());
    for (const v1::OfficerRole role : roles) statement.add_roles(role);
    statement.mutable_officer()->set_name("officer " + code);
    statement.mutable_officer()->set_work_id_no("W" + code), statement.mutable_officer()->set_duty_card_no("D" + code);
    State("officer " + code + " of " + court_code, statement, court_code, {&court_key});
  }
};

v1::Order Order(const std::vector<std::string>& officers) {
  v1::Order order;
  order.set_order_id(*HexDecode("01920d5c8f0070008000000000000001"));
  order.set_court(kCourt), order.set_case_number("（2026）辽9901执1024号");
  order.set_action(v1::ACTION_FREEZE), order.set_urgency(v1::URGENCY_NORMAL), order.add_agencies(kAgency);
  order.set_purpose("EXECUTION"), order.set_legal_basis("民事诉讼法第253条");
  order.mutable_subject()->set_name("林远舟"), order.mutable_subject()->set_id_kind("CITIZEN_ID"),
      order.mutable_subject()->set_id_number("990101198503070017");
  *order.mutable_issued_at() = domain::ToProto(kMonday),
  *order.mutable_not_after() = domain::ToProto(kMonday + absl::Hours(24 * 30));
  for (const std::string& code : officers) {
    v1::OfficerRef& officer = *order.add_officers();
    officer.set_officer(code), officer.set_work_id_no("W" + code), officer.set_duty_card_no("D" + code);
  }
  v1::Freeze& freeze = *order.mutable_freeze();
  freeze.mutable_person_at_agency(), freeze.set_currency("CNY"), freeze.set_limit_minor_units(80'000'00);
  freeze.set_inflow(v1::INFLOW_CAPTURE), freeze.mutable_term()->set_months(12);
  return order;
}

TEST(Verdicts, OnOrders) {
  People people;
  people.Court(kCourt, people.court);
  people.Court(kOtherCourt, people.other_court);
  people.Officer(kCourt, people.court, "001", people.handler, {v1::OFFICER_ROLE_HANDLER});
  people.Officer(kCourt, people.court, "002", people.cosigner, {v1::OFFICER_ROLE_COSIGNER});
  people.Officer(kCourt, people.court, "003", people.leader, {v1::OFFICER_ROLE_LEADER});
  people.Officer(kCourt, people.court, "004", people.gone, {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER});
  people.Officer(kCourt, people.court, "005", people.alone, {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER});
  people.Officer(kOtherCourt, people.other_court, "001", people.other_handler,
                 {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER});
  v1::Statement stolen;
  stolen.set_subject(trust::OfficerSubject(kCourt, "004")), stolen.set_kind(v1::STATEMENT_KIND_REVOKED);
  *stolen.mutable_compromised_since() = domain::ToProto(kMonday);
  people.State("the key of officer 004 was stolen", stolen, kCourt, {&people.court});
  v1::Statement account;
  account.set_subject(trust::AccountSubject(kCourt, "1")), account.set_kind(v1::STATEMENT_KIND_ACCOUNT);
  account.mutable_account()->set_account_name("松月区人民法院执行款专户"), account.mutable_account()->set_bank(kAgency);
  account.mutable_account()->set_account_number("9900010000000099010");
  const std::string account_digest = people.State("the court's account", account, kCourt, {&people.court});
  // Statements that must be passed over.
  v1::Statement false_court;
  false_court.set_subject(trust::CourtSubject("辽9903")), false_court.set_kind(v1::STATEMENT_KIND_KEY);
  false_court.set_algorithm(v1::KEY_ALGORITHM_ED25519), false_court.set_key(people.stranger.public_key());
  people.State("a court stated by one registrar alone", false_court, "registrar", {&people.one});
  people.Officer("辽9903", people.stranger, "001", people.other_handler,
                 {v1::OFFICER_ROLE_HANDLER, v1::OFFICER_ROLE_COSIGNER});
  const size_t believed = people.statements.size() - 2;

  trust::StatementBook book = *trust::StatementBook::Make(
      {.registrar_keys = {people.one.public_key(), people.two.public_key(), people.three.public_key()},
       .threshold = 2,
       .environment = v1::ENVIRONMENT_TEST});
  const trust::PublicKeyChecker checker;
  std::vector<std::string> statements;
  for (size_t i = 0; i < people.statements.size(); ++i) {
    const auto& [name, member] = people.statements[i];
    const auto accepted = book.Accept(member, checker);
    EXPECT_EQ(accepted.ok(), i < believed) << name << ": " << accepted.status();
    statements.push_back(Object({{"name", JsonText(name)},
                                 {"signed_member", Hex(member.SerializeAsString())},
                                 {"believed", Verdict(i < believed)}},
                                "    "));
  }

  sdk::AgentConfig config;
  config.environment = v1::ENVIRONMENT_TEST;
  std::vector<std::string> orders;
  const auto add = [&](const std::string& name, const v1::SignedMember& member, const std::string& verdict,
                       const std::string& agency = kAgency, absl::Time arrived = kMonday) {
    config.agency = agency;
    sdk::OrderVerifier verifier(config, book, checker);
    const absl::Status status = verifier.Verify(member, arrived).status;
    EXPECT_EQ(status.ok() ? "GOOD" : RowOf(FailureOf(status).reason).name, verdict) << name << ": " << status;
    orders.push_back(Object({{"name", JsonText(name)},
                             {"agency", JsonText(agency)},
                             {"arrived_at", absl::StrCat(absl::ToUnixSeconds(arrived))},
                             {"signed_member", Hex(member.SerializeAsString())},
                             {"verdict", JsonText(verdict)}},
                            "    "));
  };
  using Signers = std::vector<trust::Signer*>;
  const Signers both = {&people.handler, &people.cosigner};
  uint64_t sequence = 0;
  const auto batch = [&](std::vector<std::string> members, const Signers& signers,
                         v1::MemberType type = v1::MEMBER_TYPE_ORDER,
                         v1::Environment environment = v1::ENVIRONMENT_TEST, const std::string& signer = kCourt) {
    return trust::MakeBatch({type, environment, signer, ++sequence, kMonday}, std::move(members), signers);
  };
  const auto sign = [&](const v1::Order& order, const Signers& signers) {
    return trust::TravelForm(batch({order.SerializeAsString()}, signers), 0);
  };
  const auto with = [&](const std::function<void(v1::Order&)>& change) {
    v1::Order order = Order({"001", "002"});
    change(order);
    return order;
  };
  const v1::Order order = Order({"001", "002"});
  const v1::SignedMember good = sign(order, both);
  const auto changed = [&](const std::function<void(v1::SignedMember&)>& change) {
    v1::SignedMember member = good;
    change(member);
    return member;
  };

  add("right", good, "GOOD");
  v1::Order second = order;
  second.set_order_id(*HexDecode("01920d5c8f0070008000000000000002"));
  const v1::SignedBatch several =
      batch({second.SerializeAsString(), order.SerializeAsString(), second.SerializeAsString()}, both);
  add("right, the second of three", trust::TravelForm(several, 1), "GOOD");
  v1::Order inquiry =
      with([](v1::Order& o) { o.set_action(v1::ACTION_INQUIRE), o.mutable_inquire(), o.add_agencies(kOtherAgency); });
  add("right, an inquiry by the handler alone", sign(inquiry, {&people.handler}), "GOOD", kOtherAgency);
  v1::Order standing = inquiry;
  *standing.mutable_not_before() = domain::ToProto(kMonday + absl::Hours(24 * 20));
  const v1::SignedMember waited = sign(standing, {&people.handler});
  add("right, signed long before, on its day", waited, "GOOD", kOtherAgency, kMonday + absl::Hours(24 * 20));
  add("a day before its not-before", waited, "ORDER_NOT_YET", kOtherAgency, kMonday + absl::Hours(24 * 19));
  const auto deduct = [&](const std::string& digest, const std::string& number) {
    return with([&](v1::Order& o) {
      o.set_action(v1::ACTION_DEDUCT);
      v1::Deduct& act = *o.mutable_deduct();
      act.set_freeze_order_id(order.order_id()), act.set_currency("CNY"), act.set_amount_minor_units(100);
      act.mutable_account()->set_account_name(account.account().account_name()),
          act.mutable_account()->set_bank(kAgency);
      act.mutable_account()->set_account_number(number), act.set_account_statement(digest);
    });
  };
  add("right, a deduction to the court's account",
      sign(deduct(account_digest, account.account().account_number()), both), "GOOD");

  const auto renewal = [&](uint32_t months, uint32_t years) {
    return with([&](v1::Order& o) {
      o.set_action(v1::ACTION_RENEW);
      o.mutable_renew()->set_freeze_order_id(order.order_id());
      o.mutable_renew()->mutable_term()->set_months(months), o.mutable_renew()->mutable_term()->set_years(years);
    });
  };
  add("right, a renewal", sign(renewal(0, 1), both), "GOOD");
  add("a renewal without a term", sign(renewal(0, 0), both), "FIELD_INVALID");
  add("a renewal by months and years at once", sign(renewal(6, 1), both), "FIELD_INVALID");

  add("one bit of the order changed", changed([](auto& m) { m.mutable_member()->back() ^= 1; }), "MEMBER_NOT_IN_ROOT");
  add("re-addressed on the way", changed([&](auto& m) {
        m.set_member(with([](v1::Order& o) { o.set_agencies(0, kOtherAgency); }).SerializeAsString());
      }),
      "MEMBER_NOT_IN_ROOT", kOtherAgency);
  add("handed to another agency", good, "AUDIENCE_MISMATCH", kOtherAgency);
  add(
      "the path of its neighbour",
      [&] {
        v1::SignedMember member = trust::TravelForm(several, 1);
        *member.mutable_path() = trust::TravelForm(several, 0).path();
        return member;
      }(),
      "MEMBER_NOT_IN_ROOT");
  add("a hash too many in the path", changed([](auto& m) { m.add_path(std::string(32, 'p')); }), "MEMBER_NOT_IN_ROOT");
  add("one bit of the head changed", changed([](auto& m) { m.mutable_head()->mutable_payload()->back() ^= 1; }),
      "SIGNATURE_INVALID");
  add("one bit of a signature changed, the other doesn't suffice", changed([](auto& m) {
        m.mutable_head()->mutable_signatures(1)->mutable_sig()->at(20) ^= 1,
            m.mutable_head()->mutable_signatures(1)->clear_keyid();
      }),
      "SIGNATURES_MISSING");
  add("no signature", changed([](auto& m) { m.mutable_head()->clear_signatures(); }), "SIGNATURE_INVALID");
  add("another payload type", changed([](auto& m) { m.mutable_head()->set_payload_type("application/octet-stream"); }),
      "ENVELOPE_MALFORMED");
  add("an unreadable head", changed([](auto& m) { m.mutable_head()->set_payload("\xff\xff"); }), "ENVELOPE_MALFORMED");
  add("bytes that are no order, rightly signed", trust::TravelForm(batch({"\xff\xff"}, both), 0), "ENVELOPE_MALFORMED");
  add("signed by strangers", sign(order, {&people.stranger}), "SIGNATURE_INVALID");
  add("signed by the handler twice",
      changed([](auto& m) { *m.mutable_head()->mutable_signatures(1) = m.head().signatures(0); }),
      "SIGNATURES_MISSING");
  add("signed by the handler alone", sign(order, {&people.handler}), "SIGNATURES_MISSING");
  add("signed by the co-signer alone", sign(order, {&people.cosigner}), "SIGNATURES_MISSING");
  add("signed by one who has both roles, alone", sign(Order({"005"}), {&people.alone}), "SIGNATURES_MISSING");
  add("right, signed by him and the co-signer", sign(Order({"005", "002"}), {&people.alone, &people.cosigner}), "GOOD");
  add("signed by handler and leader", sign(order, {&people.handler, &people.leader}), "SIGNATURES_MISSING");
  add("signed with a stolen key beside the handler's", sign(order, {&people.handler, &people.gone}), "KEY_REVOKED");
  add("signed with a stolen key alone", sign(order, {&people.gone}), "KEY_REVOKED");
  add("signed by another court's officers under this court's name", sign(order, {&people.other_handler}),
      "SIGNATURE_INVALID");
  add("another court's order under this court's head", sign(with([](v1::Order& o) { o.set_court(kOtherCourt); }), both),
      "SIGNATURE_INVALID");
  add("of a court that one registrar alone has stated",
      trust::TravelForm(batch({with([](v1::Order& o) { o.set_court("辽9903"); }).SerializeAsString()},
                              {&people.other_handler}, v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_TEST, "辽9903"),
                        0),
      "SIGNER_UNKNOWN");
  add("of the other environment",
      trust::TravelForm(batch({order.SerializeAsString()}, both, v1::MEMBER_TYPE_ORDER, v1::ENVIRONMENT_PRODUCTION), 0),
      "ENVIRONMENT_MISMATCH");
  add("signed as receipts", trust::TravelForm(batch({order.SerializeAsString()}, both, v1::MEMBER_TYPE_RECEIPT), 0),
      "MEMBER_TYPE_UNKNOWN");
  add("an unknown field", trust::TravelForm(batch({order.SerializeAsString() + *HexDecode("ca3e0141")}, both), 0),
      "UNKNOWN_FIELDS");
  add("officers with other credentials",
      sign(with([](v1::Order& o) { o.mutable_officers(1)->set_duty_card_no("D003"); }), both), "OFFICER_NOT_VALID");
  add("an officer who isn't on the register", sign(Order({"001", "009"}), both), "OFFICER_NOT_VALID");
  add("a first officer who didn't sign", sign(Order({"003", "002"}), both), "SIGNATURES_MISSING");
  add("arrived after its time", good, "ORDER_EXPIRED", kAgency, kMonday + absl::Hours(24 * 31));
  add("two agencies in a freeze", sign(with([](v1::Order& o) { o.add_agencies(kOtherAgency); }), both),
      "FIELD_INVALID");
  add("an act that isn't the action's", sign(with([](v1::Order& o) { o.set_action(v1::ACTION_RELEASE); }), both),
      "FIELD_INVALID");
  add("an id that is no UUIDv7", sign(with([](v1::Order& o) { o.set_order_id(std::string(16, '\x11')); }), both),
      "FIELD_INVALID");
  add("nobody's number", sign(with([](v1::Order& o) { o.mutable_subject()->clear_id_number(); }), both),
      "FIELD_MISSING");
  add("an amount of nothing", sign(with([](v1::Order& o) { o.mutable_freeze()->set_limit_minor_units(0); }), both),
      "AMOUNT_INVALID");
  add("an amount below zero", sign(with([](v1::Order& o) { o.mutable_freeze()->set_limit_minor_units(-1); }), both),
      "AMOUNT_INVALID");
  add("a term in months and years",
      sign(with([](v1::Order& o) { o.mutable_freeze()->mutable_term()->set_years(1); }), both), "FIELD_INVALID");
  add("a term without end",
      sign(with([](v1::Order& o) { o.mutable_freeze()->mutable_term()->set_months(4'000'000'000); }), both),
      "FIELD_INVALID");
  add("a confirmed amount without the leader",
      sign(with([](v1::Order& o) {
             o.mutable_confirmed()->add_reasons("UNIT_SLIP"), o.mutable_confirmed()->set_ground("as adjudged"),
                 o.mutable_confirmed()->set_leader("003");
           }),
           both),
      "SIGNATURES_MISSING");
  add("an exception without the leader",
      sign(with([](v1::Order& o) {
             o.mutable_over_cap_exception()->set_reason("INDIVISIBLE"),
                 o.mutable_over_cap_exception()->set_leader("003");
           }),
           both),
      "EXCEPTION_NOT_SIGNED");
  add("a deduction to another account", sign(deduct(account_digest, "9900010000000001016"), both),
      "ACCOUNT_NOT_COURTS");
  add("a deduction under a statement that nobody made",
      sign(deduct(std::string(32, 's'), account.account().account_number()), both), "ACCOUNT_NOT_COURTS");
  add("a deduction of less than nothing",
      sign(
          [&] {
            v1::Order o = deduct(account_digest, account.account().account_number());
            o.mutable_deduct()->set_amount_minor_units(-100);
            return o;
          }(),
          both),
      "AMOUNT_INVALID");

  ExpectStored("orders.json", absl::StrCat(Object({{"registrars", HexList(std::vector<std::string>{
                                                                      people.one.public_key(), people.two.public_key(),
                                                                      people.three.public_key()})},
                                                   {"registrar_threshold", "2"},
                                                   {"environment", JsonText("TEST")},
                                                   {"statements", List(statements, "  ")},
                                                   {"orders", List(orders, "  ")}},
                                                  ""),
                                           "\n"));
}

}  // namespace
}  // namespace eagle::test::verdicts
