#!/usr/bin/env bash
# Install what the tests need beside Python packages: Chromium, from Debian. What cannot be had is named; the tests that
# need it are then skipped, or fail when CI=true.
set -u

if command -v chromium >/dev/null; then
  exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "Chromium is missing and cannot be installed without root: install the package chromium for the browser tests." >&2
    [ "${CI:-}" = "true" ] && exit 1
    exit 0
  fi
  as_root=(sudo)
fi
if ! command -v apt-get >/dev/null; then
  echo "Chromium is missing and this is no Debian: install it by hand for the browser tests." >&2
  [ "${CI:-}" = "true" ] && exit 1
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
if ! { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq chromium >/dev/null; }; then
  echo "Chromium could not be installed: the browser tests need the package chromium." >&2
  [ "${CI:-}" = "true" ] && exit 1
fi
exit 0
