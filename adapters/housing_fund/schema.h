// The housing fund's own tables in core.db, beside the core's (adapters/bank/schema.h).
//
// fund_accounts: what the fund knows of an account beyond its money: employer, base and monthly amounts (minor units),
// rates (hundredths of a per cent), status code as it came.
//
// fund_contributions: what arrived for which month; `request` is that of the booking.
//
// fund_grounds: the table of grounds for withdrawal, with their source. fund_bars: what holds back a deduction in this
// fund, with its source.
//
// fund_conditions: grounds that are on record for an account; ended_us: no longer.
//
// fund_loans: housing loans of the fund and what is owed on them.
#pragma once

namespace eagle::fund {

inline constexpr char kFundSchema[] = R"sql(
CREATE TABLE fund_accounts (
  account TEXT PRIMARY KEY NOT NULL REFERENCES accounts,
  status_code TEXT NOT NULL,
  employer TEXT NOT NULL,
  base INTEGER NOT NULL CHECK (base >= 0),
  personal_rate INTEGER NOT NULL CHECK (personal_rate BETWEEN 0 AND 10000),
  employer_rate INTEGER NOT NULL CHECK (employer_rate BETWEEN 0 AND 10000),
  personal_amount INTEGER NOT NULL CHECK (personal_amount >= 0),
  employer_amount INTEGER NOT NULL CHECK (employer_amount >= 0),
  paid_until TEXT NOT NULL,
  linked_bank TEXT NOT NULL,
  linked_account TEXT NOT NULL) STRICT;
CREATE TABLE fund_contributions (
  request TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL REFERENCES fund_accounts,
  month TEXT NOT NULL) STRICT;
CREATE TABLE fund_grounds (
  ground TEXT PRIMARY KEY NOT NULL,
  chinese TEXT NOT NULL,
  english TEXT NOT NULL,
  for_court INTEGER NOT NULL CHECK (for_court IN (0, 1)),
  source TEXT NOT NULL) STRICT;
CREATE TABLE fund_bars (
  bar TEXT PRIMARY KEY NOT NULL,
  applies INTEGER NOT NULL CHECK (applies IN (0, 1)),
  source TEXT NOT NULL) STRICT;
CREATE TABLE fund_conditions (
  account TEXT NOT NULL REFERENCES fund_accounts,
  ground TEXT NOT NULL REFERENCES fund_grounds,
  document TEXT NOT NULL,
  since TEXT NOT NULL,
  ended_us INTEGER,
  PRIMARY KEY (account, ground, document)) STRICT;
CREATE TABLE fund_loans (
  loan TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL REFERENCES fund_accounts,
  opened_on TEXT NOT NULL,
  outstanding INTEGER NOT NULL CHECK (outstanding >= 0),
  repaid_us INTEGER) STRICT;
CREATE INDEX fund_loans_by_account ON fund_loans (account);
)sql";

}  // namespace eagle::fund
