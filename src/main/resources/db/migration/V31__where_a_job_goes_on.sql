-- Where the last run of a job was cut off, in the job's own words; null if it came to its end.
alter table job_lease add column place text;
