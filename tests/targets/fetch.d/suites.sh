# --- targets that are built with the libraries of each suite ---

suite_targets=(grpc h2 sql routes chain)
suite_builds=(bookworm-1.19 trixie-1.24 sid-1.27)
std_builds=(std-1.21 std-1.22 std-1.23 std-1.26)      # no libraries: the Go releases between

is_suite_target() { [[ " ${suite_targets[*]} " == *" $1 "* ]]; }

# What a target is built as, one build a line.
builds_of() { # TARGET
  local build
  for build in "${suite_builds[@]}"; do
    echo "$build"
    case $1 in
      grpc) printf '%s\n' "$build-server" "$build-client" ;;
      sql) echo "$build-sqlite3" ;;
    esac
  done
  case $1 in
    h2 | routes) printf '%s\n' "${std_builds[@]}" ;;
    sql) printf '%s\n' sid-1.27-pgx5 sid-1.27-modernc ;;               # only sid ships them
  esac
}

# Build tags beside the suite. Without the trace package of x/net the linker can drop the other half of grpc.
tags_of() { # TARGET PART
  case $1-$2 in
    grpc-?*) echo "${2}only,grpcnotrace" ;;
    sql-) echo pq,mysql,pgx4 ;;
    sql-*) echo "$2" ;;
  esac
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
  tags=$(tags_of "$target" "$part")
  tags=$suite${tags:+,$tags}
  if [ "$part" = sqlite3 ] || [ "$target" = chain ]; then cgo=1; need_packages gcc libc6-dev libsqlite3-dev; fi
  if [ "$suite" != std ]; then fetch_libraries "$suite"; libraries=$(libraries_of "$suite"); fi
  build_target "$target" "$build" "$libraries" "$cgo" -tags "$tags" && return
  # Libraries of a suite in motion may not fit each other for some days.
  [ "$suite" = "$moving" ] || build_failed "$target" "$build"
  cat "$work_folder/build.log" >&2
  absent_build "$target" "$build" "Debian $suite's Go libraries do not build the $target target at the moment: $(grep -v '^#' "$work_folder/build.log" | head -1)"
}
