#!/bin/bash
# test.sh: builds everything, runs every test, and ends with one line: N passed, N failed, N skipped.
# Programs to trace are fetched before (tests/targets/fetch.sh). Tests that need privileges or kernel features that are missing here are
# skipped with the reason; with BEYLA_REQUIRE_BPF=1 they fail.
# The last suite runs in a virtual machine with Debian's Linux 6.1 (tests/vm): every BPF program loads, and the fronts that only older kernels need make the
# right spans. It is emulated and takes some minutes; it is skipped where it cannot run.
# --vm: only the virtual machines, with everything: Linux 6.1, 6.12 and the newest of Debian's unstable suite.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/scripts/common.sh"
cd "$repository"

results=$artifacts/test-results
passed=0 failed=0 skipped=0

# suite NAME PROJECT [DOTNET-TEST-ARGUMENT...]: runs one suite, prints one line, and everything when something failed.
suite() {
  local name=$1 project=$2 folder=$results/$1 code=0 start=$SECONDS counters total executed good bad; shift 2
  printf '%-32s ' "$name"
  mkdir -p "$folder"
  dotnet test "$project" -c Release --no-build --nologo -v quiet --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
    --results-directory "$folder" "$@" >"$folder/output.txt" 2>&1 </dev/null || code=$?
  counters=$(grep -o '<Counters [^>]*>' "$folder/$name.trx" 2>/dev/null || true)
  total=$(counter total) executed=$(counter executed) good=$(counter passed)
  bad=$((executed - good))
  # A test host that died counts what it did not tell.
  if [ "$code" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
  echo "$good passed, $bad failed, $((total - executed)) skipped ($((SECONDS - start)) s)"
  if [ "$bad" != 0 ]; then cat "$folder/output.txt"; fi
  reasons "$folder/$name.trx"
}

counter() { local value; value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"); echo "${value:-0}"; }

# Why tests were skipped, each reason once.
reasons() {
  [ -f "$1" ] || return 0
  awk '/<UnitTestResult / { skipped = /outcome="NotExecuted"/ } /<\/Results>/ { skipped = 0 }
       skipped && match($0, /<(Message|StdOut)>[^<]*/) { text = substr($0, RSTART, RLENGTH); sub(/^<[A-Za-z]*>/, "", text); seen[text]++ }
       END { for (text in seen) printf "    %d skipped: %s\n", seen[text], text }' "$1"
}

vm=
case ${1:-} in
  "") ;;
  --vm) vm=1 ;;
  *) die "usage: ./test.sh [--vm]" ;;
esac

# room KERNEL [KERNELROOM-ARGUMENT...]: runs tests/vm/KernelRoom on that kernel and counts its lines. Kernels of a moving suite may be missing, or not
# come up: nobody's fault. Nothing there is fast: it is emulated, perhaps on a busy machine.
room() {
  local kernel=$1 folder=$results/$1 start=$SECONDS code=0 good bad reason; shift
  printf '%-32s ' "$kernel"
  mkdir -p "$folder"
  if reason=$(room_refused "$kernel" "$folder/prepare.txt"); then
    BEYLA_TEST_PATIENCE=40 tests/vm/boot.sh --timeout 3600 --out "$folder" "$kernel" tests/vm/KernelRoom/bin/Release/net10.0/KernelRoom "$@" \
      >"$folder/output.txt" 2>&1 || code=$?
    if [ "$code" = 125 ] && [[ $kernel = */* ]]; then reason=$(tail -1 "$folder/output.txt"); fi
  fi
  if [ -n "$reason" ]; then
    skipped=$((skipped + 1))
    printf '0 passed, 0 failed, 1 skipped\n    1 skipped: %s\n' "$reason"
    return
  fi
  good=$(grep -c '^  passed  ' "$folder/output.txt" || true) bad=$(grep -c '^  FAILED  ' "$folder/output.txt" || true)
  if [ "$code" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + good)) failed=$((failed + bad))
  echo "$good passed, $bad failed, 0 skipped ($((SECONDS - start)) s)"
  if [ "$bad" != 0 ]; then cat "$folder/output.txt"; fi
}

# Why a kernel cannot be booted here, and success when it can.
room_refused() {
  [ "$(id -u)" = 0 ] || { echo "sharing this machine's file system with a virtual machine needs root"; return 1; }
  tests/vm/boot.sh --prepare "$1" >"$2" 2>&1 </dev/null || { tail -1 "$2"; return 1; }
}

need_packages golang-go gcc libc6-dev wrk binutils python3
[ -n "$vm" ] || need_packages nodejs ruby php-cli ripgrep default-jre-headless gunicorn python3-h2 python3-hpack python3-psycopg2 openssl # programs of other languages; none of them starts a service
need_agent_packages
need_dotnet
if [ -n "$vm" ]; then
  tests/targets/fetch.sh go/1.24 http/1.24-plain
else
  tests/targets/fetch.sh go programs databases esbuild npm runtimes otlp taplo web built
fi

say "Building"
quietly "The build" dotnet build Beyla.slnx -c Release -v quiet
publish_agent

rm -rf "$results"
# The fronts that each kernel lacks: the tracepoints came with 6.3, tcp_sendpage went with 6.5.
lacking_6_1=({http-filter,http-ssl,net-http}/socket-tracepoints)
lacking_newer=(http-filter/functions-before-6.5 http-filter/kprobes-before-6.5)
if [ -n "$vm" ]; then
  room linux-image-cloud-amd64 "${lacking_6_1[@]}"
  room linux-image-6.12-cloud-amd64 "${lacking_newer[@]}"
  room linux-image-cloud-amd64/sid "${lacking_newer[@]}"
else
  for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    [ "$name" = EndToEnd ] || suite "$name" "$project"
  done
  suite EndToEnd tests/EndToEnd/EndToEnd.csproj --filter 'Category!=Load'
  suite EndToEnd-load tests/EndToEnd/EndToEnd.csproj --filter 'Category=Load'
  room linux-image-cloud-amd64 --agent-by http-filter/kprobes --agent-by http-ssl/kprobes "${lacking_6_1[@]}"
fi

code=0
[ "$failed" = 0 ] || code=1
[ $((passed + failed)) != 0 ] || { say "No test ran."; code=1; }
echo "$passed passed, $failed failed, $skipped skipped"
exit $code
