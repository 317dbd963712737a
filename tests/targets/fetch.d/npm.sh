# --- programs that npm ships: esbuild, dbmate, buf ---

# version, npm package, the Go release that built it ("-": its build info was wiped; the layout is that of Go 1.26)
esbuild_releases="
0.9.7   esbuild-linux-64   go1.16
0.13.15 esbuild-linux-64   go1.17
0.14.50 esbuild-linux-64   go1.18
0.16.17 @esbuild/linux-x64 go1.19
0.18.20 @esbuild/linux-x64 go1.20
0.25.0  @esbuild/linux-x64 go1.23
0.28.2  @esbuild/linux-x64 -"

# program, version, npm package, the Go release that built it
npm_releases="
dbmate 2.36.0 @dbmate/linux-x64       go1.27
buf    1.75.0 @bufbuild/buf-linux-x64 go1.27"

# fetch_npm PROGRAM VERSION PACKAGE GO: into PROGRAM/VERSION/PROGRAM.
fetch_npm() {
  local program=$1 version=$2 package=$3 go=$4 folder=$targets/$1/$2 work built
  [ -x "$folder/$program" ] && return
  command -v npm >/dev/null || need_packages npm
  command -v go >/dev/null || need_packages golang-go
  say "Fetching $program $version"
  work=$(mktemp -d "$work_folder/XXXXXX")
  (cd "$work" && quietly "npm pack $package@$version" npm pack --silent "$package@$version" && tar xzf ./*.tgz "package/bin/$program")
  built=$(go version "$work/package/bin/$program" 2>&1 || true)
  [ "$go" = - ] || [[ $built == *" $go" || $built == *" $go."* ]] || die "$program $version was expected to be built with $go, but: ${built#*: }"
  "$work/package/bin/$program" --version >/dev/null 2>&1 || die "$program $version does not start on this machine."
  mkdir -p "$folder"
  mv "$work/package/bin/$program" "$folder/$program"
  rm -rf "$work"
}

fetch_esbuild() {
  local version package go
  while read -r version package go; do
    [ -z "$version" ] || fetch_npm esbuild "$version" "$package" "$go"
  done <<<"$esbuild_releases"
}

fetch_npm_programs() {
  local program version package go
  while read -r program version package go; do
    [ -z "$program" ] || fetch_npm "$program" "$version" "$package" "$go"
  done <<<"$npm_releases"
}
