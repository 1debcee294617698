-- What was asked for: auto, packets or pixels. frame_transport is what came of it, once the source was probed: packets, pixels, or
-- jpeg- and the quality; the reason says why not packets.
alter table jobs
    add column transport_choice text not null default 'auto',
    add column frame_transport_reason text not null default '',
    add column left_packets_at integer,                    -- first chunk after others that did not travel as packets
    add column group_frames integer not null default 0;    -- most frames to infer of one group of pictures as packets
update jobs set frame_transport = 'pixels'
    where frame_transport = 'raw' or frame_transport = '' and (probed is not null or state = 'RUNNING' or chunks > 0);

-- Attempts with higher numbers may commit the chunk: others were granted before it was written in this form.
alter table chunks add column attempts_above integer not null default 0;

-- What a member adds to its job, to be taken back with the member.
alter table members
    add column detections integer not null default 0,
    add column failed_frames integer not null default 0;
