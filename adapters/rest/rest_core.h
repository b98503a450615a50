// RestCore: an agency's HTTP server as the core behind an agent.
//
// One operation id for ever: it goes out as Idempotency-Key and in the body. A request is sent once. What became of one
// whose answer didn't come, or can't be believed, the server is asked by `find`:
//
//   Apply  the answer, or an error
//   Find   NOT_DONE  only when it is certain: the request never left this process, or the server promised it by a code
//          DONE      the server gives its first answer again, and it can be believed
//          UNKNOWN   all else: a clerk decides. Never a second Apply
//
// After a failed connection the server is left alone for a moment, so that a queue of orders doesn't wait for it one by
// one while leases end.
//
// Threads: the agent's one.
//
//   RestCore core(templates, shanghai, *http, clock, [&](const sdk::Operation& operation) { return OrderIn(inbox,
//   operation); });
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "adapters/rest/answers.h"
#include "adapters/rest/templates.h"
#include "adapters/sdk/ports.h"
#include "server/base/clock.h"
#include "server/https/http.h"

namespace eagle::rest {

// The order that an operation is of, as the inbox has it; absent when it has none. Only called by Find, and by Apply
// for a template that wants the agency's number of a measure: no transaction of the inbox is open then.
using OrderOf = std::function<std::optional<v1::Order>(const sdk::Operation&)>;

// What `find` said, for a clerk's eyes.
struct Look {
  int http_status = 0;
  std::string code, text;  // as they came
  std::string verdict;     // DONE, NOT_DONE, UNKNOWN, PENDING
  std::string why;         // when it isn't DONE
};

class RestCore : public sdk::CoreRegister {
 public:
  // Told of failures, for a log: what happened, at which call, and a word about it. No personal data.
  using Note = std::function<void(std::string_view event, Call call, const std::string& why)>;

  // All outlive it.
  RestCore(const Templates& templates, absl::TimeZone zone, Http& http, Clock& clock, OrderOf order_of, Note note);

  absl::StatusOr<sdk::Answer> Inquire(const sdk::Request& request) override;
  absl::StatusOr<sdk::Answer> Apply(const sdk::Request& request) override;
  absl::StatusOr<sdk::Found> Find(const sdk::Operation& operation) override;
  absl::StatusOr<std::vector<sdk::RegisterChange>> Changes(uint64_t after, size_t limit) override;

  // What the server says that it holds for courts, for the statement of `day`. Errors: UNAVAILABLE; ANSWER_INVALID when
  // it can't be believed, or is of an instant that is still to come or lies before that day. Pre: the templates have
  // the call.
  absl::StatusOr<Standing> Positions(const std::string& day);

  // Asks the server as Find does and shows what it says. Errors: as Find.
  absl::StatusOr<Look> LookAt(const sdk::Operation& operation);

 private:
  struct Asked;
  // Renders and sends. `sent` becomes false only when nothing left this process.
  absl::StatusOr<HttpReply> Send(Call call, const Facts& facts, bool& sent);
  absl::StatusOr<JsonValue> DocumentOf(Call call, const HttpReply& reply) const;
  absl::StatusOr<Asked> Ask(const sdk::Operation& operation);
  absl::StatusOr<std::string> ReferenceOf(const sdk::Operation& freeze);
  absl::Status CertainlyNotDone(const sdk::Operation& operation, absl::Status why);
  Facts FactsOf(const sdk::Request& request) const;

  const Templates& templates_;
  const absl::TimeZone zone_;
  Http& http_;
  Clock& clock_;
  const OrderOf order_of_;
  const Note note_;
  const AnswerReader reader_;
  // The last Apply that failed and certainly did nothing; the agent asks Find at once. After a crash only the server
  // knows.
  std::optional<sdk::Operation> not_done_;
  absl::Duration away_until_ = -absl::InfiniteDuration();  // monotonic
};

}  // namespace eagle::rest
