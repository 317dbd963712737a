# --- databases: servers of the installed suite. Installing them would start services; so only the libraries that they need are installed. ---

database_packages() { case $1 in postgresql) echo postgresql-15 ;; mariadb) echo mariadb-server-core mariadb-client-core ;; esac; }

fetch_database() { # NAME
  local folder=$targets/databases/$1 suite=${suites[0]} work package packages=() libraries
  [ -e "$folder/.unpacked" ] && return
  archive_open
  for package in $(database_packages "$1"); do packages+=("$package/$suite"); done
  say "Unpacking $1 of Debian $suite"
  work=$(mktemp -d "$work_folder/XXXXXX")
  archive_unpack "$work" "${packages[@]}"
  # shellcheck disable=SC2046 # one word a package
  libraries=$(apt-cache "${apt_options[@]}" -o APT::Default-Release="$suite" depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    $(database_packages "$1") | sed -nE 's/^ +\|?(Pre)?-?Depends: (lib[a-z0-9.+-]*[0-9][a-z0-9.+-]*)$/\2/p' | grep -vE -- '-perl$|llvm' | sort -u)
  # shellcheck disable=SC2086
  need_packages $libraries
  mkdir -p "$targets/databases"
  rm -rf "$folder"
  mv "$work" "$folder"
  chmod 755 "$folder"                                   # PostgreSQL's server refuses to run as root
  touch "$folder/.unpacked"
}

fetch_databases() {
  local name
  for name in postgresql mariadb; do fetch_database "$name"; done
}
