-- Secrets in parameters of addresses that an earlier release took: V7 has moved users and passwords only. The pattern is that of
-- SECRET_PARAMETER in Words as it was then.
create function pg_temp.masked(text) returns text language sql immutable as $$
    select regexp_replace($1,
        '([?&;](?:[\w.-]*(?:token|signature|secret|passw(?:or)?d|credential|api[-_]?key|access[-_]?key|auth)[\w.-]*'
            || '|sig|key|pwd|pass)=)[^&;#\s"]+',
        '\1***', 'gi')
$$;

-- Where V7 has kept an address for its password it is there as a whole.
insert into secret_addresses
    select id, input from jobs
        where to_fetch and state in ('QUEUED', 'RUNNING', 'FAILED') and input <> pg_temp.masked(input)
    on conflict do nothing;
update jobs set source = pg_temp.masked(source), input = pg_temp.masked(input), error = pg_temp.masked(error)
    where input ~* '^https?:';
