// Names of systems, the certificates that carry them, and the small authority that makes these.
#include "server/trust/identity.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "server/base/bytes.h"
#include "server/trust/openssl_handles.h"
#include "server/trust/pem.h"
#include "server/trust/pki.h"
#include "server/trust/secret_file.h"
#include "tests/server/trust/support.h"
#include "tests/support/temp_folder.h"
#include "tests/support/trust/seeded_entropy.h"

namespace eagle::trust {
namespace {

constexpr char kDomain[] = "eagle.example";
constexpr char kCourtId[] = "spiffe://eagle.example/court/%E8%BE%BD9901";

TEST(SpiffeId, OfEveryRoleIsWrittenAndReadBack) {
  for (SystemRole role : {SystemRole::kCourt, SystemRole::kAgency, SystemRole::kAuditor, SystemRole::kOperator,
                          SystemRole::kAdministrator, SystemRole::kGateway}) {
    for (const char* code : {"辽9901", "9900001", "a.b-c_d~e", "审计署", "x+y:z@w", "100&\"'<>"}) {
      const SystemName name = {kDomain, role, code};
      const auto read = ParseSpiffeId(SpiffeId(name));
      ASSERT_EQ(WhyNot(read), "OK") << SpiffeId(name);
      EXPECT_EQ(*read, name);
      EXPECT_EQ(ParseRole(RoleText(role)), role);
    }
  }
  EXPECT_EQ(SpiffeId({kDomain, SystemRole::kCourt, "辽9901"}), kCourtId);
}

TEST(SpiffeId, HasOneSpelling) {
  const std::string long_code(128, 'a');
  EXPECT_EQ(WhyNot(ParseSpiffeId("spiffe://eagle.example/court/" + long_code)), "OK");
  for (const std::string& bad :
       std::initializer_list<std::string>{"",
                                          "spiffe://",
                                          "spiffe:///court/1",
                                          "spiffe://eagle.example",
                                          "spiffe://eagle.example/",
                                          "spiffe://eagle.example/court",
                                          "spiffe://eagle.example/court/",
                                          "spiffe://eagle.example/court/1/",
                                          "spiffe://eagle.example/court/1/2",
                                          "spiffe://eagle.example//1",
                                          "spiffe://eagle.example/judge/1",
                                          "spiffe://eagle.example/Court/1",
                                          "spiffe://Eagle.example/court/1",
                                          "SPIFFE://eagle.example/court/1",
                                          "https://eagle.example/court/1",
                                          "spiffe://eagle.example:443/court/1",
                                          "spiffe://user@eagle.example/court/1",
                                          "spiffe://eagle.example/court/1?x",
                                          "spiffe://eagle.example/court/1#x",
                                          "spiffe://eagle.example/court/辽9901",
                                          "spiffe://eagle.example/court/%e8%be%bd9901",
                                          "spiffe://eagle.example/court/%319901",
                                          "spiffe://eagle.example/court/%",
                                          "spiffe://eagle.example/court/%E",
                                          "spiffe://eagle.example/court/%GG",
                                          "spiffe://eagle.example/court/%2F",
                                          "spiffe://eagle.example/court/%FF",
                                          "spiffe://eagle.example/court/%00",
                                          "spiffe://eagle.example/court/.",
                                          "spiffe://eagle.example/court/..",
                                          "spiffe://eagle.example/court/1 ",
                                          " spiffe://eagle.example/court/1",
                                          "spiffe://eagle.example/court/" + long_code + "a",
                                          "spiffe://" + std::string(256, 'a') + "/court/1",
                                          "spiffe://eagle.example/court/" + std::string(3000, 'a')}) {
    EXPECT_EQ(WhyNot(ParseSpiffeId(bad)), "FIELD_INVALID") << bad;
  }
}

// A certificate with exactly these extensions ("<name> = <value>" as OpenSSL's configuration has them), signed by
// itself.
std::string CertificateWith(std::vector<std::pair<int, std::string>> extensions,
                            const std::string& common_name = "system") {
  const PkeyPtr key(EVP_EC_gen("P-256"));
  const CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  X509_set_pubkey(certificate.get(), key.get());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), absl::ToTimeT(SomeDay()));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), absl::ToTimeT(SomeDay() + absl::Hours(24)));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.data()),
                             static_cast<int>(common_name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  for (const auto& [nid, value] : extensions) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    EXPECT_NE(extension, nullptr) << value;
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const BioPtr out = Writing();
  PEM_write_bio_X509(out.get(), certificate.get());
  return Written(out.get());
}

