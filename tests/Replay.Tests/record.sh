#!/bin/bash
# record.sh [NAME...]: makes the recordings of this folder anew from real programs under the real agent (root), and approves the spans that they
# give: look at the difference before it is committed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
tests=$repository/tests/Replay.Tests targets=$artifacts/targets
work=$(mktemp -d) programs=() recording=
trap 'stop_programs; rm -rf "$work"' EXIT

# until_true WHAT COMMAND...: waits for the condition, for half a minute at most.
until_true() {
  local what=$1 end=$((SECONDS + 30)); shift
  until "$@"; do [ $SECONDS -lt $end ] || { cat "$work"/*.out "$work/log" >&2; die "$recording: after 30 s $what; its output is above."; }; sleep 0.05; done
}

answers() { grep -c '^[[{]' "$work/$1.out" || true; }
answered() { [ "$(answers "$1")" -gt "$2" ]; }

# program NAME EXECUTABLE ARGUMENT...: starts a copy of the executable, which the agent will select, and waits until it is ready.
program() {
  local name=$1; cp "$2" "$work/bin/$name"; shift 2
  mkfifo "$work/$name.in"; touch "$work/$name.out"
  "$work/bin/$name" "$@" <>"$work/$name.in" >"$work/$name.out" 2>&1 & programs+=($!)
  until_true "$name is not ready" grep -qE 'listening on|^ready' "$work/$name.out"
}

# port_of NAME: where it listens.
port_of() { sed -nE 's/.*listening on .*:([0-9]+)$/\1/p' "$work/$1.out" | head -1; }

# ask NAME JSON: gives a program a command and waits for its answer.
ask() {
  local before; before=$(answers "$1")
  printf '%s\n' "$2" >"$work/$1.in"
  until_true "$1 has no answer to $2" answered "$1" "$before"
}

stop_programs() {
  local pid
  for pid in "${programs[@]}"; do kill -KILL "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; done
  programs=()
}

# record NAME: start_NAME starts the programs, drive_NAME makes them work while the agent records.
record() {
  local agent_pid pid; recording=$1
  rm -rf "${work:?}"/*; mkdir "$work/bin"; touch "$work/log"
  "start_$1"
  BEYLA_EXECUTABLE_NAME="^$work/bin/" BEYLA_BPF_RECORD_EVENTS=$work/events "$agent" run >/dev/null 2>"$work/log" & agent_pid=$!
  programs+=("$agent_pid")
  for pid in "${programs[@]::${#programs[@]}-1}"; do
    until_true "the agent is not attached to everything" grep -q "attached .*pid $pid\b" "$work/log"
  done
  "drive_$1"
  kill -TERM "$agent_pid"; wait "$agent_pid" || die "$1: the agent ended with an error: $(cat "$work/log")"
  stop_programs
  mv "$work/events" "$tests/Recordings/$1.events"
  say "$1: $(($(wc -l <"$tests/Recordings/$1.events") - 1)) records"
}

start_http() { program server "$targets/http/1.24-plain/http"; }
drive_http() {
  local url; url=http://127.0.0.1:$(port_of server)
  curl -s "$url/hello" "$url/hello?token=secret" "$url/nocontent" "$url/silent" "$url/panic" "$url/status?code=404" "$url/client?url=$url/hello" >/dev/null || true
  curl -s -d "a body" "$url/echo" >/dev/null
  curl -s -I "$url/hello" >/dev/null
}

start_http2() {
  program server "$targets/h2/trixie-1.24/h2" serve h2c
  program client "$targets/h2/trixie-1.24/h2" call h2c
}
drive_http2() {
  local url path; url=http://127.0.0.1:$(port_of server)
  for path in /hello "/hello?token=secret" "/status?code=404" /trailers /abort; do ask client "{\"url\": \"$url$path\"}"; done
  ask client "{\"url\": \"$url/hello\", \"count\": 4, \"concurrency\": 4}"
  ask client "{\"url\": \"$url/wait\", \"cancel_ms\": 100}"
}

start_grpc() {
  program server "$targets/grpc/trixie-1.24/grpc" serve
  program client "$targets/grpc/trixie-1.24/grpc" call -address "127.0.0.1:$(port_of server)"
}
drive_grpc() {
  local kind outcome
  for kind in unary client-stream server-stream bidi; do ask client "{\"kind\": \"$kind\", \"outcome\": \"ok\", \"messages\": 3}"; done
  for outcome in error deadline cancel; do ask client "{\"kind\": \"unary\", \"outcome\": \"$outcome\", \"code\": 5}"; done
  ask client '{"kind": "unary", "outcome": "ok", "metadata": {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}'
}

start_sql() { program client "$targets/sql/trixie-1.24-sqlite3/sql" sqlite3 "$work/test.db"; }
drive_sql() {
  ask client '{"do": "exec", "sql": "CREATE TABLE items (id int, name varchar(30))"}'
  ask client "{\"do\": \"exec\", \"sql\": \"INSERT INTO items VALUES (1, 'secret'), (2, 'it''s')\"}"
  ask client "{\"do\": \"query\", \"sql\": \"SELECT name FROM items WHERE id IN (1, 2, 3) OR name = 'secret'\"}"
  ask client "{\"do\": \"query\", \"sql\": \"SELEC 'secret'\"}"
  ask client '{"do": "prepared-query", "sql": "SELECT id FROM items", "times": 2}'
  ask client '{"do": "tx", "sql": "SELECT id FROM items", "statements": ["UPDATE items SET id = 3"], "end": "rollback"}'
}

publish_agent
names=(http http2 grpc sql)
wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=("${names[@]}")
for name in "${wanted[@]}"; do
  [[ " ${names[*]} " == *" $name "* ]] || die "'$name' is no recording; there are: ${names[*]}"
  record "$name"
done
BEYLA_APPROVE=1 quietly "Approving the spans" dotnet test "$tests" -c Release -v quiet
