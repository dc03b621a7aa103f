#!/bin/bash
# Provides what the tests use when they find it, beside Node and npm: psql, pg_dump, pgbench, pgbouncer, haproxy, kcat, openssl,
# MariaDB and its command line, sysbench (Debian packages, unpacked into Gatehouse's own cache: nothing of them is installed into
# the machine and no server of theirs starts by itself), MySQL and DocumentDB (from Debian's unstable suite, in prefixes of their own), FerretDB (built by Go), Apache
# Kafka's jars (by Maven, which needs a JDK), and the libraries of database clients in Python, Go, Java and Rust, where these
# languages are here. Safe to repeat; what is there already is left alone.
set -euo pipefail

if [ -n "${GATEHOUSE_CACHE:-}" ]; then cache=$GATEHOUSE_CACHE
elif [ "$(id -u)" = 0 ]; then cache=/var/cache/gatehouse
else cache=${XDG_CACHE_HOME:-${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}/.cache}/gatehouse
fi
tools=$cache/tools
missing=()

has() {
  case $1 in
    psql | pg_dump | pgbench) compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null && return ;;
    *) PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null && return ;;
  esac
  [ -x "$tools/bin/$1" ]
}

# apt with a state of its own: it knows what the machine has (its dpkg status) and downloads only what is missing beside it.
# dpkg is taken away from it, so that whatever happens nothing gets installed.
private_apt() {
  local state=$tools/apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  cat >"$state/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::State "$state"; Dir::State::Lists "$state/lists"; Dir::State::status "/var/lib/dpkg/status";
Dir::State::extended_states "$state/extended"; Dir::Cache "$state/cache"; Dir::Log "$state"; Dir::Bin::dpkg "/bin/false";
Debug::NoLocking "1"; APT::Sandbox::User "$(id -un)"; APT::Install-Recommends "false"; Acquire::Languages "none";
CONF
  "$1" -c "$state/apt.conf" "${@:2}"
}

