-- What was found out about a job's source before it is decoded: a message Probed of the contract. Null until it was probed.
alter table jobs add column probed bytea;
-- Probes begun so far: a source whose probe ends the process again and again is left to the decoder.
alter table jobs add column probes integer not null default 0;
create index jobs_unprobed on jobs (arrival) where state in ('QUEUED', 'RUNNING') and probed is null;
