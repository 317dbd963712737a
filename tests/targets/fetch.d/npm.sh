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
