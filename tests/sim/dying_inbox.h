// An inbox of a real SQLite file, in memory, whose process dies inside a commit: before it is durable, or after. What
// was committed survives the process, as a disk would.
//
// Threads: one.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sdk/sqlite_inbox.h"
#include "server/base/reason.h"
#include "tests/support/sdk_fakes.h"

namespace eagle::sim {

class DyingInbox : public sdk::Inbox {
 public:
  DyingInbox(sdk::Inbox& disk, sdk::CrashPlan& plan) : disk_(disk), plan_(plan) {}
  // The work of the transaction that begins is not kept unless it is committed.
  std::function<void()> on_begin;
  std::function<void()> on_committed;  // durable now, whether anybody will hear of it or not

  std::unique_ptr<sdk::InboxTransaction> Begin() override {
    if (on_begin) on_begin();
    return std::make_unique<Transaction>(*this);
  }

 private:
  class Transaction : public sdk::InboxTransaction {
   public:
    explicit Transaction(DyingInbox& inbox)
        : inbox_(inbox), real_(inbox.disk_.Begin()), before_(sqlite3_total_changes(real_->sqlite())) {}
    std::optional<std::string> Get(std::string_view key) override { return real_->Get(key); }
    std::vector<std::pair<std::string, std::string>> Scan(std::string_view from, std::string_view to,
                                                          size_t limit) override {
      return real_->Scan(from, to, limit);
    }
    void Put(std::string_view key, std::string_view value) override { real_->Put(key, value); }
    void Delete(std::string_view key) override { real_->Delete(key); }
    sqlite3* sqlite() override { return real_->sqlite(); }
    absl::Status Commit() override {
      const bool wrote = sqlite3_total_changes(real_->sqlite()) != before_;
      if (wrote ? inbox_.plan_.Point() : inbox_.plan_.dead()) return Dead();
      EAGLE_RETURN_IF_ERROR(real_->Commit());
      real_.reset();
      if (!wrote) return absl::OkStatus();
      if (inbox_.on_committed) inbox_.on_committed();
      return inbox_.plan_.Point() ? Dead() : absl::OkStatus();
    }

   private:
    static absl::Status Dead() { return Fail(Reason::kUnavailable, "the process is dead"); }
    DyingInbox& inbox_;
    std::unique_ptr<sdk::InboxTransaction> real_;
    const int before_;
  };

  sdk::Inbox& disk_;
  sdk::CrashPlan& plan_;
};

}  // namespace eagle::sim
