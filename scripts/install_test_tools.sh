#!/usr/bin/env bash
# Install what the tests need beside Python packages, from Debian: Chromium and PostgreSQL's server programs. What
# cannot be had is named; the tests that need it are then skipped, or fail when CI=true.
set -u

has_postgres() {
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || command -v initdb >/dev/null
}

has_chromium() {
  command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null
}

missing=()
has_chromium || missing+=(chromium-headless-shell)
has_postgres || missing+=(postgresql)
[ "${#missing[@]}" -eq 0 ] && exit 0

give_up() {
  echo "Missing for the tests: ${missing[*]}. $1" >&2
  [ "${CI:-}" = "true" ] && exit 1
  exit 0
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || give_up "Installing needs root: install these packages by hand."
  as_root=(sudo)
fi
command -v apt-get >/dev/null || give_up "This is no Debian: install them by hand."

export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || give_up "apt-get update failed."

# The tests make clusters of their own: Debian need not make and start one for the machine.
clusters=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql "* && ! -e "$clusters" ]]; then
  "${as_root[@]}" mkdir -p "$(dirname "$clusters")"
  echo "create_main_cluster = false" | "${as_root[@]}" tee "$clusters" >/dev/null
fi

failed=()
for package in "${missing[@]}"; do
  # a Debian before the headless shell had a package of its own
  [ "$package" = chromium-headless-shell ] && ! apt-cache show "$package" >/dev/null 2>&1 && package=chromium
  "${as_root[@]}" apt-get install -y -qq -o Dpkg::Options::=--force-confold "$package" >/dev/null || failed+=("$package")
done
missing=("${failed[@]}")
[ "${#missing[@]}" -eq 0 ] || give_up "apt-get could not install them."
