# Sourced by bench.sh: what the agent holds while it traces a server under an even load, and whether that grows.

# soak TARGET SINK SECONDS RATE: one line of figures; fails when memory or descriptors grow, or spans are missing.
soak() {
  local target=$1 sink=$2 seconds=$3 rate=$4 folder connections=10 first=60
  [ "$seconds" -gt $((2 * first)) ] || first=$((seconds / 3))
  folder=$(mktemp -d)
  trap 'kill $target_pid $agent_pid $sink_pid 2>/dev/null; rm -rf "$folder"' EXIT
  "$sink" --sink >"$folder/sink" & sink_pid=$!
  "$target" -listen 127.0.0.1:0 >"$folder/target" 2>&1 & target_pid=$!
  wait_for "$folder/sink" '^[0-9]+$'; wait_for "$folder/target" ':[0-9]+'
  local collector port
  collector=http://127.0.0.1:$(head -1 "$folder/sink")
  port=$(grep -oE ':[0-9]+' "$folder/target" | head -1 | tr -d :)
  OTEL_EXPORTER_OTLP_ENDPOINT=$collector BEYLA_OPEN_PORT=$port "$agent" --trace-printer counter >"$folder/counts" 2>"$folder/log" & agent_pid=$!
  wait_for "$folder/log" "attached to pid $target_pid"

  h2load --h1 -c $connections --rps=$((rate / connections)) -D "$seconds" "http://127.0.0.1:$port/hello" >"$folder/load" & local load_pid=$!
  sleep "$first"; local rss_first fds_first rss_last fds_last
  rss_first=$(resident); fds_first=$(descriptors)
  wait $load_pid
  rss_last=$(resident); fds_last=$(descriptors)
  kill -TERM $agent_pid; wait $agent_pid || die "the agent failed: $(tail -3 "$folder/log")"
  local answered
  answered=$(grep -oE '[0-9]+ succeeded' "$folder/load" | cut -d' ' -f1)
  say "$answered requests in $seconds s; resident after $first s: $rss_first kB, at the end: $rss_last kB; descriptors: $fds_first, $fds_last."
  say "the agent: $(tail -1 "$folder/counts")"
  [ "$rss_last" -le $((rss_first * 11 / 10)) ] || die "Memory grew by more than a tenth."
  [ "$fds_last" = "$fds_first" ] || die "The number of file descriptors changed."
}

resident() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$agent_pid/status"; }

descriptors() { ls "/proc/$agent_pid/fd" | wc -l; }

# wait_for FILE REGEX: until a line matches, for at most a minute.
wait_for() {
  local i
  for i in $(seq 600); do grep -qE "$2" "$1" 2>/dev/null && return; sleep 0.1; done
  die "nothing came that matches '$2': $(tail -3 "$1")"
}
