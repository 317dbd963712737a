#!/bin/bash
# bench.sh export [--seconds N] [--rate N]: what a span costs the agent from the record in the ring to the socket, fed at an even pace
#   (default: 50,000 spans/s for 30 s, batches of 512), with a collector that takes everything.
# bench.sh soak [--seconds N] [--rate N]: whether memory and descriptors of the agent grow under an even load (default: 10 min, 5,000 requests/s).
# bench.sh micro [OPTIONS]: BenchmarkDotNet on encoder, aggregator, routes and parsers; options are BenchmarkDotNet's (--job short --filter '*Sql*').
# bench.sh target-cost [--workload NAME] [--go 1.24] [--front socket|uprobe] [--seconds N] [--json]: what the agent costs a Go program.
#
# Workloads: http (server, HTTP/1), h2 (server, h2c), h2-client, grpc (server, unary), grpc-client, sql (sqlite through database/sql).
# The program runs alone on core 1, what loads it (wrk, h2load, a server) and the agent on core 0; slices of 2 s, each with the agent between
# two without; slices in which the host took more than 6 % of the time are dropped. --seconds: length of all load together, default 60.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"

usage="usage: ./bench.sh target-cost [--workload http|h2|h2-client|grpc|grpc-client|sql] [--go 1.24] [--front socket|uprobe] [--seconds N] [--json] | export|soak [--seconds N] [--rate N] | micro [OPTIONS]"
command=${1-}
[ $# = 0 ] || shift

export_cost=$artifacts/bench/export-cost/ExportCost
build_export_cost() { quietly "Building the benchmark" dotnet build "$repository/benchmarks/ExportCost" -c Release -v quiet -o "${export_cost%/*}"; }

case $command in
  export)
    need_dotnet; need_agent_packages; build_export_cost
    exec "$export_cost" "$@" ;;
  micro)
    need_dotnet; need_agent_packages
    [ $# -gt 0 ] || set -- --filter '*'
    cd "$artifacts"
    exec dotnet run --project "$repository/benchmarks/Micro" -c Release -- "$@" ;;
  soak)
    [ "$(id -u)" = 0 ] || die "Attaching probes needs root. Run: sudo ./bench.sh soak"
    seconds=600 rate=5000
    while [ $# -gt 1 ]; do
      case $1 in --seconds) seconds=$2 ;; --rate) rate=$2 ;; *) die "$usage" ;; esac
      shift 2
    done
    [ $# = 0 ] || die "$usage"
    need_packages golang-go nghttp2-client
    publish_agent; build_export_cost
    program=http/$(go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/')-plain
    "$repository/tests/targets/fetch.sh" "$program"
    . "$repository/scripts/soak.sh"
    soak "$artifacts/targets/$program/http" "$export_cost" "$seconds" "$rate"
    exit ;;
  target-cost) ;;
  *) die "$usage" ;;
esac
go='' workload=http rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --go) [ $# -gt 1 ] || die "--go wants a version: --go 1.24"; go=$2; shift 2 ;;
    --workload) [ $# -gt 1 ] || die "$usage"; workload=$2; shift 2 ;;
    --front) [ $# -gt 1 ] || die "$usage"; export BEYLA_TRACERS_NET_HTTP_FRONT=$2; shift 2 ;;
    *) rest+=("$1"); shift ;;
  esac
done

[ "$(id -u)" = 0 ] || die "Attaching probes needs root. Run: sudo ./bench.sh target-cost"
[ "$(nproc)" -ge 2 ] || die "The measurement needs two cores, this machine has one."
need_packages wrk golang-go nghttp2-client
publish_agent
[ -n "$go" ] || go=$(go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/')
case $workload in
  http) target=http/$go-plain ;;
  h2|h2-client|grpc|grpc-client|sql)
    # The libraries of the suite that ships this Go.
    case $go in 1.19) suite=bookworm ;; 1.24) suite=trixie ;; 1.27) suite=sid ;; *) die "The workload $workload is built with Go 1.19, 1.24 and 1.27." ;; esac
    target=${workload%-client}/$suite-$go
    [ "$workload" != sql ] || target=$target-sqlite3 ;;
  *) die "$usage" ;;
esac
"$repository/tests/targets/fetch.sh" "$target"
quietly "Building the benchmark" dotnet build "$repository/benchmarks/TargetCost" -c Release -v quiet -o "$artifacts/bench/target-cost"
exec "$artifacts/bench/target-cost/TargetCost" --workload "$workload" --target "$artifacts/targets/$target/${target%%/*}" --agent "$agent" "${rest[@]}"
