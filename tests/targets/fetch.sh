#!/bin/bash
# fetch.sh WHAT...: programs to trace, prepared under artifacts/targets/. Nothing is installed from newer suites, only unpacked.
#
#   go          Go toolchains of Debian beside the installed one: go/usr/lib/go-1.NN        (or only one: go/1.24);
#               one that the moving suite has dropped is recorded in go/1.NN.absent, and its builds in http/<build>/http.absent
#   programs    <suite>/{prometheus,etcd,caddy} of bookworm, trixie and sid. What a moving suite does not ship, or ships but does
#               not start here, is recorded in <suite>/<program>.absent, one line with the reason.
#   esbuild     esbuild/<version>/esbuild, built with Go 1.16 to 1.26
#   otlp        otlp/root.js: OpenTelemetry's own decoder of OTLP (npm), for tests/targets/otlp/oracle.js
#   http        http/<go>-<kind>/http: tests/targets/http built with every Go; kinds plain, stripped, pie, pie-external (or only
#               one: http/1.24-plain)
#
# Idempotent, quiet unless something takes long, safe to run more than once at a time.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

[ $# -gt 0 ] || die "usage: tests/targets/fetch.sh go|programs|esbuild|otlp|http..."
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

# --- Debian archive: an apt state of our own, so that the machine's stays as it is ---

apt_state=$targets/.apt
apt_options=()

archive_open() {
  [ ${#apt_options[@]} = 0 ] || return 0
  need_package_lists
  local mirror suite
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
  [ -n "$mirror" ] || die "apt has no Debian mirror configured, so there is nothing to fetch from. Add one to /etc/apt/sources.list.d."
  mkdir -p "$apt_state"/{lists/partial,archives/partial}
  for suite in "${suites[@]}" bookworm-backports; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$apt_state/sources.new"
  apt_options=(-o APT::Sandbox::User=root -o APT::Architecture=amd64 -o Dir::Etc::SourceList="$apt_state/sources.list" -o Dir::Etc::SourceParts=-
    -o Dir::State="$apt_state" -o Dir::State::Lists="$apt_state/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt_state" -o Acquire::Retries=3)
  # An old list names package files that the mirror has dropped since.
  if ! cmp -s "$apt_state/sources.new" "$apt_state/sources.list" || [ -z "$(find "$apt_state/updated" -mtime -1 2>/dev/null)" ]; then
    mv "$apt_state/sources.new" "$apt_state/sources.list"
    say "Reading the package lists of ${suites[*]}"
    quietly "Reading the package lists" apt-get -qq "${apt_options[@]}" update
    touch "$apt_state/updated"
  fi
}

# archive_unpack DIRECTORY PACKAGE[/SUITE]...
archive_unpack() {
  local directory=$1 work package; shift
  work=$(mktemp -d "$work_folder/XXXXXX")
  (cd "$work" && quietly "Downloading $*" apt-get -qq "${apt_options[@]}" download "$@")
  mkdir -p "$directory"
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$directory"; done
  rm -rf "$work"
}

# --- go ---

fetch_go() {
  local version link root=$targets/go
  for version; do
    [ -e "$root/.unpacked-$version" ] && continue
    [ -n "$(find "$root/$version.absent" -mtime -1 2>/dev/null)" ] && continue      # asked again once a day
    archive_open
    if [ -z "$(apt-cache "${apt_options[@]}" madison "golang-$version-go")" ]; then
      [[ " ${moving_toolchains[*]} " == *" $version "* ]] || die "No Debian suite ships Go $version (package golang-$version-go)."
      say "Go $version is absent: Debian $moving does not ship golang-$version-go at the moment"
      mkdir -p "$root"
      printf '%s\n' "Debian $moving does not ship golang-$version-go at the moment" >"$root/$version.absent"
      continue
    fi
    say "Unpacking Go $version"
    rm -f "$root/$version.absent"
    archive_unpack "$root" "golang-$version-go" "golang-$version-src"
    # Debian's GOROOT reaches into /usr/share by absolute links; here they must stay inside the unpacked tree.
    find "$root/usr/lib/go-$version" -maxdepth 2 -type l -lname '/usr/*' | while read -r link; do
      ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$root$(readlink "$link")")" "$link"
    done
    "$root/usr/lib/go-$version/bin/go" version >/dev/null || die "The unpacked Go $version does not start."
    touch "$root/.unpacked-$version"
  done
}

# --- programs ---

package_of() { case $1 in etcd) echo etcd-server ;; *) echo "$1" ;; esac; }
version_flag_of() { case $1 in caddy) echo version ;; *) echo --version ;; esac; }

