-- SQLite compares text by its bytes; PostgreSQL by the database's locale, unless told.
alter table patients alter column sort_name type text collate "C";
