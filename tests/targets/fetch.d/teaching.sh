# --- teaching ---

build_teaching() { # GO-KIND
  local go=${1%%-*} kind=${1#*-} flags=()
  use_go "$go"
  if [ -n "$go_absent" ]; then absent_build teaching "$1" "$go_absent"; return; fi
  case $kind in
    plain) flags=(-gcflags=-l) ;;                          # nothing is inlined
    stripped) flags=(-gcflags=-l -ldflags "-s -w") ;;
    inlined) ;;
    *) die "'$1' is not a build of the teaching target: the kinds are plain, stripped and inlined." ;;
  esac
  build_target teaching "$1" "" 0 "${flags[@]}" || build_failed teaching "$1"
}

fetch_teaching() {
  local go kind
  command -v go >/dev/null || need_packages golang-go
  for go in "$(installed_go)" "${toolchains[@]}"; do
    for kind in plain stripped inlined; do build_teaching "$go-$kind"; done
  done
}
