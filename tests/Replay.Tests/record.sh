#!/bin/bash
# record.sh [NAME...]: makes the recordings of this folder anew from real programs under the real agent (root). Then approve the spans:
#   BEYLA_APPROVE=1 dotnet test tests/Replay.Tests -c Release
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
recordings=$repository/tests/Replay.Tests/Recordings
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# recording NAME TARGET-COMMAND...: starts target and agent; the function drive_NAME makes the traffic (port in $port).
recording() {
  local name=$1 target agent_pid; shift
  "$@" >"$work/target" 2>&1 & target=$!
  until port=$(sed -nE 's/.*listening on .*:([0-9]+)$/\1/p' "$work/target" | head -1); [ -n "$port" ]; do kill -0 "$target"; sleep 0.05; done
  BEYLA_BPF_RECORD_EVENTS=$work/events "$agent" run --open-port "$port" >/dev/null 2>"$work/log" & agent_pid=$!
  until grep -q "attached .*pid $target" "$work/log"; do kill -0 "$agent_pid"; sleep 0.05; done
  "drive_$name"
  kill -TERM "$agent_pid"; wait "$agent_pid"
  kill "$target"; wait "$target" 2>/dev/null || true
  mv "$work/events" "$recordings/$name.events"
  say "$name: $(($(wc -l <"$recordings/$name.events") - 1)) records"
}

drive_http() {
  local url=http://127.0.0.1:$port
  curl -s "$url/hello" "$url/hello?token=secret" "$url/nocontent" "$url/silent" "$url/panic" "$url/status?code=404" "$url/client?url=$url/hello" -o /dev/null || true
  curl -s -d "a body" "$url/echo" -o /dev/null
  curl -s -I "$url/hello" -o /dev/null
}

publish_agent
wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=(http)
for name in "${wanted[@]}"; do
  case $name in
    http) recording http "$artifacts/targets/http/1.24-plain/http" ;;
    *) die "'$name' is no recording; there are: http" ;;
  esac
done
