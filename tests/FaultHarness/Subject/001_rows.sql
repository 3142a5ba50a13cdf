create table kept_rows (key text not null primary key, n bigint not null, note text, big text, big_known boolean not null);
create table journal (id bigserial primary key, key text not null, version text not null, n bigint, hash text);
