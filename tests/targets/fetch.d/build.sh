# --- building with one of the Go toolchains ---

installed_go() { go env GOVERSION | sed -E 's/^go([0-9]+\.[0-9]+).*/\1/'; }

# use_go GO: sets $go_command and $go_root, unpacking the toolchain if need be. Where the moving suite has dropped it, $go_absent says so.
use_go() {
  command -v go >/dev/null || need_packages golang-go
  go_command=go go_absent=
  if [ "$1" = "$(installed_go)" ]; then go_root=$(go env GOROOT); return; fi
  fetch_go "$1"
  go_root=$targets/go/usr/lib/go-$1
  go_command=$go_root/bin/go
  if [ -f "$targets/go/$1.absent" ]; then go_absent=$(cat "$targets/go/$1.absent"); fi
}

# absent_build TARGET BUILD REASON: records why there is no such build; the tests skip it with that reason.
absent_build() {
  local folder=$targets/$1/$2
  say "$1 $2 is absent: $3"
  mkdir -p "$folder"
  rm -f "$folder/$1" "$folder/sources"
  printf '%s\n' "$3" >"$folder/$1.absent"
}

# build_target TARGET BUILD LIBRARIES CGO FLAG...: tests/targets/TARGET with the toolchain of use_go, into TARGET/BUILD/TARGET.
# LIBRARIES is a GOPATH, or empty. Nothing happens when neither sources, toolchain, libraries nor flags have changed.
build_target() {
  local target=$1 build=$2 libraries=$3 cgo=$4 folder=$targets/$1/$2 source=$repository/tests/targets/$1 sources gopath; shift 4
  [ -d "$source" ] || die "tests/targets/$target is missing: nothing to build."
  sources=$({ "$go_command" version; cat "$source"/*.go "$repository"/tests/targets/{commands,certificate,grpcjson,stack}/*.go; [ -z "$libraries" ] || cat "$libraries/packages"; echo "$cgo $*"; } | sha256sum)
  [ -x "$folder/$target" ] && [ "$(cat "$folder/sources" 2>/dev/null)" = "$sources" ] && return
  say "Building the $target target: $build"
  # What the targets share is imported as targets/...; they themselves stay outside of GOPATH.
  gopath=$work_folder/gopath
  mkdir -p "$folder" "$gopath/src"
  ln -sfn "$repository/tests/targets" "$gopath/src/targets"
  (
    cd "$source"
    unset GOFLAGS
    export GO111MODULE=off GOTOOLCHAIN=local CGO_ENABLED=$cgo GOCACHE=$targets/.gocache GOROOT=$go_root GOPATH=${libraries:+$libraries:}$gopath
    "$go_command" build -trimpath "$@" -o "$folder/$target.new" . 7>&- 8>&- 9>&-
  ) >"$work_folder/build.log" 2>&1 </dev/null || return 1
  rm -f "$folder/$target.absent"
  mv "$folder/$target.new" "$folder/$target"           # a running copy keeps its own file
  printf '%s\n' "$sources" >"$folder/sources"
}

build_failed() { cat "$work_folder/build.log" >&2; die "Building the $1 target ($2) failed; the compiler's output is above."; }
