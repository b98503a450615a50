#include "server/https/curl_http.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/reason.h"

namespace eagle {
namespace {

constexpr size_t kHeaderBytesMax = 64 * 1024;

struct Cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What one call gathers.
struct Gathered {
  bool sending = false;  // the connection stands, and the request is about to leave
  size_t header_bytes = 0;
  size_t body_bytes_max = 0;
  bool too_large = false;
  std::string body;
};

int OnRequest(void* gathered, char*, char*, int, int) {
  static_cast<Gathered*>(gathered)->sending = true;
  return CURL_PREREQFUNC_OK;
}

size_t OnHeader(char*, size_t size, size_t count, void* gathered) {
  auto& into = *static_cast<Gathered*>(gathered);
  into.header_bytes += size * count;
  into.too_large = into.too_large || into.header_bytes > kHeaderBytesMax;
  return into.too_large ? 0 : size * count;
}

size_t OnBody(char* data, size_t size, size_t count, void* gathered) {
  auto& into = *static_cast<Gathered*>(gathered);
  into.too_large = into.too_large || into.body.size() + size * count > into.body_bytes_max;
  if (into.too_large) return 0;
  into.body.append(data, size * count);
  return size * count;
}

curl_blob BlobOf(const std::string& pem) { return {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY}; }

// Each option must be known to the library that is installed: one that isn't would be a promise not kept.
class Options {
 public:
  explicit Options(CURL* handle) : handle_(handle) {}
  template <typename T>
  void Set(CURLoption option, T value) {
    if (const CURLcode code = curl_easy_setopt(handle_, option, value); code != CURLE_OK) failed_ = code;
  }
  CURLcode failed() const { return failed_; }

 private:
  CURL* const handle_;
  CURLcode failed_ = CURLE_OK;
};

void SetTls(const CurlOptions& options, Options& to) {
  to.Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  to.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  to.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  curl_blob authority = BlobOf(options.authority_pem), certificate = BlobOf(options.certificate_pem),
            key = BlobOf(options.key_pem);
  to.Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // the package's default is every authority of the machine
  to.Set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
  to.Set(CURLOPT_CAINFO_BLOB, &authority);
  if (options.certificate_pem.empty()) return;
  to.Set(CURLOPT_SSLCERT_BLOB, &certificate);
  to.Set(CURLOPT_SSLKEY_BLOB, &key);
  to.Set(CURLOPT_SSLCERTTYPE, "PEM");
  to.Set(CURLOPT_SSLKEYTYPE, "PEM");
}

void SetTransport(const CurlOptions& options, Options& to) {
  to.Set(CURLOPT_PROTOCOLS_STR, "https");
  to.Set(CURLOPT_PROXY, "");  // not even one of the environment
  to.Set(CURLOPT_NOPROXY, "*");
  to.Set(CURLOPT_FOLLOWLOCATION, 0L);
  to.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  to.Set(CURLOPT_FRESH_CONNECT, 1L);
  to.Set(CURLOPT_FORBID_REUSE, 1L);
  to.Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  to.Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  to.Set(CURLOPT_PATH_AS_IS, 1L);
  to.Set(CURLOPT_NOSIGNAL, 1L);
  to.Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options.connect_limit)));
  to.Set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options.call_limit)));
  to.Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.body_bytes_max));
  to.Set(CURLOPT_USERAGENT, options.user_agent.c_str());
}

absl::Status Away(std::string_view why) { return Fail(Reason::kUnavailable, why); }

}  // namespace

bool IsServerUrl(const std::string& url) {
  if (url.rfind("https://", 0) != 0 || url.back() == '/') return false;
  std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    char* text = nullptr;
    const bool there = curl_url_get(parsed.get(), part, &text, 0) == CURLUE_OK;
    curl_free(text);
    if (there) return false;
  }
  return true;
}

absl::StatusOr<std::unique_ptr<CurlHttp>> CurlHttp::Make(CurlOptions options) {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kStarted != CURLE_OK) return Fail(Reason::kInternal, "libcurl can't be started");
  if (!IsServerUrl(options.url))
    return Fail(Reason::kConfigurationInvalid, "the server's URL isn't of the form https://host:port");
  return std::unique_ptr<CurlHttp>(new CurlHttp(std::move(options)));
}

Exchange CurlHttp::Send(const HttpRequest& request) {
  const std::unique_ptr<CURL, Cleanup> handle(curl_easy_init());
  if (handle == nullptr) return {false, Away("libcurl has no more memory")};
  Options to(handle.get());
  SetTls(options_, to);
  SetTransport(options_, to);
  Gathered gathered{.body_bytes_max = options_.body_bytes_max};
  to.Set(CURLOPT_PREREQFUNCTION, OnRequest);
  to.Set(CURLOPT_PREREQDATA, static_cast<void*>(&gathered));
  to.Set(CURLOPT_HEADERFUNCTION, OnHeader);
  to.Set(CURLOPT_HEADERDATA, static_cast<void*>(&gathered));
  to.Set(CURLOPT_WRITEFUNCTION, OnBody);
  to.Set(CURLOPT_WRITEDATA, static_cast<void*>(&gathered));
  const std::string url = options_.url + request.path;
  to.Set(CURLOPT_URL, url.c_str());
  std::unique_ptr<curl_slist, Cleanup> headers;
  const auto add = [&](const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); };
  add("Accept: application/json");
  add("Expect:");  // one request, one reply: no interim question whether the body is wanted
  for (const auto& [name, value] : request.headers) add(absl::StrCat(name, ": ", value));
  if (request.method == "GET") {
    to.Set(CURLOPT_HTTPGET, 1L);
  } else {
    add("Content-Type: application/json");
    to.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    to.Set(CURLOPT_POSTFIELDS, request.body.c_str());
    to.Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  to.Set(CURLOPT_HTTPHEADER, headers.get());
  if (to.failed() != CURLE_OK)
    return {false, Away(absl::StrCat("libcurl refuses an option: ", curl_easy_strerror(to.failed())))};

  const CURLcode code = curl_easy_perform(handle.get());
  if (gathered.too_large || code == CURLE_FILESIZE_EXCEEDED)
    return {gathered.sending, Away("the server's answer is larger than allowed")};
  if (code != CURLE_OK)
    return {gathered.sending, Away(absl::StrCat("no answer of the server: ", curl_easy_strerror(code)))};
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  return {true, HttpReply{static_cast<int>(status), std::move(gathered.body)}};
}

}  // namespace eagle