absent() { # SUITE PROGRAM REASON
  [ "$1" = "$moving" ] || die "$2 of $1: $3"
  say "$2 of $1 is absent: $3"
  mkdir -p "$targets/$1"
  printf '%s\n' "$3" >"$targets/$1/$2.absent"
}

fetch_program() { # SUITE PROGRAM
  local suite=$1 program=$2 package folder=$targets/$1 work answer
  [ -x "$folder/$program" ] && return
  [ -n "$(find "$folder/$program.absent" -mtime -1 2>/dev/null)" ] && return        # asked again once a day
  archive_open
  package=$(package_of "$program")
  # Not through a pipe: grep would end at the first match, and apt-cache's broken pipe would count as "not shipped".
  if ! grep -q " $suite/main amd64 " <<<"$(apt-cache "${apt_options[@]}" madison "$package")"; then
    absent "$suite" "$program" "Debian $suite does not ship the package $package at the moment"
    return
  fi
  say "Unpacking $program of Debian $suite"
  work=$(mktemp -d "$work_folder/XXXXXX")
  archive_unpack "$work" "$package/$suite"
  if ! answer=$(cd "$work" && "usr/bin/$program" "$(version_flag_of "$program")" 2>&1 </dev/null); then
    absent "$suite" "$program" "$package of Debian $suite does not start on this machine: $(head -1 <<<"$answer")"
  else
    mkdir -p "$folder"
    rm -f "$folder/$program.absent"
    mv "$work/usr/bin/$program" "$folder/$program"
  fi
  rm -rf "$work"
}

fetch_programs() {
  local suite program
  for suite in "${suites[@]}"; do
    for program in prometheus etcd caddy; do fetch_program "$suite" "$program"; done
  done
}

# --- esbuild ---

# version, npm package, the Go release that built it ("-": its build info was wiped; the layout is that of Go 1.26)
esbuild_releases="
0.9.7   esbuild-linux-64   go1.16
0.13.15 esbuild-linux-64   go1.17
0.14.50 esbuild-linux-64   go1.18
0.16.17 @esbuild/linux-x64 go1.19
0.18.20 @esbuild/linux-x64 go1.20
0.25.0  @esbuild/linux-x64 go1.23
0.28.2  @esbuild/linux-x64 -"

