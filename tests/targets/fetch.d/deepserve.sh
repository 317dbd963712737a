# --- deepserve: the oldest and the newest Go ---

build_deepserve() { # GO
  local flags=()
  use_go "$1"
  if [ -n "$go_absent" ]; then absent_build deepserve "$1" "$go_absent"; return; fi
  # From Go 1.23 on the linker refuses names of the standard library unless it is told not to look.
  [ "${1#1.}" -lt 23 ] || flags=(-ldflags=-checklinkname=0)
  build_target deepserve "$1" "" 0 "${flags[@]}" || build_failed deepserve "$1"
}

fetch_deepserve() {
  command -v go >/dev/null || need_packages golang-go
  build_deepserve "$(installed_go)"
  build_deepserve "${toolchains[-1]}"
}
