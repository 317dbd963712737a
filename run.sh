#!/bin/bash
# run.sh              set-up, build, and a live demo: spans of a bundled Go program on the terminal until Ctrl-C
# run.sh ARGUMENT...  set-up, build, and beyla ARGUMENT...
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"

publish_agent
[ $# -eq 0 ] || exec "$agent" "$@"

[ "$(id -u)" = 0 ] || die "The demo attaches probes to a program, which needs root. Run: sudo ./run.sh"
need_packages golang-go
go=$(go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/')
"$repository/tests/targets/fetch.sh" "http/$go-plain"
target=$artifacts/targets/http/$go-plain/http

# Everything that we start ends with us, the agent first: it prints what is still on its way. (A shell's background programs ignore Ctrl-C.)
started=()
finish() {
  trap - EXIT; trap '' INT TERM
  local i
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do
    kill "${started[i]}" 2>/dev/null || true
    wait "${started[i]}" 2>/dev/null || true
  done
}
trap finish EXIT
trap 'exit 0' INT TERM

announced=$(mktemp)
"$target" -listen 127.0.0.1:0 >"$announced" 2>/dev/null </dev/null &
started+=($!)
until port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$announced") && [ -n "$port" ]; do
  kill -0 "${started[0]}" 2>/dev/null || die "The demo's target did not start: $target"
  sleep 0.05
done
rm -f "$announced"

# Now and then a request of its own, by the shell alone.
request() {
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 0
  printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' "$1" "$2" "$port" "${#3}" "$3" >&3
  while read -r line <&3; do :; done 2>/dev/null
  exec 3>&-
}
{
  trap - EXIT; trap 'exit 0' TERM; trap '' INT
  while :; do
    request GET /hello ''; sleep 0.3
    request POST /echo 'a body of 21 bytes...'; sleep 0.3
    request GET "/client?url=http://127.0.0.1:$port/status?code=404" ''; sleep 0.3
    request GET '/slow?ms=120' ''; sleep 0.3
    request GET /missing ''; sleep 0.3
  done
} 2>/dev/null &
started+=($!)

say "A Go program ($(basename "$target"), Go $go) serves on port $port and gets a few requests a second. Its spans, until Ctrl-C:"
"$agent" run --open-port "$port" --trace-printer text </dev/null &
started+=($!)
wait "$!"
