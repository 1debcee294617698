-- How the job's frames travel to workers: raw, or jpeg- and the quality. Empty until a chunk was written.
alter table jobs add column frame_transport text not null default '';
