#!/usr/bin/env bash
# Submits a file (or the built-in clip), waits for the job's end, and writes its detections as CSV to standard output.
# usage: examples/detect.sh [FILE]
set -euo pipefail
server=${FQ_SERVER:-http://127.0.0.1:8080}
key=()
[ -z "${FQ_KEY:-}" ] || key=(-H "Authorization: Bearer $FQ_KEY")
ask() { curl -sS --fail-with-body ${key[@]+"${key[@]}"} "$@"; }
field() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p"; }

if [ $# -gt 0 ]; then
  job=$(ask -F model=people -F file=@"$1" "$server/api/v1/jobs" | field job)
else
  job=$(ask -H 'Content-Type: application/json' -d '{"source":"sample:walkers","every":8}' "$server/api/v1/jobs" | field job)
fi
echo "job $job" >&2
# The stream of events ends when the job has ended.
ask -N "$server/api/v1/jobs/$job/events" >/dev/null
state=$(ask "$server/api/v1/jobs/$job" | field state)
echo "$state" >&2
[ "$state" = SUCCEEDED ] || exit 1
ask "$server/api/v1/jobs/$job/detections?format=csv"
