-- Who may do what: API keys, and the tenant of each job. A key that is revoked is deleted.
create table api_keys (
    id text primary key,
    name text not null,
    tenant text not null,
    roles text[] not null,
    hash bytea not null,                        -- SHA-256 of the key's text, which is stored nowhere
    created_at timestamptz not null
);

alter table jobs add column tenant text not null default 'default';
create index jobs_tenant on jobs (tenant, arrival);

-- Each tenant has keys of its own.
alter table idempotency_keys add column tenant text not null default 'default';
alter table idempotency_keys drop constraint idempotency_keys_pkey;
alter table idempotency_keys add primary key (tenant, key);
