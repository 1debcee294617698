-- A job's first forecast: seconds from its submission to its end, and the policy that it was made under.
alter table jobs
    add column forecast_s double precision,
    add column forecast_p10_s double precision,
    add column forecast_p90_s double precision,
    add column forecast_policy text;

create index jobs_forecast_ended on jobs (ended_at desc) where forecast_s is not null and state = 'SUCCEEDED';
