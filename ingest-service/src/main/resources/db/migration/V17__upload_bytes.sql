-- What a tenant's uploads take, for its limit; 0 for sources of earlier releases and for those that are not uploads.
alter table jobs add column upload_bytes bigint not null default 0;
create index jobs_uploads on jobs (tenant) where not discarded and upload_bytes > 0;
create index jobs_open_tenant on jobs (tenant) where state in ('QUEUED', 'RUNNING');
