-- What schedulers measured of models, for the next leader: a message Learnt of the contract each.
create table learnt (
    model text primary key,
    learnt bytea not null
);
