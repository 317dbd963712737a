# Shared by run.sh, test.sh, bench.sh and tests/targets/fetch.sh; sourced, never run.
# Every function ends the script with one clear sentence when it cannot do its work.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
artifacts=$repository/artifacts
agent=$artifacts/beyla/beyla

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# quietly WHAT COMMAND...: runs the command without a sound; when it fails, its whole output and one sentence.
quietly() {
  local what=$1 log; shift
  log=$(mktemp)
  # Build servers outlive us and must not keep our locks.
  if "$@" >"$log" 2>&1 </dev/null 7>&- 8>&- 9>&-; then rm -f "$log"; return; fi
  cat "$log" >&2; rm -f "$log"
  die "$what failed; its output is above."
}

# Package lists of apt, fetched when a fresh machine has none.
need_package_lists() {
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null && return
  [ "$(id -u)" = 0 ] || die "apt has no package lists yet. Run: sudo apt-get update"
  quietly "apt-get update" apt-get -qq update
}

# need_packages PACKAGE...: installs the Debian packages that are missing; without root it says what to type.
need_packages() {
  local package missing=()
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  [ "$(id -u)" = 0 ] || die "Debian packages are missing. Run: sudo apt-get install --no-install-recommends ${missing[*]}"
  need_package_lists
  say "Installing Debian packages: ${missing[*]}"
  (
    exec 8>/run/lock/beyla-apt; flock 8
    DEBIAN_FRONTEND=noninteractive quietly "apt-get install" \
      apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
  ) || exit 1
}

# What compiling the BPF programs and running the agent needs.
need_agent_packages() { need_packages clang-19 llvm-19 libbpf1 libbpf-dev; }

need_dotnet() {
  local wanted
  wanted=$(sed -n 's/.*"version": *"\([0-9]*\)\..*/\1/p' "$repository/global.json")
  command -v dotnet >/dev/null ||
    die "The .NET SDK is missing. Install the .NET $wanted SDK (package dotnet-sdk-$wanted.0 of Microsoft's Debian archive, or the dotnet-install script) and put dotnet on PATH."
  grep -q "^$wanted\." <<<"$(dotnet --list-sdks)" ||
    die "dotnet is installed but has no .NET $wanted SDK (it has: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ')). Install the .NET $wanted SDK."
}

# Fingerprint of everything that the published agent is made of: names, sizes and times of the sources.
agent_sources() {
  (
    cd "$repository"
    find Directory.* global.json scripts/common.sh bpf build src plugins sdk \
      \( -name bin -o -name obj \) -prune -o -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum
  )
}

# Publishes the agent to artifacts/beyla with its plugins in artifacts/beyla/plugins/<Name>; nothing is started when no source changed.
publish_agent() {
  local stamp=$artifacts/beyla.stamp now project name
  now=$(agent_sources)
  [ -x "$agent" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
  need_agent_packages
  need_dotnet
  mkdir -p "$artifacts"
  exec 7>"$artifacts/beyla.lock"; flock 7
  [ -x "$agent" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && { exec 7>&-; return; }        # another run built it meanwhile
  say "Building the agent (about a minute the first time)"
  rm -rf "$artifacts/beyla"
  quietly "Building the agent" dotnet publish "$repository/src/Beyla.Host" -c Release -o "$artifacts/beyla" -v quiet
  for project in "$repository"/plugins/*/*.csproj; do
    name=$(basename "$(dirname "$project")")
    quietly "Building the plugin $name" dotnet build "$project" -c Release -v quiet -p:PluginOutputRoot="$artifacts/beyla/plugins/"
  done
  printf '%s\n' "$now" >"$stamp"
  exec 7>&-
}
