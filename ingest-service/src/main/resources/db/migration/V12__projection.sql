-- The projection that was asked for: auto (what the source states), flat, equirect, cubemap, cubemap6x1 or eac. What came of it is in
-- probed.
alter table jobs add column projection text not null default 'auto';
