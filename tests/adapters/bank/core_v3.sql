CREATE TABLE facts (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT;
CREATE TABLE customers (
  customer TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  id_kind TEXT NOT NULL,
  id_number TEXT NOT NULL) STRICT;
CREATE INDEX customers_by_number ON customers (id_number);
CREATE TABLE accounts (
  account TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  currency TEXT NOT NULL,
  nature TEXT NOT NULL,
  joint INTEGER NOT NULL CHECK (joint IN (0, 1)),
  status TEXT NOT NULL CHECK (status IN ('NORMAL', 'DORMANT', 'CLOSED')),
  opened_on TEXT NOT NULL,
  branch TEXT NOT NULL) STRICT;
CREATE TABLE holders (
  account TEXT NOT NULL REFERENCES accounts,
  customer TEXT NOT NULL REFERENCES customers,
  PRIMARY KEY (account, customer)) STRICT, WITHOUT ROWID;
CREATE INDEX holders_by_customer ON holders (customer);
CREATE TABLE bookings (
  booking INTEGER PRIMARY KEY AUTOINCREMENT,
  time_us INTEGER NOT NULL,
  kind TEXT NOT NULL,
  operation TEXT,
  request TEXT UNIQUE,
  UNIQUE (operation, kind)) STRICT;
CREATE TABLE entries (
  booking INTEGER NOT NULL REFERENCES bookings,
  position INTEGER NOT NULL,
  account TEXT NOT NULL REFERENCES accounts,
  amount INTEGER NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (booking, position)) STRICT, WITHOUT ROWID;
CREATE INDEX entries_by_account ON entries (account, amount);
CREATE TABLE products (
  account TEXT PRIMARY KEY NOT NULL REFERENCES accounts,
  product TEXT NOT NULL,
  sales TEXT NOT NULL CHECK (sales IN ('OWN', 'AGENCY')),
  units_e4 INTEGER NOT NULL CHECK (units_e4 >= 0),
  price_e4 INTEGER NOT NULL CHECK (price_e4 > 0),
  priced_on TEXT NOT NULL,
  locked_until TEXT NOT NULL,
  pays_back_us INTEGER,
  return_account TEXT NOT NULL REFERENCES accounts) STRICT;
CREATE INDEX products_by_product ON products (product);
CREATE INDEX products_due ON products (pays_back_us) WHERE pays_back_us IS NOT NULL;
CREATE TABLE measures (
  measure TEXT PRIMARY KEY NOT NULL,
  authority TEXT NOT NULL,
  document TEXT NOT NULL,
  person TEXT NOT NULL,
  served_us INTEGER NOT NULL,
  served_sequence INTEGER NOT NULL,
  requested INTEGER NOT NULL CHECK (requested >= 0),
  deducted INTEGER NOT NULL CHECK (deducted >= 0),
  inflow INTEGER NOT NULL,
  whole_account INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  months INTEGER NOT NULL,
  years INTEGER NOT NULL,
  from_us INTEGER,
  to_us INTEGER,
  revision INTEGER NOT NULL,
  operation TEXT UNIQUE,
  product TEXT NOT NULL,
  quantity_e4 INTEGER NOT NULL CHECK (quantity_e4 >= 0)) STRICT;
CREATE INDEX measures_by_end ON measures (to_us) WHERE phase = 3;
CREATE INDEX measures_by_document ON measures (document);
CREATE TABLE measure_accounts (
  measure TEXT NOT NULL REFERENCES measures,
  position INTEGER NOT NULL,
  account TEXT NOT NULL REFERENCES accounts,
  controlled INTEGER NOT NULL CHECK (controlled >= 0),
  unfunded INTEGER NOT NULL CHECK (unfunded >= 0),
  PRIMARY KEY (measure, position)) STRICT, WITHOUT ROWID;
CREATE INDEX measure_accounts_by_account ON measure_accounts (account);
CREATE TABLE exemptions (
  nature TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('FREEZE', 'DEDUCT')),
  unless_purpose TEXT NOT NULL,
  rule TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (nature, action)) STRICT, WITHOUT ROWID;
CREATE TABLE operations (
  operation TEXT PRIMARY KEY NOT NULL,
  order_digest BLOB NOT NULL,
  action TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  served_us INTEGER NOT NULL,
  served_sequence INTEGER NOT NULL,
  answer BLOB NOT NULL) STRICT;
CREATE TABLE payments (
  payment TEXT PRIMARY KEY NOT NULL,
  number INTEGER NOT NULL UNIQUE,
  order_id BLOB NOT NULL,
  agency TEXT NOT NULL,
  step INTEGER NOT NULL,
  operation TEXT NOT NULL REFERENCES operations DEFERRABLE INITIALLY DEFERRED,
  measure TEXT NOT NULL REFERENCES measures,
  booking INTEGER NOT NULL REFERENCES bookings,
  amount INTEGER NOT NULL CHECK (amount > 0),
  currency TEXT NOT NULL,
  to_bank TEXT NOT NULL,
  to_name TEXT NOT NULL,
  to_account TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('SENT', 'CONFIRMED', 'REJECTED')),
  reason TEXT NOT NULL,
  sent_us INTEGER NOT NULL,
  settled_us INTEGER) STRICT;
CREATE INDEX payments_open ON payments (measure) WHERE state = 'SENT';
CREATE TABLE payment_cuts (
  payment TEXT NOT NULL REFERENCES payments,
  position INTEGER NOT NULL,
  account TEXT NOT NULL REFERENCES accounts,
  amount INTEGER NOT NULL CHECK (amount > 0),
  PRIMARY KEY (payment, position)) STRICT, WITHOUT ROWID;
CREATE TABLE extractions (
  measure TEXT PRIMARY KEY NOT NULL REFERENCES measures,
  kept INTEGER NOT NULL CHECK (kept > 0),
  to_bank TEXT NOT NULL,
  to_name TEXT NOT NULL,
  to_account TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE income_natures (
  nature TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE incomes (
  booking INTEGER PRIMARY KEY NOT NULL REFERENCES bookings,
  account TEXT NOT NULL REFERENCES accounts,
  month TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount > 0),
  left_then INTEGER NOT NULL CHECK (left_then >= 0 AND left_then <= amount)) STRICT;
CREATE INDEX incomes_by_month ON incomes (account, month);
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  change BLOB NOT NULL) STRICT;
