-- Whether a failed job's source cannot be used.
alter table jobs add column bad_input boolean not null default false;
