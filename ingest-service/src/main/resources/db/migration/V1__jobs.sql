-- The authority: jobs, their chunks and the winning attempt of each chunk.
create sequence arrival;
create sequence epoch;

-- One row: who leads. forced_policy is the policy that the leader runs whatever was kept.
create table leadership (
    only_row boolean primary key default true check (only_row),
    epoch bigint not null default 0,
    scheduler text not null default '',
    forced_policy text not null default '',
    kept_policy text not null default '',
    kept_parameters bytea
);
insert into leadership default values;

create table model_cards (
    name text primary key,
    card bytea not null
);

create table jobs (
    id text primary key,
    arrival bigint not null unique,
    source text not null,
    input text not null,
    model text not null,
    card bytea not null,
    every integer not null,
    chunk_frames integer not null,
    chunk_bytes bigint not null,
    labels text[] not null,                     -- key, value, key, value, ...
    submitted_at timestamptz not null,
    state text not null check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    ended_at timestamptz,
    error text,
    last_result_at timestamptz,
    expected_frames bigint not null default 0,  -- frames to infer
    width integer not null default 0,
    height integer not null default 0,
    decoded boolean not null default false,
    chunks integer not null default 0,          -- written
    chunks_committed integer not null default 0,
    frames bigint not null default 0,
    detections bigint not null default 0,
    failed_frames bigint not null default 0,
    warnings text[] not null default '{}',
    transport text not null default '',
    policy text not null default '',
    attempts_base integer not null default 0,
    discarded boolean not null default false,   -- its upload is gone
    model_us bigint not null default 0,
    preprocess_us bigint not null default 0,
    postprocess_us bigint not null default 0,
    transport_us bigint not null default 0,
    wait_us bigint not null default 0,
    decode_us bigint not null default 0,
    scale_us bigint not null default 0,
    publish_us bigint not null default 0,
    check ((ended_at is not null) = (state in ('SUCCEEDED', 'FAILED', 'CANCELLED')))
);
create index jobs_open on jobs (arrival) where state in ('QUEUED', 'RUNNING');
create index jobs_kept on jobs (ended_at) where not discarded;

create table idempotency_keys (
    key text primary key,
    job text not null
);

create table chunks (
    job text not null references jobs (id),
    index integer not null,
    first_frame bigint not null,
    first_pts_ms double precision not null,
    frames integer not null,
    partition integer not null,
    first_offset bigint not null,
    last_offset bigint not null,
    bytes bigint not null,
    -- OPEN: its frames are on the broker; DROPPED: they are not, and it has no result
    state text not null check (state in ('OPEN', 'COMMITTED', 'DROPPED')),
    primary key (job, index)
);
create index chunks_open on chunks (job, index) where state = 'OPEN';

-- The winning attempt of each committed chunk.
create table members (
    job text not null,
    chunk integer not null,
    attempt integer not null,
    epoch bigint not null,
    worker text not null,
    file text not null,
    bytes bigint not null,
    primary key (job, chunk),
    foreign key (job, chunk) references chunks (job, index)
);
