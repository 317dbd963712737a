# --- libraries: the golang-*-dev packages that the targets import, directly or not ---

# One list for all suites: a package that a suite does not ship is left out there.
library_packages=(
  golang-google-grpc-dev golang-google-genproto-dev golang-google-protobuf-dev golang-github-golang-protobuf-1-5-dev
  golang-golang-x-crypto-dev golang-golang-x-exp-dev golang-golang-x-net-dev golang-golang-x-sync-dev golang-golang-x-sys-dev
  golang-golang-x-text-dev golang-golang-x-time-dev
  golang-github-lib-pq-dev golang-github-go-sql-driver-mysql-dev golang-filippo-edwards25519-dev golang-github-mattn-go-sqlite3-dev
  golang-github-jackc-pgx-v4-dev golang-github-jackc-pgx-v5-dev golang-github-jackc-chunkreader-v2-dev golang-github-jackc-pgconn-dev
  golang-github-jackc-pgio-dev golang-github-jackc-pgpassfile-dev golang-github-jackc-pgproto3-v2-dev golang-github-jackc-pgservicefile-dev
  golang-github-jackc-pgtype-dev golang-github-jackc-puddle-dev golang-github-jackc-puddle-v2-dev
  golang-modernc-sqlite-dev golang-modernc-libc-dev golang-modernc-memory-dev golang-github-cznic-mathutil-dev
  golang-github-remyoudompheng-bigfft-dev golang-github-dustin-go-humanize-dev golang-github-google-uuid-dev
  golang-github-gin-gonic-gin-dev golang-github-gin-contrib-sse-dev golang-github-go-playground-locales-dev
  golang-github-go-playground-universal-translator-dev golang-github-go-playground-validator-v10-dev golang-github-leodido-go-urn-dev
  golang-github-gabriel-vasile-mimetype-dev golang-github-pelletier-go-toml.v2-dev golang-github-ugorji-go-codec-dev golang-gopkg-yaml.v2-dev
  golang-github-gorilla-mux-dev golang-github-go-chi-chi-dev
  golang-github-labstack-echo-dev golang-github-labstack-gommon-dev golang-github-mattn-go-colorable-dev golang-github-mattn-go-isatty-dev
  golang-github-valyala-bytebufferpool-dev golang-github-valyala-fasttemplate-dev)

libraries_of() { printf '%s\n' "$targets/gocode/$1/usr/share/gocode"; }

fetch_libraries() { # SUITE
  local suite=$1 folder=$targets/gocode/$1 wanted shipped package packages=() work
  wanted=$(sha256sum <<<"${library_packages[*]}")
  [ "$(cat "$folder/wanted" 2>/dev/null)" = "$wanted" ] && return
  archive_open
  shipped=$(apt-cache "${apt_options[@]}" madison "${library_packages[@]}" | awk -v suite=" $suite/main " 'index($0, suite) { print $1 }')
  for package in "${library_packages[@]}"; do
    if grep -qx "$package" <<<"$shipped"; then packages+=("$package/$suite"); fi
  done
  [ ${#packages[@]} -gt 0 ] || die "'$suite' is not a suite whose Go libraries can be fetched; they are: ${suites[*]}."
  say "Unpacking the Go libraries of Debian $suite"
  work=$(mktemp -d "$work_folder/XXXXXX")
  archive_unpack "$work" "${packages[@]}"
  # Debian drops the major version from some paths. Programs built elsewhere have it, and it is part of every symbol.
  ln -s . "$work/usr/share/gocode/src/github.com/go-chi/chi/v5"
  ln -s . "$work/usr/share/gocode/src/github.com/labstack/echo/v4"
  apt-cache "${apt_options[@]}" madison "${library_packages[@]}" | awk -v suite=" $suite/main " 'index($0, suite) { print $1, $3 }' >"$work/usr/share/gocode/packages"
  mkdir -p "$targets/gocode"
  rm -rf "$folder"
  mv "$work" "$folder"
  printf '%s\n' "$wanted" >"$folder/wanted"
}
