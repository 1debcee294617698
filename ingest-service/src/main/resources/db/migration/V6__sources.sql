-- Which of the source's streams is decoded, as FFmpeg counts them; -1: the one that a viewer would call the video.
alter table jobs add column stream integer not null default -1;

-- Times that decoding was begun and nothing came of it, not even an end: a process that dies leaves them here.
alter table jobs add column unproven integer not null default 0;
