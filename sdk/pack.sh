#!/bin/bash
# sdk/pack.sh FOLDER [VERSION]: makes the packages that authors of tracers need, in a folder that NuGet takes as a source.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"

[ $# -ge 1 ] && [ $# -le 2 ] || die "usage: sdk/pack.sh FOLDER [VERSION]"
mkdir -p "$1"
feed=$(cd "$1" && pwd)
need_dotnet
for project in src/Beyla.Abstractions sdk/Beyla.Testing sdk/Beyla.Sdk sdk/Beyla.Templates; do
  quietly "Packing $(basename "$project")" dotnet pack "$repository/$project" -c Release -v quiet -o "$feed" ${2:+-p:Version="$2"}
done
say "Packages in $feed: $(cd "$feed" && ls -- *.nupkg | paste -sd' ')"
