-- No foreign key between the two: their messages travel under different keys and may arrive in any order.
create table patients (
  patient_id bigint not null primary key,
  name text not null,
  sort_name text not null,
  company_id bigint null,
  company_name text null,
  active boolean not null
);

create table periodical_exams (
  patient_id bigint not null primary key,
  last_exam_date date not null,
  expiration_days integer not null,
  due_on date null
);
