# --- web: servers and clients that are not Go (tests/targets/web); what is no program of the tests comes from Debian ---

fetch_web() {
  need_packages python3 gunicorn ruby ruby-webrick puma nodejs nginx apache2-bin php-cli openjdk-17-jdk-headless curl wget
  if [ ! "$targets/web/java/Web.class" -nt "$here/web/Web.java" ]; then
    say "Building the web target of Java"
    mkdir -p "$targets/web/java"
    javac -d "$targets/web/java" "$here/web/Web.java"
  fi
  if [ ! "$targets/web/dotnet/Web" -nt "$here/web/dotnet/Program.cs" ]; then
    say "Building the web target of .NET"
    quietly "Building the web target of .NET" dotnet publish "$here/web/dotnet" -c Release -v quiet -p:PublishDir="$targets/web/dotnet/"
    touch "$targets/web/dotnet/Web"
  fi
}