TEST(Peer, IsOneUriNameOfOurDomainOnALeaf) {
  const std::string san = std::string("URI:") + kCourtId;
  const int kSan = NID_subject_alt_name, kCa = NID_basic_constraints, kUse = NID_key_usage;
  const std::string good =
      CertificateWith({{kSan, san}, {kCa, "critical,CA:FALSE"}, {kUse, "critical,digitalSignature"}});
  const struct {
    const char* what;
    std::string pem;
    const char* reason;
  } kTable[] = {
      {"as we issue them", good, "OK"},
      {"without basic constraints", CertificateWith({{kSan, san}}), "OK"},
      {"with host names beside", CertificateWith({{kSan, san + ",DNS:court.example,IP:192.0.2.1"}}), "OK"},
      {"no alternative name", CertificateWith({{kCa, "CA:FALSE"}}), "UNAUTHENTICATED"},
      {"the id as common name only", CertificateWith({}, kCourtId), "UNAUTHENTICATED"},
      {"the id as host name", CertificateWith({{kSan, std::string("DNS:") + kCourtId}}), "UNAUTHENTICATED"},
      {"the id as mail address", CertificateWith({{kSan, "email:court@eagle.example"}}), "UNAUTHENTICATED"},
      {"two URI names", CertificateWith({{kSan, san + ",URI:spiffe://eagle.example/court/1"}}), "UNAUTHENTICATED"},
      {"the same URI name twice", CertificateWith({{kSan, san + "," + san}}), "UNAUTHENTICATED"},
      {"a web address beside", CertificateWith({{kSan, san + ",URI:https://court.example/"}}), "UNAUTHENTICATED"},
      {"two extensions of names", CertificateWith({{kSan, san}, {kSan, "URI:spiffe://eagle.example/court/1"}}),
       "UNAUTHENTICATED"},
      {"a web address", CertificateWith({{kSan, "URI:https://eagle.example/court/1"}}), "UNAUTHENTICATED"},
      {"another trust domain", CertificateWith({{kSan, "URI:spiffe://eagle.example.org/court/1"}}), "UNAUTHENTICATED"},
      {"a trust domain that begins alike", CertificateWith({{kSan, "URI:spiffe://eagle.exampl/court/1"}}),
       "UNAUTHENTICATED"},
      {"an unknown role", CertificateWith({{kSan, "URI:spiffe://eagle.example/bank/1"}}), "UNAUTHENTICATED"},
      {"no code", CertificateWith({{kSan, "URI:spiffe://eagle.example/court"}}), "UNAUTHENTICATED"},
      {"a deeper path", CertificateWith({{kSan, "URI:spiffe://eagle.example/court/1/officer/2"}}), "UNAUTHENTICATED"},
      {"another spelling", CertificateWith({{kSan, "URI:spiffe://eagle.example/court/%e8%be%bd9901"}}),
       "UNAUTHENTICATED"},
      {"an authority", CertificateWith({{kSan, san}, {kCa, "critical,CA:TRUE"}}), "UNAUTHENTICATED"},
      {"the right to sign certificates", CertificateWith({{kSan, san}, {kUse, "digitalSignature,keyCertSign"}}),
       "UNAUTHENTICATED"},
      {"the right to sign revocation lists", CertificateWith({{kSan, san}, {kUse, "digitalSignature,cRLSign"}}),
       "UNAUTHENTICATED"},
      {"nothing", "", "UNAUTHENTICATED"},
      {"no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "UNAUTHENTICATED"},
      {"cut", good.substr(0, good.size() / 2), "UNAUTHENTICATED"},
      {"a public key", PemOfPublicKey({v1::KEY_ALGORITHM_ED25519, SignerOf(1).public_key()}), "UNAUTHENTICATED"},
      {"two certificates", good + good, "UNAUTHENTICATED"},
  };
  for (const auto& row : kTable) EXPECT_EQ(WhyNot(ReadPeer(row.pem, kDomain)), row.reason) << row.what;
  const auto peer = ReadPeer(good, kDomain);
  EXPECT_EQ(peer->name, (SystemName{kDomain, SystemRole::kCourt, "辽9901"}));
  EXPECT_EQ(peer->spiffe_id, kCourtId);
  EXPECT_EQ(peer->spki_sha256, *SpkiSha256FromPem(good));
  EXPECT_EQ(WhyNot(SpkiSha256FromPem("x")), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(SpkiSha256FromPem(good + good)), "KEY_UNUSABLE");
}

class PkiTest : public ::testing::Test {
 protected:
  LeafRequest Request(SystemRole role, std::string code) const {
    return {.name = {kDomain, role, std::move(code)},
            .server = role == SystemRole::kGateway,
            .client = role != SystemRole::kGateway,
            .from = SomeDay(),
            .until = SomeDay() + absl::Hours(24 * 90)};
  }
  SeededEntropy entropy_{7};
  CertificateAuthority::Validity decade_ = {SomeDay() - absl::Hours(1), SomeDay() + absl::Hours(24 * 3650)};
  CertificateAuthority ca_ = CertificateAuthority::Make("Golden Eagle 金雕 test", decade_, entropy_);
};

TEST_F(PkiTest, WhatItIssuesVerifiesAndNamesItsSystem) {
  LeafRequest gateway = Request(SystemRole::kGateway, "main");
  gateway.dns_names = {"gateway.example", "localhost"};
  gateway.addresses = {"127.0.0.1", "::1"};
  for (const LeafRequest& request :
       {gateway, Request(SystemRole::kCourt, "辽9901"), Request(SystemRole::kAgency, "9900001"),
        Request(SystemRole::kAuditor, "审计"), Request(SystemRole::kOperator, "op1"),
        Request(SystemRole::kAdministrator, "a1")}) {
    const auto leaf = ca_.Issue(request, entropy_);
    ASSERT_EQ(WhyNot(leaf), "OK");
    EXPECT_EQ(
        WhyNot(VerifyLeaf(leaf->certificate_pem, ca_.certificate_pem(), request.server, SomeDay() + absl::Hours(1))),
        "OK");
    EXPECT_EQ(
        WhyNot(VerifyLeaf(leaf->certificate_pem, ca_.certificate_pem(), !request.server, SomeDay() + absl::Hours(1))),
        "UNAUTHENTICATED");
    const auto peer = ReadPeer(leaf->certificate_pem, kDomain);  // which demands exactly one URI name
    ASSERT_EQ(WhyNot(peer), "OK");
    EXPECT_EQ(peer->name, request.name);
  }
}

TEST_F(PkiTest, OnlyWhatTheAuthoritySignedVerifiesAndOnlyInItsTime) {
  const absl::Time now = SomeDay() + absl::Hours(1);
  const auto leaf = ca_.Issue(Request(SystemRole::kCourt, "辽9901"), entropy_);
  const CertificateAuthority other =
      CertificateAuthority::Make("Golden Eagle 金雕 test", decade_, entropy_);  // of the same name
  const auto why = [](const std::string& pem, const CertificateAuthority& ca, absl::Time at) {
    return WhyNot(VerifyLeaf(pem, ca.certificate_pem(), false, at));
  };
  EXPECT_EQ(why(leaf->certificate_pem, ca_, now), "OK");
  EXPECT_EQ(why(leaf->certificate_pem, other, now), "UNAUTHENTICATED");
  EXPECT_EQ(why(leaf->certificate_pem, ca_, SomeDay() - absl::Seconds(1)), "UNAUTHENTICATED");  // not yet valid
  EXPECT_EQ(why(leaf->certificate_pem, ca_, SomeDay() + absl::Hours(24 * 90) + absl::Seconds(1)),
            "UNAUTHENTICATED");                                        // expired
  EXPECT_EQ(why(ca_.certificate_pem(), ca_, now), "UNAUTHENTICATED");  // the authority itself
  EXPECT_EQ(why(CertificateWith({{NID_subject_alt_name, std::string("URI:") + kCourtId}}), ca_, now),
            "UNAUTHENTICATED");  // self-signed
  EXPECT_EQ(why("", ca_, now), "KEY_UNUSABLE");
  // A leaf is no authority, for whom it may sign or under whom one may verify.
  EXPECT_EQ(WhyNot(CertificateAuthority::FromPem(leaf->certificate_pem, leaf->key_pem)), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(VerifyLeaf(leaf->certificate_pem, leaf->certificate_pem, false, now)), "UNAUTHENTICATED");
}

TEST_F(PkiTest, AnAuthorityComesBackFromItsFiles) {
  const auto back = CertificateAuthority::FromPem(ca_.certificate_pem(), ca_.key_pem());
  ASSERT_EQ(WhyNot(back), "OK");
  const auto leaf = back->Issue(Request(SystemRole::kCourt, "辽9901"), entropy_);
  EXPECT_EQ(WhyNot(VerifyLeaf(leaf->certificate_pem, ca_.certificate_pem(), false, SomeDay() + absl::Hours(1))), "OK");
  const CertificateAuthority other = CertificateAuthority::Make("other", decade_, entropy_);
  EXPECT_EQ(WhyNot(CertificateAuthority::FromPem(ca_.certificate_pem(), other.key_pem())), "KEY_UNUSABLE");
  EXPECT_EQ(WhyNot(CertificateAuthority::FromPem("", "")), "KEY_UNUSABLE");
}

TEST_F(PkiTest, RequestsThatAreNotSoundAreRefused) {
  const auto why = [this](void (*change)(LeafRequest&)) {
    LeafRequest request = Request(SystemRole::kGateway, "main");
    change(request);
    return WhyNot(ca_.Issue(request, entropy_));
  };
  EXPECT_EQ(why([](LeafRequest&) {}), "OK");
  EXPECT_EQ(why([](LeafRequest& r) { r.server = false; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.until = r.from; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.dns_names = {"a,URI:spiffe://eagle.example/court/1"}; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.dns_names = {""}; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.dns_names = {"a\nb"}; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.dns_names = std::vector<std::string>(33, "a"); }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.addresses = {"300.1.1.1"}; }), "FIELD_INVALID");
  EXPECT_EQ(why([](LeafRequest& r) { r.addresses = {"localhost"}; }), "FIELD_INVALID");
}