fetch_esbuild() {
  local version package go folder work built
  while read -r version package go; do
    [ -n "$version" ] || continue
    folder=$targets/esbuild/$version
    [ -x "$folder/esbuild" ] && continue
    command -v npm >/dev/null || need_packages npm
    command -v go >/dev/null || need_packages golang-go
    say "Fetching esbuild $version"
    work=$(mktemp -d "$work_folder/XXXXXX")
    (cd "$work" && quietly "npm pack $package@$version" npm pack --silent "$package@$version" && tar xzf ./*.tgz package/bin/esbuild)
    built=$(go version "$work/package/bin/esbuild" 2>&1 || true)
    [ "$go" = - ] || [[ $built == *" $go" || $built == *" $go."* ]] || die "esbuild $version was expected to be built with $go, but: ${built#*: }"
    "$work/package/bin/esbuild" --version >/dev/null || die "esbuild $version does not start on this machine."
    mkdir -p "$folder"
    mv "$work/package/bin/esbuild" "$folder/esbuild"
    rm -rf "$work"
  done <<<"$esbuild_releases"
}

# --- otlp ---

# The last release whose decoder is made from the whole schema (opentelemetry-proto), and what it needs.
otlp_decoder=@opentelemetry/otlp-transformer@0.203.0
otlp_runtime=protobufjs@7.3.0

fetch_otlp() {
  local folder=$targets/otlp work
  [ -f "$folder/root.js" ] && return
  command -v npm >/dev/null || need_packages npm
  say "Unpacking $otlp_decoder"
  work=$(mktemp -d "$work_folder/XXXXXX")
  (
    cd "$work"
    quietly "npm pack $otlp_decoder" npm pack --silent "$otlp_decoder"
    tar xzf ./*.tgz package/build/src/generated/root.js
    quietly "npm install $otlp_runtime" npm install --prefix . --no-save --ignore-scripts --no-audit --no-fund "$otlp_runtime"
  ) || exit 1
  mkdir -p "$folder"
  cp -r "$work/node_modules" "$folder/"
  mv "$work/package/build/src/generated/root.js" "$folder/root.js"
  rm -rf "$work"
}

# --- http ---

http_source=$repository/tests/targets/http

installed_go() { go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/'; }

build_http() { # GO-KIND
  local go=${1%%-*} kind=${1#*-} folder=$targets/http/$1 command=go sources flags=() cgo=0
  [ -d "$http_source" ] || die "tests/targets/http is missing: nothing to build."
  command -v go >/dev/null || need_packages golang-go
  if [ "$go" != "$(installed_go)" ]; then
    fetch_go "$go"
    command=$targets/go/usr/lib/go-$go/bin/go
    if [ -f "$targets/go/$go.absent" ]; then
      mkdir -p "$folder"
      cp "$targets/go/$go.absent" "$folder/http.absent"
      return
    fi
    rm -f "$folder/http.absent"
  fi
  case $kind in
    plain) ;;
    stripped) flags=(-ldflags "-s -w") ;;
    pie) flags=(-buildmode=pie) ;;
    pie-external) flags=(-buildmode=pie -ldflags "-linkmode=external"); cgo=1; command -v gcc >/dev/null || need_packages gcc libc6-dev ;;
    *) die "'$1' is not a build of the http target: the kinds are plain, stripped, pie and pie-external." ;;
  esac
  sources=$({ "$command" version; cat "$http_source"/*.go; } | sha256sum)
  [ -x "$folder/http" ] && [ "$(cat "$folder/sources" 2>/dev/null)" = "$sources" ] && return
  say "Building the http target with Go $go, $kind"
  mkdir -p "$folder"
  (
    cd "$http_source"
    unset GOFLAGS GOPATH
    export GO111MODULE=off GOTOOLCHAIN=local CGO_ENABLED=$cgo GOCACHE=$targets/.gocache GOROOT=$("$command" env GOROOT)
    [ "$command" = go ] || export GOROOT=$targets/go/usr/lib/go-$go
    quietly "Building the http target with Go $go, $kind" "$command" build -trimpath "${flags[@]}" -o "$folder/http.new" .
  ) || exit 1
  mv "$folder/http.new" "$folder/http"                 # a running copy keeps its own file
  printf '%s\n' "$sources" >"$folder/sources"
}

fetch_http() {
  local go kind
  command -v go >/dev/null || need_packages golang-go
  for go in "$(installed_go)" "${toolchains[@]}"; do build_http "$go-plain"; done
  for go in "$(installed_go)" "${toolchains[-1]}"; do
    for kind in stripped pie pie-external; do build_http "$go-$kind"; done
  done
}

for what; do
  case $what in
    go) fetch_go "${toolchains[@]}" ;;
    go/*) fetch_go "${what#go/}" ;;
    programs) fetch_programs ;;
    esbuild) fetch_esbuild ;;
    otlp) fetch_otlp ;;
    http) fetch_http ;;
    http/*) build_http "${what#http/}" ;;
    *) die "'$what' is not something to fetch: go, programs, esbuild, otlp or http." ;;
  esac
done
