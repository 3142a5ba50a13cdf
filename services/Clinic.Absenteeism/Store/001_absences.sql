create table absences (
  absence_id bigint not null primary key,
  patient_id bigint not null,
  company_id bigint null,
  starts_on date not null,
  ends_on date not null,
  cid text null,
  chapter text null,
  work_accident boolean null,
  cat_number text null
);

create index absences_of_a_company on absences (company_id);