TEST_F(PkiTest, SerialsComeFromEntropyAndDiffer) {
  std::set<std::string> serials;
  for (int i = 0; i < 20; ++i) {
    const auto leaf = ca_.Issue(Request(SystemRole::kCourt, "辽9901"), entropy_);
    const CertificatePtr certificate(
        PEM_read_bio_X509(ReadingFrom(leaf->certificate_pem).get(), nullptr, nullptr, nullptr));
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
    EXPECT_EQ(ASN1_STRING_length(serial), 16);
    EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER);  // above zero
    serials.insert(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), 16));
  }
  EXPECT_EQ(serials.size(), 20u);
}

TEST_F(PkiTest, OpensslAgrees) {
  const auto runs = [](const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()) == 0; };
  ASSERT_TRUE(runs("openssl version")) << "deploy/packages installs it";
  const TempFolder folder;
  const auto leaf = ca_.Issue(Request(SystemRole::kCourt, "辽9901"), entropy_);
  std::ofstream(folder / "ca.pem") << ca_.certificate_pem();
  std::ofstream(folder / "leaf.pem") << leaf->certificate_pem;
  ASSERT_EQ(WhyNot(WriteSecretFile(folder / "leaf.key", leaf->key_pem)), "OK");
  const std::string at = " -attime " + std::to_string(absl::ToUnixSeconds(SomeDay() + absl::Hours(1)));
  EXPECT_TRUE(runs("openssl verify -x509_strict -purpose sslclient" + at + " -CAfile " + folder / "ca.pem" + " " +
                   folder / "leaf.pem"));
  EXPECT_FALSE(runs("openssl verify -x509_strict -purpose sslserver" + at + " -CAfile " + folder / "ca.pem" + " " +
                    folder / "leaf.pem"));
  EXPECT_TRUE(runs("openssl pkey -noout -in " + folder / "leaf.key"));
  // The pin is what `openssl x509 -pubkey | openssl pkey -pubin -outform DER | sha256` gives.
  ASSERT_TRUE(std::system(("openssl x509 -noout -pubkey -in " + folder / "leaf.pem" +
                           " | openssl pkey -pubin -outform DER -out " + folder / "spki" + " >/dev/null 2>&1")
                              .c_str()) == 0);
  std::ifstream in(folder / "spki", std::ios::binary);
  const std::string der((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(*SpkiSha256FromPem(leaf->certificate_pem), journal::Sha256(der));
}

}  // namespace
}  // namespace eagle::trust
