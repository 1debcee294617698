-- Jobs whose source is still to be fetched: they take no place among those that are decoded.
alter table jobs add column to_fetch boolean not null default false;
update jobs set to_fetch = true where input ~* '^https?:' and not decoded;

-- Addresses with secrets, for as long as they may have to be fetched: everywhere else they are masked.
create table secret_addresses (
    job text primary key references jobs (id),
    address text not null
);
insert into secret_addresses
    select id, input from jobs where to_fetch and state in ('QUEUED', 'RUNNING', 'FAILED') and input ~ '^[^/]*//[^/?#]*@';
update jobs set source = regexp_replace(source, '^([^/]*//)[^/?#]*@', '\1***@') where source ~ '^[^/]*//[^/?#]*@';
update jobs set input = regexp_replace(input, '^([^/]*//)[^/?#]*@', '\1***@') where input ~ '^[^/]*//[^/?#]*@';

-- SHA-256 of what was submitted with the key; null of keys that are older.
alter table idempotency_keys add column fingerprint bytea;
