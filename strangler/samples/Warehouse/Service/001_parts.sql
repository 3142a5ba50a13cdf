create table parts (sku varchar(40) not null primary key, description text not null, pieces integer not null, bin text not null);
