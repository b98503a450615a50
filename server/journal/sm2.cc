#include "server/journal/sm2.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include "server/base/assert.h"
#include "server/base/reason.h"
#include "server/journal/openssl_bytes.h"

namespace eagle::journal {
namespace {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BigPtr = std::unique_ptr<BIGNUM, FreeWith<BN_clear_free>>;
using GroupPtr = std::unique_ptr<EC_GROUP, FreeWith<EC_GROUP_free>>;
using PointPtr = std::unique_ptr<EC_POINT, FreeWith<EC_POINT_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

constexpr size_t kNumberSize = 32;

// The key with this public half and, where there is one, secret; null when OpenSSL doesn't take it.
PkeyPtr KeyOf(std::string_view public_key, const BIGNUM* secret) {
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  GATEWAY_ASSERT(builder != nullptr, "out of memory");
  bool ok = OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_sm2, 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, public_key.data(),
                                             public_key.size()) == 1;
  if (secret != nullptr) ok = ok && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1;
  const ParamsPtr params(ok ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  EVP_PKEY* key = nullptr;
  if (params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, secret == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params.get());
  ERR_clear_error();
  return PkeyPtr(key);
}

// Ready to sign or verify with the house's id. The key's context goes with the digest's: `context` must outlive it.
struct Ready {
  ContextPtr context;
  DigestPtr digest;
};
Ready Begin(EVP_PKEY* key, int (*init)(EVP_MD_CTX*, EVP_PKEY_CTX**, const EVP_MD*, ENGINE*, EVP_PKEY*)) {
  Ready ready{ContextPtr(EVP_PKEY_CTX_new(key, nullptr)), DigestPtr(EVP_MD_CTX_new())};
  GATEWAY_ASSERT(ready.context != nullptr && ready.digest != nullptr, "out of memory");
  const int id_set = EVP_PKEY_CTX_set1_id(ready.context.get(), kSm2Id.data(), static_cast<int>(kSm2Id.size()));
  EVP_MD_CTX_set_pkey_ctx(ready.digest.get(), ready.context.get());
  const int begun = init(ready.digest.get(), nullptr, EVP_sm3(), nullptr, key);
  GATEWAY_ASSERT(id_set == 1 && begun == 1, "an SM2 key can always begin");
  return ready;
}

// Whether two big-endian numbers of 32 bytes lie in 1...order-1 is for the verification to say.
std::string DerOf(std::string_view signature) {
  SignaturePtr pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(Raw(signature), kNumberSize, nullptr);
  BIGNUM* s = BN_bin2bn(Raw(signature.substr(kNumberSize)), kNumberSize, nullptr);
  const int set = pair == nullptr ? 0 : ECDSA_SIG_set0(pair.get(), r, s);  // takes both
  GATEWAY_ASSERT(set == 1, "out of memory");
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  unsigned char* out = Raw(der);
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

std::string RawOf(std::string_view der) {
  const unsigned char* in = Raw(der);
  const SignaturePtr pair(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
  GATEWAY_ASSERT(pair != nullptr, "what was just signed can be read");
  std::string raw(kSm2SignatureSize, '\0');
  const int r = BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), Raw(raw), kNumberSize);
  const int s = BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), Raw(raw) + kNumberSize, kNumberSize);
  GATEWAY_ASSERT(r == kNumberSize && s == kNumberSize, "both numbers are below the order");
  return raw;
}

}  // namespace

evp_pkey_st* NewSm2Key(std::string_view secret) {
  if (secret.size() != kSm2SecretSize) return nullptr;
  const GroupPtr group(EC_GROUP_new_by_curve_name(NID_sm2));
  const BigPtr number(BN_bin2bn(Raw(secret), kSm2SecretSize, nullptr));
  const BigPtr most(group == nullptr ? nullptr : BN_dup(EC_GROUP_get0_order(group.get())));
  GATEWAY_ASSERT(group != nullptr && number != nullptr && most != nullptr, "out of memory, or OpenSSL without SM2");
  BN_sub_word(most.get(), 2);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), most.get()) > 0) return nullptr;
  const PointPtr point(EC_POINT_new(group.get()));
  std::string public_key(kSm2PublicKeySize, '\0');
  const bool done = point != nullptr &&
                    EC_POINT_mul(group.get(), point.get(), number.get(), nullptr, nullptr, nullptr) == 1 &&
                    EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, Raw(public_key),
                                       public_key.size(), nullptr) == kSm2PublicKeySize;
  GATEWAY_ASSERT(done, "every such number has its point");
  return KeyOf(public_key, number.get()).release();
}

evp_pkey_st* NewSm2PublicKey(std::string_view raw) {
  if (raw.size() != kSm2PublicKeySize || raw[0] != 4) return nullptr;
  return KeyOf(raw, nullptr).release();  // refuses what isn't on the curve
}

absl::StatusOr<Sm2PrivateKey> Sm2PrivateKey::FromSecret(std::string_view secret) {
  PkeyPtr key(NewSm2Key(secret));
  if (key == nullptr)
    return Fail(Reason::kKeyUnusable, "the secret of an SM2 key is a number from 1 to the order less 2");
  std::string public_key(kSm2PublicKeySize, '\0');
  size_t size = 0;
  const int got = EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, Raw(public_key),
                                                  public_key.size(), &size);
  GATEWAY_ASSERT(got == 1 && size == kSm2PublicKeySize, "a private key has its public half");
  return Sm2PrivateKey(std::move(key), std::move(public_key));
}

std::string Sm2PrivateKey::Sign(std::string_view message) const {
  const Ready ready = Begin(key_.get(), EVP_DigestSignInit);
  std::string der(80, '\0');
  size_t size = der.size();
  const int done = EVP_DigestSign(ready.digest.get(), Raw(der), &size, Raw(message), message.size());
  GATEWAY_ASSERT(done == 1, "signing with a key in memory can't fail");
  return RawOf(std::string_view(der).substr(0, size));
}

std::optional<Sm2Verifier> Sm2Verifier::FromBytes(std::string_view raw) {
  PkeyPtr key(NewSm2PublicKey(raw));
  if (key == nullptr) return std::nullopt;
  return Sm2Verifier(std::move(key));
}

bool Sm2Verifier::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSm2SignatureSize) return false;
  const Ready ready = Begin(key_.get(), EVP_DigestVerifyInit);
  const std::string der = DerOf(signature);
  const int good = EVP_DigestVerify(ready.digest.get(), Raw(der), der.size(), Raw(message), message.size());
  ERR_clear_error();
  return good == 1;
}

}  // namespace eagle::journal
