#!/bin/bash
# fetch.sh WHAT...: programs to trace, prepared under artifacts/targets/. Nothing is installed from newer suites, only unpacked.
#
#   go          Go toolchains of Debian beside the installed one: go/usr/lib/go-1.NN        (or only one: go/1.24);
#               one that the moving suite has dropped is recorded in go/1.NN.absent, and its builds in <target>/<build>/<target>.absent
#   programs    <suite>/{prometheus,etcd,caddy,etcdctl} of bookworm, trixie and sid, bookworm/promtool. What a moving suite does not ship, or ships but does
#               not start here, is recorded in <suite>/<program>.absent, one line with the reason.
#   databases   databases/{postgresql,mariadb}/usr: Debian's servers of the installed suite, never started as services
#   esbuild     esbuild/<version>/esbuild, built with Go 1.16 to 1.26
#   npm         <program>/<version>/<program> of dbmate and buf, built with the newest Go releases
#   runtimes    runtimes/{deno,bun,closure-compiler}: language runtimes in one executable, the last a GraalVM native image (npm)
#   otlp        otlp/root.js: OpenTelemetry's own decoder of OTLP (npm), for tests/targets/otlp/oracle.js
#   taplo       taplo/node_modules: the checker of TOML files behind editors (npm), an oracle for our JSON Schema
#   http        http/<go>-<kind>/http: tests/targets/http built with every Go; kinds plain, stripped, pie, pie-external (or only
#               one: http/1.24-plain)
#   deepserve   deepserve/<go>/deepserve with the oldest and the newest Go (or only one: deepserve/1.27)
#   teaching    teaching/<go>-<kind>/teaching: tests/targets/teaching with every Go; kinds plain, stripped, inlined (or only one: teaching/1.24-plain)
#   libraries   gocode/<suite>: GOPATHs with the Go libraries of each suite, for the targets below (or only one: libraries/sid)
#   grpc        grpc/<build>/grpc. Builds are <suite>-<go>, its libraries and its Go: bookworm-1.19, trixie-1.24, sid-1.27;
#               grpc also <build>-server and <build>-client, which lack the other half (or only one: grpc/sid-1.27)
#   h2          h2/<build>/h2, also with builds std-<go>, which have no libraries
#   sql         sql/<build>/sql with lib/pq, go-sql-driver/mysql and pgx v4; <build>-sqlite3 with mattn's (cgo), sid's also -pgx5, -modernc
#   routes      routes/<build>/routes: net/http's mux, gin, gorilla/mux, chi and echo; builds std-<go> have only the first
#   chain       chain/<build>/chain
#   web         Debian's web servers and clients that are not Go, and web/{java,dotnet}: those of tests/targets/web that are compiled
#   built       all the targets that are built here, of every build
#
# Idempotent, quiet unless something takes long, safe to run more than once at a time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../scripts/common.sh"

[ $# -gt 0 ] || die "usage: tests/targets/fetch.sh go|programs|databases|esbuild|npm|runtimes|otlp|taplo|web|libraries|http|deepserve|teaching|grpc|h2|sql|routes|chain|built..."
targets=$artifacts/targets
work_folder=$targets/.work
mkdir -p "$targets"
exec 9>"$targets/.lock"
flock -n 9 || { say "Waiting for another fetch of test programs to end"; flock 9; }
rm -rf "$work_folder"; mkdir "$work_folder"

suites=(bookworm trixie sid)
moving=sid                                            # programs come and go there
toolchains=(1.21 1.22 1.23 1.24 1.26 1.27)            # beside the installed one
moving_toolchains=(1.26 1.27)                         # only in the moving suite

for part in archive go programs npm runtimes otlp taplo build http deepserve teaching libraries suites databases web; do . "$here/fetch.d/$part.sh"; done

for what; do
  case $what in
    go) fetch_go "${toolchains[@]}" ;;
    go/*) fetch_go "${what#go/}" ;;
    programs) fetch_programs ;;
    databases) fetch_databases ;;
    esbuild) fetch_esbuild ;;
    npm) fetch_npm_programs ;;
    runtimes) fetch_runtimes ;;
    otlp) fetch_otlp ;;
    taplo) fetch_taplo ;;
    web) fetch_web ;;
    http) fetch_http ;;
    http/*) build_http "${what#http/}" ;;
    deepserve) fetch_deepserve ;;
    deepserve/*) build_deepserve "${what#deepserve/}" ;;
    teaching) fetch_teaching ;;
    teaching/*) build_teaching "${what#teaching/}" ;;
    libraries) for suite in "${suites[@]}"; do fetch_libraries "$suite"; done ;;
    libraries/*) fetch_libraries "${what#libraries/}" ;;
    built) fetch_http; fetch_deepserve; fetch_teaching; for target in "${suite_targets[@]}"; do fetch_suite_target "$target"; done ;;
    */*) is_suite_target "${what%%/*}" || die "'$what' is not something to fetch."; build_suite_target "${what%%/*}" "${what#*/}" ;;
    *) is_suite_target "$what" || die "'$what' is not something to fetch; the first lines of tests/targets/fetch.sh say what is."; fetch_suite_target "$what" ;;
  esac
done
