-- Live jobs: streams that run until they are cancelled. Their results are committed in windows of time, each a chunk with its member.
alter table jobs
    add column live boolean not null default false,
    add column listen_key text,                         -- of a stream that is pushed to us
    add column publish text not null default '',        -- where the annotated stream goes, with its secrets masked
    add column hls boolean not null default false,
    add column live_stream bytea,                       -- a message LiveStream of the contract, once the stream was opened
    add column live_open boolean not null default false, -- whether the stream is open now
    add column gaps text[] not null default '{}';       -- frames without a line: cause, number, cause, number, ...
-- A key belongs to one open job.
create unique index jobs_listen_key on jobs (listen_key) where state in ('QUEUED', 'RUNNING');

-- The publish target with its secrets, as long as the job is open or could be redriven.
alter table secret_addresses alter column address drop not null;
alter table secret_addresses add column publish text;

-- How far a stream was written to the broker (next_frame, next_ms, true at marked_at), and how far its committed result goes.
create table live_progress (
    job text primary key references jobs (id),
    next_frame bigint not null default 0,
    next_ms double precision not null default 0,
    marked_at timestamptz,
    last_frame bigint not null default -1,
    last_ms double precision not null default 0,
    epoch bigint not null default 0
);

-- What a window has beside its chunk.
create table live_windows (
    job text not null,
    index integer not null,
    gap_frames bigint not null,
    to_ms double precision not null,
    written_at timestamptz not null,
    primary key (job, index),
    foreign key (job, index) references chunks (job, index)
);

-- Gaps that belong into the result in front of frame next_frame, and are not yet in a committed window.
create table live_gaps (
    job text not null references jobs (id),
    first_frame bigint not null,
    next_frame bigint not null,
    from_ms double precision not null,
    to_ms double precision not null,
    frames bigint not null,
    cause text not null,
    primary key (job, next_frame, cause)
);
