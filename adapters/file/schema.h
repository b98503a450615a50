// The tables of exchange.db, version 2: those of version 1, and what came with 2, which a file of version 1 is given
// when it is opened. Times are microseconds since 1970, amounts are not here: they are in the bytes.
#pragma once

namespace eagle::file {

inline constexpr char kExchangeSchema[] = R"sql(
-- What was asked: written in the transaction in which the agent's question is taken, so it goes out exactly once.
CREATE TABLE requests (
  request TEXT PRIMARY KEY,              -- BDHM
  operation TEXT NOT NULL UNIQUE,
  family INTEGER NOT NULL,
  order_digest BLOB NOT NULL,
  order_bytes BLOB,                      -- NULL once pruned
  arrived_us INTEGER NOT NULL,
  arrival_sequence INTEGER NOT NULL,
  batch INTEGER,                         -- number of the CXQQ or KZQQ batch; NULL: waits for one
  state INTEGER NOT NULL,                -- 0 open, 1 progress, 2 done
  answer_digest BLOB,                    -- SHA-256 of the last answer that was taken, as it is written in our own form
  answered_us INTEGER,
  unit_reference TEXT NOT NULL DEFAULT '',
  revision INTEGER NOT NULL DEFAULT 0    -- of the last event that was taken
) STRICT;
CREATE INDEX requests_unsent ON requests (family, arrival_sequence) WHERE batch IS NULL;
CREATE INDEX requests_unpruned ON requests (answered_us) WHERE order_bytes IS NOT NULL AND state = 2;
-- Batches that we wrote.
CREATE TABLE sent (
  family INTEGER NOT NULL, number INTEGER NOT NULL,
  file BLOB NOT NULL, manifest BLOB NOT NULL,     -- empty once pruned
  rows INTEGER NOT NULL,
  state INTEGER NOT NULL,                -- 0 sealed, 1 placed, 2 taken, 3 refused
  sealed_us INTEGER NOT NULL, answered_us INTEGER,
  note TEXT NOT NULL DEFAULT '',         -- why it was refused
  PRIMARY KEY (family, number)
) STRICT;
CREATE INDEX sent_open ON sent (family, number) WHERE state IN (0, 1, 3);
-- Batches that we took, and numbers that an operator gave up. Numbers of a family follow each other without a gap.
CREATE TABLE taken (
  family INTEGER NOT NULL, number INTEGER NOT NULL,
  state INTEGER NOT NULL,                -- 0 taken, 1 given up
  manifest_sha256 TEXT NOT NULL, receipt BLOB NOT NULL, file BLOB NOT NULL,
  taken_us INTEGER NOT NULL,
  note TEXT NOT NULL DEFAULT '',         -- who gave it up
  PRIMARY KEY (family, number)
) STRICT;
-- What the agent is told, in order; the sequence is never used twice.
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  change BLOB NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;
)sql";

inline constexpr char kExchangeSince2[] = R"sql(
-- What the agency stated that it holds 对账, day by day.
CREATE TABLE statements (
  day TEXT PRIMARY KEY,                  -- YYYY-MM-DD
  as_of_us INTEGER NOT NULL,             -- the instant of all its lines
  answered INTEGER NOT NULL,             -- number of the last KZFK batch that they follow
  number INTEGER NOT NULL,               -- of the last DZFK batch of the day
  complete INTEGER NOT NULL,             -- 1: that was its last one
  given INTEGER NOT NULL DEFAULT 0       -- `number` when the agent took the day
) STRICT;
CREATE TABLE stated (
  day TEXT NOT NULL REFERENCES statements, request TEXT NOT NULL,  -- BDHM
  measure BLOB NOT NULL,                 -- MeasureState
  PRIMARY KEY (day, request)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace eagle::file