provide_tools() {
  local wanted=() tool
  for tool in psql pg_dump pgbench pgbouncer haproxy kcat openssl mariadbd mariadb mariadb-dump sysbench; do has "$tool" || wanted+=("$tool"); done
  [ ${#wanted[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    missing+=("${wanted[*]}: no apt-get here; install them with this system's own package manager")
    return 0
  fi
  echo "providing ${wanted[*]} in $tools"
  mkdir -p "$tools/root" "$tools/bin" || return 1
  private_apt apt-get -qq update || return 1
  local major packages=() alone=()
  major=$(private_apt apt-cache search --names-only '^postgresql-client-[0-9]+$' | sed -nE 's/^postgresql-client-([0-9]+) .*/\1/p' | sort -n | tail -1)
  for tool in "${wanted[@]}"; do
    case $tool in
      psql | pg_dump) packages+=("postgresql-client-$major") ;;
      pgbench) packages+=(libpq5) alone+=("postgresql-$major") ;;
      mariadbd) packages+=(mariadb-server-core) ;;
      mariadb) packages+=(mariadb-client-core) ;;
      mariadb-dump) packages+=(mariadb-client-core) alone+=(mariadb-client) ;;
      *) packages+=("$tool") ;;
    esac
  done
  private_apt apt-get -y -qq --download-only install "${packages[@]}" >/dev/null || return 1
  # These packages come without their dependencies: pgbench and mariadb-dump, which are in them, need none of those.
  if [ ${#alone[@]} -gt 0 ]; then (cd "$tools/apt/cache/archives" && private_apt apt-get -qq download "${alone[@]}" >/dev/null) || return 1; fi
  local deb
  for deb in "$tools"/apt/cache/archives/*.deb; do dpkg-deb -x "$deb" "$tools/root" || return 1; done
  rm -rf "$tools/apt"
  link_tools "${wanted[@]}"
}

# A small script per tool, which finds the libraries that were unpacked beside it.
link_tools() {
  local tool program libraries
  libraries=$(find "$tools/root" -name '*.so*' ! -path '*/doc/*' ! -path '*/systemd/*' -printf '%h\n' | sort -u | paste -sd:)
  for tool in "$@"; do
    program=$(find "$tools/root" -type f -name "$tool" -path '*bin/*' -perm -u+x ! -path '*/share/*' | grep -v '/usr/bin/\(psql\|pg_dump\|pgbench\)$' | sort -V | tail -1)
    if [ -z "$program" ]; then missing+=("$tool: not in the packages that were found"); continue; fi
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "%s" "$@"\n' "$libraries" "$program" >"$tools/bin/$tool"
    chmod 755 "$tools/bin/$tool"
  done
  chmod -R go+rX "$tools"
}

# What Debian's unstable suite alone has needs that suite's libc: apt gets an empty dpkg status, so that every dependency comes
# along, and all of it is unpacked into a prefix of its own. The machine is never touched: see dpkg above.
# unpack_unstable <prefix> <what it is> <packages…>: leaves the files in <prefix>/draft.
unpack_unstable() {
  local prefix=$1 keyring=/usr/share/keyrings/debian-archive-keyring.gpg mirror
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null || [ ! -f "$keyring" ]; then
    echo "$2 needs apt-get and Debian's archive keyring"
    return 1
  fi
  echo "providing $2 in $prefix"
  rm -rf "$prefix"
  mkdir -p "$prefix"/apt/{lists/partial,cache/archives/partial,etc/empty} "$prefix/draft" || return 1
  : >"$prefix/apt/status"
  mirror=$( (grep -rhoP '^(URIs:|deb)\s+(\[.*\]\s+)?\K\S+/debian/?(?=\s|$)' /etc/apt/sources.list /etc/apt/sources.list.d/ 2>/dev/null || true) | head -1)
  echo "deb [signed-by=$keyring] ${mirror:-http://deb.debian.org/debian} sid main" >"$prefix/apt/etc/sources.list"
  cat >"$prefix/apt/apt.conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::State "$prefix/apt"; Dir::State::Lists "$prefix/apt/lists"; Dir::State::status "$prefix/apt/status";
Dir::State::extended_states "$prefix/apt/extended"; Dir::Cache "$prefix/apt/cache"; Dir::Cache::archives "$prefix/apt/cache/archives";
Dir::Etc::sourcelist "$prefix/apt/etc/sources.list"; Dir::Etc::sourceparts "$prefix/apt/etc/empty";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "$prefix/apt/etc/empty"; Dir::Log "$prefix/apt"; Dir::Bin::dpkg "/bin/false";
Debug::NoLocking "1"; APT::Sandbox::User "$(id -un)"; APT::Install-Recommends "false"; Acquire::Languages "none";
CONF
  APT_CONFIG=$prefix/apt/apt.conf apt-get -qq update || return 1
  APT_CONFIG=$prefix/apt/apt.conf apt-get -y -qq --download-only install "${@:3}" >/dev/null || return 1
}

provide_mysql() {
  local prefix=$cache/mysql deb
  [ ! -x "$prefix/root/usr/sbin/mysqld" ] || return 0
  unpack_unstable "$prefix" MySQL mysql-server-core mysql-client-core || return 1
  for deb in "$prefix"/apt/cache/archives/*.deb; do dpkg-deb -x "$deb" "$prefix/draft" || return 1; done
  finish_prefix "$prefix"
}

finish_prefix() {
  rm -rf "$1/apt" "$1/draft/usr/share/doc" "$1/draft/usr/share/man" "$1/draft/usr/share/locale"
  chmod -R go+rX "$1"
  mv "$1/draft" "$1/root"
}

# A MongoDB server: FerretDB, which Go builds, over Postgres 18 with the DocumentDB extension, which is in the unstable suite.
# That Postgres has its extension folder compiled in and so runs with the prefix as its root, which only root may give it.
provide_ferretdb() {
  if ! command -v go >/dev/null || [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
    echo "left out: FerretDB (needs go, root, and a mount namespace)"
    return 0
  fi
  build_ferretdb & local building=$!
  unpack_documentdb || { wait "$building"; return 1; }
  wait "$building"
}

build_ferretdb() {
  local folder=$cache/ferretdb
  [ ! -x "$folder/ferretdb" ] || return 0
  echo "building FerretDB in $folder"
  mkdir -p "$folder/draft"
  GOTOOLCHAIN=local GOFLAGS=-modcacherw GOBIN=$folder/draft GOMODCACHE=$folder/mod GOCACHE=$folder/build \
    timeout 400 go install github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0 >"$folder/log" 2>&1 </dev/null || { tail -3 "$folder/log"; return 1; }
  rm -rf "$folder/mod" "$folder/build"
  mv "$folder/draft/ferretdb" "$folder/ferretdb"
  chmod -R go+rX "$folder"
}

unpack_documentdb() {
  local prefix=$cache/documentdb root deb name library
  [ ! -x "$prefix/root/usr/lib/postgresql/18/bin/postgres" ] || return 0
  unpack_unstable "$prefix" DocumentDB postgresql-18-documentdb postgresql-18-postgis-3-scripts dash || return 1
  root=$prefix/draft
  mkdir -p "$root"/usr/{lib,lib64,bin,sbin} "$root"/{etc,dev,proc,tmp,db}
  for name in lib lib64 bin sbin; do ln -s "usr/$name" "$root/$name"; done
  for deb in "$prefix"/apt/cache/archives/*.deb; do
    case $(basename "$deb") in
      systemd*_* | libpam-systemd* | perl* | libperl* | gnupg* | gpg* | fonts-* | adduser_* | postgresql-common*) continue ;;
    esac
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink || return 1
  done
  # What the maintainers' scripts would have done.
  for name in "$root"/usr/share/postgresql/18/extension/postgis*-3.control; do
    [ -e "${name%-3.control}.control" ] || ln -s "$(basename "$name")" "${name%-3.control}.control"
  done
  library=$(cd "$root" && echo usr/lib/*-linux-gnu)
  for name in blas lapack; do
    [ -e "$root/$library/lib$name.so.3" ] || ln -s "$name/lib$name.so.3" "$root/$library/lib$name.so.3"
  done
  echo '127.0.0.1 localhost' >"$root/etc/hosts"
  echo 'postgres:x:65534:65534::/db:/bin/sh' >"$root/etc/passwd"
  echo 'postgres:x:65534:' >"$root/etc/group"
  finish_prefix "$prefix"
}

# MongoDB's own shell, beside the workspace: 150 MB that nothing but its tests needs.
provide_mongosh() {
  local folder=$cache/mongosh-2.12.0
  [ ! -e "$folder/ready" ] || return 0
  echo "providing mongosh in $folder"
  rm -rf "$folder"
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-fund --no-audit --ignore-scripts --silent mongosh@2.12.0 </dev/null || return 1
  chmod -R go+rX "$folder"
  : >"$folder/ready"
}

provide_java() {
  local wanted=()
  command -v java >/dev/null || wanted+=(default-jre-headless)
  command -v mvn >/dev/null || wanted+=(maven)
  [ ${#wanted[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${wanted[*]}"
    DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends install "${wanted[@]}" </dev/null >/dev/null
  else
    missing+=("Apache Kafka: needs java and mvn: sudo apt-get install ${wanted[*]}")
    return 1
  fi
}

# The libraries of the clients in other languages that the tests try: for each program folder of an adapter a folder in the cache,
# named by the language and a hash of its manifest, as toolchain.ts names it. A language that the machine lacks is left out; what
# could not be fetched is noted beside the folder, and its tests are skipped with the note.
provide_programs() {
  local sources language
  for sources in "$(dirname "$0")"/../../adapters/*/src/clients/{python,go,java,rust}; do
    [ -d "$sources" ] || continue
    language=$(basename "$sources")
    provide_program "$language" "$(cd "$sources" && pwd)" &
  done
  wait
}

provide_program() {
  local language=$1 sources=$2 needs manifest folder problem
  case $language in
    python) needs=(python3) manifest=(requirements.txt) ;;
    go) needs=(go) manifest=(go.mod go.sum) ;;
    java) needs=(java javac mvn) manifest=(pom.xml) ;;
    rust) needs=(cargo) manifest=(Cargo.toml Cargo.lock) ;;
  esac
  [ "$(command -v "${needs[@]}" | wc -l)" = "${#needs[@]}" ] || { echo "left out: clients in $language (needs ${needs[*]})"; return 0; }
  folder=$cache/programs/$language-$(cd "$sources" && cat "${manifest[@]}" | sha256sum | cut -c1-16)
  [ ! -e "$folder/ready" ] || return 0
  echo "providing libraries for clients in $language in $folder"
  rm -rf "$folder" "$folder.failed"
  mkdir -p "$folder"
  if (cd "$sources" && timeout 240 bash -c "$(declare -f "fetch_$language"); fetch_$language \"\$0\"" "$folder") >"$folder/log" 2>&1 </dev/null; then
    chmod -R go+rX "$folder"
    : >"$folder/ready"
  else
    problem=$(grep -v '^\s*$' "$folder/log" | tail -1 | cut -c1-200)
    echo "${problem:-ended without a word}" >"$folder.failed"
    echo "left out: clients in $language: $problem"
  fi
}

fetch_python() {
  python3 -m venv "$1" && "$1/bin/python3" -m pip install -q --no-input --only-binary :all: -r requirements.txt
}

fetch_go() {
  GOTOOLCHAIN=local GOFLAGS=-modcacherw GOMODCACHE=$1/mod GOCACHE=$1/build go build -o "$1/program" .
}

fetch_java() {
  cp pom.xml "$1/" && cd "$1" && mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib -DincludeScope=runtime
}

fetch_rust() {
  CARGO_TARGET_DIR=$1/target cargo build -q --locked
}

# Kafka's jars themselves are fetched by the tests' first start of a broker, into the same cache.
provide_tools || missing+=("some Debian packages could not be fetched (is a mirror reachable?)")
provide_mysql || missing+=("MySQL could not be fetched (is a Debian mirror reachable?)")
provide_ferretdb || missing+=("FerretDB could not be built or fetched (are a Debian mirror and the Go module proxy reachable?)")
provide_mongosh || missing+=("mongosh could not be fetched")
provide_java || true
provide_programs

if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[@]}"
  exit 3
fi
echo "everything that the tests use is here"
