#!/bin/bash
# Provides what the tests use when they find it, beside Node and npm: psql, pg_dump, pgbench, pgbouncer, haproxy, kcat, openssl
# (Debian packages, unpacked into Gatehouse's own cache: nothing of them is installed into the machine and no server of theirs
# starts by itself) and Apache Kafka's jars (by Maven, which needs a JDK). Safe to repeat; what is there already is left alone.
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
  for tool in psql pg_dump pgbench pgbouncer haproxy kcat openssl; do has "$tool" || wanted+=("$tool"); done
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
      *) packages+=("$tool") ;;
    esac
  done
  private_apt apt-get -y -qq --download-only install "${packages[@]}" >/dev/null || return 1
  # The server's package comes without its dependencies: pgbench, which is in it, needs none of them.
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

# Kafka's jars themselves are fetched by the tests' first start of a broker, into the same cache.
provide_tools || missing+=("some Debian packages could not be fetched (is a mirror reachable?)")
provide_java || true

if [ ${#missing[@]} -gt 0 ]; then
  printf 'missing: %s\n' "${missing[@]}"
  exit 3
fi
echo "everything that the tests use is here"
