create index patients_in_list_order on patients (sort_name, patient_id);
