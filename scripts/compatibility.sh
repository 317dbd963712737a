#!/bin/bash
# compatibility.sh: prepares every program to trace and writes docs/compatibility.md: what each tracer finds in it, and what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need_agent_packages
need_dotnet
"$repository/tests/targets/fetch.sh" programs esbuild npm built
say "Inspecting"
BEYLA_UPDATE_DOCS=1 quietly "Writing docs/compatibility.md" \
  dotnet test "$repository/tests/Compatibility.Tests" -c Release -v quiet --filter FullyQualifiedName~Document_Text
