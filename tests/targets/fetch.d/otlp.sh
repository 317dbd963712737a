# --- otlp ---

# The last release whose decoder is made from the whole schema (opentelemetry-proto), and what it needs.
otlp_decoder=@opentelemetry/otlp-transformer@0.203.0
otlp_runtime=protobufjs@7.3.0

fetch_otlp() {
  local folder=$targets/otlp work
  [ -f "$folder/root.js" ] && return
  command -v npm >/dev/null || need_packages npm
  say "Unpacking $otlp_decoder"
  work=$(mktemp -d "$work_folder/XXXXXX")
  (
    cd "$work"
    quietly "npm pack $otlp_decoder" npm pack --silent "$otlp_decoder"
    tar xzf ./*.tgz package/build/src/generated/root.js
    quietly "npm install $otlp_runtime" npm install --prefix . --no-save --ignore-scripts --no-audit --no-fund "$otlp_runtime"
  ) || exit 1
  mkdir -p "$folder"
  cp -r "$work/node_modules" "$folder/"
  mv "$work/package/build/src/generated/root.js" "$folder/root.js"
  rm -rf "$work"
}

