-- What is kept names the start that chose it; which policy a start forces is not kept any more.
alter table leadership drop column forced_policy;
