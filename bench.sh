#!/bin/bash
# bench.sh target-cost [--go 1.24] [--seconds N] [--json]: what the agent costs a Go HTTP server.
#
# The server runs alone on core 1, wrk (one thread, four connections) and the agent on core 0; slices of 2 s, each with the agent between
# two without; slices in which the host took more than 6 % of the time are dropped. --seconds: length of all load together, default 60.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"

[ "${1-}" = target-cost ] || die "usage: ./bench.sh target-cost [--go 1.24] [--seconds N] [--json]"
shift
go='' rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --go) [ $# -gt 1 ] || die "--go wants a version: --go 1.24"; go=$2; shift 2 ;;
    *) rest+=("$1"); shift ;;
  esac
done

[ "$(id -u)" = 0 ] || die "Attaching probes needs root. Run: sudo ./bench.sh target-cost"
[ "$(nproc)" -ge 2 ] || die "The measurement needs two cores, this machine has one."
need_packages wrk golang-go
publish_agent
[ -n "$go" ] || go=$(go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/')
"$repository/tests/targets/fetch.sh" "http/$go-plain"
quietly "Building the benchmark" dotnet build "$repository/benchmarks/TargetCost" -c Release -v quiet -o "$artifacts/bench/target-cost"
exec "$artifacts/bench/target-cost/TargetCost" --target "$artifacts/targets/http/$go-plain/http" --agent "$agent" "${rest[@]}"
