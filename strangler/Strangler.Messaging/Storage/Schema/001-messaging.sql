-- Run at every start; every statement may be repeated. {ordered_text} is text that sorts by its bytes.

-- Earlier versions kept the id of every message here; the applied versions tell copies without it.
drop table if exists messaging_inbox;

-- The inbox: the newest version applied of each key, and the families of types applied at that version, separated by spaces.
create table if not exists messaging_applied (
  consumer text not null,
  key text not null,
  version {ordered_text} not null,
  families text not null,
  primary key (consumer, key)
);

-- Keys whose messages wait: until due_at for another attempt, or, when it is null, for an operator (parked).
create table if not exists messaging_parked_keys (
  consumer text not null,
  key text not null,
  attempts integer not null,
  due_at {ordered_text},
  reason text not null,
  since {ordered_text} not null,
  primary key (consumer, key)
);

-- The messages of those keys in the order in which they came: headers as JSON, body as it came.
create table if not exists messaging_parked_messages (
  consumer text not null,
  key text not null,
  position bigint not null,
  headers text not null,
  body bytea not null,
  primary key (consumer, key, position)
);

-- What operators decided about those keys: one row a retry, one row a discarded message, which is kept as it came.
create table if not exists messaging_decisions (
  consumer text not null,
  id text not null,
  decided_at {ordered_text} not null,
  decision text not null,
  who text not null,
  why text not null,
  key text not null,
  reason text not null,
  headers text,
  body bytea,
  primary key (consumer, id)
);

-- Partitions of a medium that another takes over from, handled to their end.
create table if not exists messaging_closed (
  consumer text not null,
  medium text not null,
  partition integer not null,
  closed_at {ordered_text} not null,
  primary key (consumer, medium, partition)
);

-- For consumers that want whole transactions: transactions of which messages wait, how many came and how many there are (null: not known yet). One that an operator let go as it
-- is stays, so that its rest does not wait.
create table if not exists messaging_transactions (
  consumer text not null,
  transaction_id text not null,
  since {ordered_text} not null,
  arrived integer not null,
  expected integer,
  released integer not null default 0,
  primary key (consumer, transaction_id)
);

-- Which messages of them came: their place among those that wait of their key, or 0 when they were known already.
create table if not exists messaging_transaction_messages (
  consumer text not null,
  transaction_id text not null,
  version {ordered_text} not null,
  key text not null,
  type text not null,
  position bigint not null,
  partition integer not null,
  primary key (consumer, transaction_id, version, key, type)
);

create index if not exists messaging_transaction_messages_by_key on messaging_transaction_messages (consumer, key, transaction_id, position);
