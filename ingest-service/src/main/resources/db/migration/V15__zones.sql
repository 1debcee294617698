-- Zones in words of a job whose result has tracks; null for a job without tracks.
alter table jobs add column zones text;
