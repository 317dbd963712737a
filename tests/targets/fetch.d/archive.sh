# --- Debian archive: an apt state of our own, so that the machine's stays as it is ---

apt_state=$targets/.apt
apt_options=()

archive_open() {
  [ ${#apt_options[@]} = 0 ] || return 0
  need_package_lists
  local mirror suite
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
  [ -n "$mirror" ] || die "apt has no Debian mirror configured, so there is nothing to fetch from. Add one to /etc/apt/sources.list.d."
  mkdir -p "$apt_state"/{lists/partial,archives/partial}
  for suite in "${suites[@]}" bookworm-backports; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$apt_state/sources.new"
  apt_options=(-o APT::Sandbox::User=root -o APT::Architecture=amd64 -o Dir::Etc::SourceList="$apt_state/sources.list" -o Dir::Etc::SourceParts=-
    -o Dir::State="$apt_state" -o Dir::State::Lists="$apt_state/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt_state" -o Acquire::Retries=3)
  # An old list names package files that the mirror has dropped since.
  if ! cmp -s "$apt_state/sources.new" "$apt_state/sources.list" || [ -z "$(find "$apt_state/updated" -mtime -1 2>/dev/null)" ]; then
    mv "$apt_state/sources.new" "$apt_state/sources.list"
    say "Reading the package lists of ${suites[*]}"
    quietly "Reading the package lists" apt-get -qq "${apt_options[@]}" update
    touch "$apt_state/updated"
  fi
}

# archive_unpack DIRECTORY PACKAGE[/SUITE]...
archive_unpack() {
  local directory=$1 work package; shift
  work=$(mktemp -d "$work_folder/XXXXXX")
  (cd "$work" && quietly "Downloading $*" apt-get -qq "${apt_options[@]}" download "$@")
  mkdir -p "$directory"
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$directory"; done
  rm -rf "$work"
}
