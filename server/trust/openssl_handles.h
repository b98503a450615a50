// Owners of OpenSSL objects, inside this room only.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <climits>
#include <memory>
#include <string>
#include <string_view>

#include "server/base/assert.h"

namespace eagle::trust {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, FreeWith<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;

inline std::string TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<size_t>(ASN1_STRING_length(text))};
}

inline BioPtr ReadingFrom(std::string_view bytes) {
  GATEWAY_ASSERT(bytes.size() <= INT_MAX, "OpenSSL counts in int");
  BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  GATEWAY_ASSERT(bio != nullptr, "reading from memory can always begin");
  return bio;
}
inline BioPtr Writing() {
  BioPtr bio(BIO_new(BIO_s_mem()));
  GATEWAY_ASSERT(bio != nullptr, "writing into memory can always begin");
  return bio;
}
inline std::string Written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}
// For the callback that asks a person for a passphrase: there is nobody to ask.
inline int NoPassphrase(char*, int, int, void*) { return -1; }

}  // namespace eagle::trust
