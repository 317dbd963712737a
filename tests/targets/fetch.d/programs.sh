# --- programs ---

package_of() { case $1 in etcd) echo etcd-server ;; etcdctl) echo etcd-client ;; promtool) echo prometheus ;; *) echo "$1" ;; esac; }
version_flag_of() { case $1 in caddy | etcdctl) echo version ;; *) echo --version ;; esac; }

absent() { # SUITE PROGRAM REASON
  [ "$1" = "$moving" ] || die "$2 of $1: $3"
  say "$2 of $1 is absent: $3"
  mkdir -p "$targets/$1"
  printf '%s\n' "$3" >"$targets/$1/$2.absent"
}

fetch_program() { # SUITE PROGRAM
  local suite=$1 program=$2 package folder=$targets/$1 work answer
  [ -x "$folder/$program" ] && return
  [ -n "$(find "$folder/$program.absent" -mtime -1 2>/dev/null)" ] && return        # asked again once a day
  archive_open
  package=$(package_of "$program")
  # Not through a pipe: grep would end at the first match, and apt-cache's broken pipe would count as "not shipped".
  if ! grep -q " $suite/main amd64 " <<<"$(apt-cache "${apt_options[@]}" madison "$package")"; then
    absent "$suite" "$program" "Debian $suite does not ship the package $package at the moment"
    return
  fi
  say "Unpacking $program of Debian $suite"
  work=$(mktemp -d "$work_folder/XXXXXX")
  archive_unpack "$work" "$package/$suite"
  if ! answer=$(cd "$work" && "usr/bin/$program" "$(version_flag_of "$program")" 2>&1 </dev/null); then
    absent "$suite" "$program" "$package of Debian $suite does not start on this machine: $(head -1 <<<"$answer")"
  else
    mkdir -p "$folder"
    rm -f "$folder/$program.absent"
    mv "$work/usr/bin/$program" "$folder/$program"
  fi
  rm -rf "$work"
}

fetch_programs() {
  local suite program
  for suite in "${suites[@]}"; do
    for program in prometheus etcd caddy etcdctl; do fetch_program "$suite" "$program"; done
  done
  fetch_program bookworm promtool
}
