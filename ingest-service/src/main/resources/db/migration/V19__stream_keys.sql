-- Whose tenant's jobs have a stream key, ended ones included.
create index jobs_stream_keys on jobs (listen_key) where listen_key is not null;
