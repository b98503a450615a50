// The inbox in one SQLite file: WAL, synchronous FULL, one connection, locked against a second process.
//
// A write that the disk refuses ends the process: nobody knows any more what is on the disk, and the next start reads
// what is there. Authors may keep STRICT tables of their own in the same file, through InboxTransaction::sqlite().
//
// Threads: one owner.
//
//   EAGLE_ASSIGN_OR_RETURN(std::unique_ptr<SqliteInbox> inbox, SqliteInbox::Open("/var/lib/eagle-bank/inbox.db"));
//   EAGLE_ASSIGN_OR_RETURN(auto agent, Agent::Make(config, {channel, *inbox, signer, checker, clock, entropy}, land));
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/sdk/inbox.h"

struct sqlite3;
struct sqlite3_stmt;

namespace eagle::sdk {

class SqliteInbox : public Inbox {
 public:
  // Creates the file when there is none.
  // Errors: STORAGE_UNUSABLE  it can't be opened or isn't ours.   SCHEMA_VERSION  of another version.
  //         FOLDER_LOCKED     another process has it.
  static absl::StatusOr<std::unique_ptr<SqliteInbox>> Open(const std::string& path);
  ~SqliteInbox() override;

  std::unique_ptr<InboxTransaction> Begin() override;

 private:
  friend class SqliteInboxTransaction;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit SqliteInbox(sqlite3* database) : database_(database) {}
  absl::Status Configure();
  absl::Status Execute(const char* sql);
  absl::StatusOr<Statement> Prepare(const char* sql);
  absl::StatusOr<int64_t> PragmaInt(const char* sql);

  std::unique_ptr<sqlite3, Close> database_;
  Statement begin_, commit_, rollback_, get_, scan_, put_, delete_;
  bool in_transaction_ = false;
};

}  // namespace eagle::sdk
