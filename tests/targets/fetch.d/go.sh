# --- go ---

fetch_go() {
  local version link root=$targets/go
  for version; do
    [ -e "$root/.unpacked-$version" ] && continue
    [ -n "$(find "$root/$version.absent" -mtime -1 2>/dev/null)" ] && continue      # asked again once a day
    archive_open
    if [ -z "$(apt-cache "${apt_options[@]}" madison "golang-$version-go")" ]; then
      [[ " ${moving_toolchains[*]} " == *" $version "* ]] || die "No Debian suite ships Go $version (package golang-$version-go)."
      say "Go $version is absent: Debian $moving does not ship golang-$version-go at the moment"
      mkdir -p "$root"
      printf '%s\n' "Debian $moving does not ship golang-$version-go at the moment" >"$root/$version.absent"
      continue
    fi
    say "Unpacking Go $version"
    rm -f "$root/$version.absent"
    archive_unpack "$root" "golang-$version-go" "golang-$version-src"
    # Debian's GOROOT reaches into /usr/share by absolute links; here they must stay inside the unpacked tree.
    find "$root/usr/lib/go-$version" -maxdepth 2 -type l -lname '/usr/*' | while read -r link; do
      ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "$root$(readlink "$link")")" "$link"
    done
    "$root/usr/lib/go-$version/bin/go" version >/dev/null || die "The unpacked Go $version does not start."
    touch "$root/.unpacked-$version"
  done
}
