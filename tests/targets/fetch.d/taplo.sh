# --- taplo ---

taplo_release=@taplo/cli@0.7.0

fetch_taplo() {
  local folder=$targets/taplo work
  [ -d "$folder/node_modules/@taplo/cli" ] && return
  command -v npm >/dev/null || need_packages npm
  say "Unpacking $taplo_release"
  work=$(mktemp -d "$work_folder/XXXXXX")
  (
    cd "$work"
    quietly "npm install $taplo_release" npm install --prefix . --no-save --ignore-scripts --no-audit --no-fund "$taplo_release"
  ) || exit 1
  mkdir -p "$folder"
  mv "$work/node_modules" "$folder/"
  rm -rf "$work"
}
