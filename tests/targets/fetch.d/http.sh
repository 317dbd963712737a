# --- http ---

build_http() { # GO-KIND
  local go=${1%%-*} kind=${1#*-} flags=() cgo=0
  use_go "$go"
  if [ -n "$go_absent" ]; then absent_build http "$1" "$go_absent"; return; fi
  case $kind in
    plain) ;;
    stripped) flags=(-ldflags "-s -w") ;;
    pie) flags=(-buildmode=pie) ;;
    pie-external) flags=(-buildmode=pie -ldflags "-linkmode=external"); cgo=1; command -v gcc >/dev/null || need_packages gcc libc6-dev ;;
    *) die "'$1' is not a build of the http target: the kinds are plain, stripped, pie and pie-external." ;;
  esac
  build_target http "$1" "" "$cgo" "${flags[@]}" || build_failed http "$1"
}

fetch_http() {
  local go kind
  command -v go >/dev/null || need_packages golang-go
  for go in "$(installed_go)" "${toolchains[@]}"; do build_http "$go-plain"; done
  for go in "$(installed_go)" "${toolchains[-1]}"; do
    for kind in stripped pie pie-external; do build_http "$go-$kind"; done
  done
}
