-- How often the process of a worker died with the chunk, as the scheduler counts it. Part of what a new leader is told.
alter table chunks add column deaths integer not null default 0;
