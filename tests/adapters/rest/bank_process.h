// The small bank's own server (bank_server.py) as a process, with an authority, a server's certificate and ours.
//
// Threads: one.
//
//   BankProcess bank;
//   auto http = CurlHttp::Make(bank.Options());
//   bank.Fault("freezes", "lost_reply");
//   EXPECT_EQ(bank.Posts("freezes"), 1u);
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/rest/json_value.h"
#include "server/https/curl_http.h"
#include "server/trust/pki.h"
#include "server/trust/system_entropy.h"
#include "tests/support/temp_folder.h"

namespace eagle::rest {

class BankProcess {
 public:
  BankProcess();
  ~BankProcess() { Kill(); }

  void Start();  // on the port of the first start
  void Kill();   // SIGKILL

  // What a client needs that the bank knows.
  CurlOptions Options() const;
  // An authority that nobody here knows.
  std::string StrangersAuthority();
  trust::IssuedCertificate StrangersCertificate();

  // The next request (with `stays`, every one) whose path holds `at` meets this fault.
  void Fault(const std::string& at, const std::string& fault, bool stays = false);
  // No more faults; what hangs goes on.
  void Heal();
  void Deposit(const std::string& account, const std::string& amount);
  void ReleasePrior(const std::string& document);

  // What the bank has on record.
  JsonValue Done();
  size_t Posts(const std::string& kind);                                     // requests that came, repeats included
  std::vector<std::string> PostKeys(const std::string& kind);                // their Idempotency-Keys, in order
  std::string Account(const std::string& account, const std::string& what);  // "balance", "held"

 private:
  void Call(const std::string& what, JsonValue body);
  TempFolder folder_;
  trust::SystemEntropy entropy_;
  trust::CertificateAuthority authority_, stranger_;
  trust::IssuedCertificate client_;
  int port_ = 0;
  pid_t process_ = 0;
};

JsonValue Object(const std::vector<std::pair<std::string, std::string>>& texts);

}  // namespace eagle::rest
