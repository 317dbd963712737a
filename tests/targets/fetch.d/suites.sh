# --- targets that are built with the libraries of each suite ---

suite_targets=(grpc h2)
suite_builds=(bookworm-1.19 trixie-1.24 sid-1.27)
std_builds=(std-1.21 std-1.22 std-1.23 std-1.26)      # no libraries: the Go releases between

is_suite_target() { [[ " ${suite_targets[*]} " == *" $1 "* ]]; }

builds_of() { # TARGET
  local build
  for build in "${suite_builds[@]}"; do
    echo "$build"
    [ "$1" != grpc ] || printf '%s\n' "$build-server" "$build-client"
  done
  case $1 in h2) printf '%s\n' "${std_builds[@]}" ;; esac
}

fetch_suite_target() { # TARGET
  local build
  for build in $(builds_of "$1"); do build_suite_target "$1" "$build"; done
}

build_suite_target() { # TARGET BUILD
  local target=$1 build=$2 suite go part tags libraries='' cgo=0
  grep -qx -- "$build" <<<"$(builds_of "$target")" || die "'$build' is not a build of the $target target; they are: $(builds_of "$target" | paste -sd' ')."
  IFS=- read -r suite go part <<<"$build"
  use_go "$go"
  if [ -n "$go_absent" ]; then absent_build "$target" "$build" "$go_absent"; return; fi
  tags=$suite${part:+,${part}only,grpcnotrace}      # the trace package keeps every exported method of both halves in
  if [ "$suite" != std ]; then fetch_libraries "$suite"; libraries=$(libraries_of "$suite"); fi
  build_target "$target" "$build" "$libraries" "$cgo" -tags "$tags" && return
  # Libraries of a suite in motion may not fit each other for some days.
  [ "$suite" = "$moving" ] || build_failed "$target" "$build"
  cat "$work_folder/build.log" >&2
  absent_build "$target" "$build" "Debian $suite's Go libraries do not build the $target target at the moment: $(grep -v '^#' "$work_folder/build.log" | head -1)"
}
