# --- language runtimes that npm ships as one executable ---

# name, version, npm package, the executable in it
runtimes="
deno             2.9.6        @deno/linux-x64-glibc         package/deno
bun              1.4.5        @oven/bun-linux-x64-baseline  package/bin/bun
closure-compiler 20261015.0.0 google-closure-compiler-linux package/compiler"

# fetch_runtime NAME VERSION PACKAGE EXECUTABLE: into runtimes/NAME.
fetch_runtime() {
  local name=$1 version=$2 package=$3 executable=$4 work
  [ "$(cat "$targets/runtimes/$name.version" 2>/dev/null)" = "$version" ] && return
  command -v npm >/dev/null || need_packages npm
  say "Fetching $name $version"
  work=$(mktemp -d "$work_folder/XXXXXX")
  (cd "$work" && quietly "npm pack $package@$version" npm pack --silent "$package@$version" && tar xzf ./*.tgz "$executable")
  chmod +x "$work/$executable"
  "$work/$executable" --version >/dev/null 2>&1 || die "$name $version does not start on this machine."
  mkdir -p "$targets/runtimes"
  mv -f "$work/$executable" "$targets/runtimes/$name"
  echo "$version" >"$targets/runtimes/$name.version"
  rm -rf "$work"
}

fetch_runtimes() {
  local name version package executable
  while read -r name version package executable; do
    [ -z "$name" ] || fetch_runtime "$name" "$version" "$package" "$executable"
  done <<<"$runtimes"
}
