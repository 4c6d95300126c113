#!/usr/bin/env bash
# Installs the programs that only tests need (Debian, root): a browser, an SMTP sink, an IMAP server, PostgreSQL's
# server binaries, a C compiler that makes the shim which moves the machine's clock, and Node with the packages that
# mails are read with (which mail clients support what, accessibility).
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/sbin/smtp-sink ] || missing+=(postfix)
[ -x /usr/sbin/dovecot ] || missing+=(dovecot-imapd)
{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 || missing+=(postgresql)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

install_packages() {
    npm ci --prefix tests/programs/node --ignore-scripts --no-audit --no-fund --loglevel=error
}

if [ ${#missing[@]} -eq 0 ]; then
    install_packages
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "il manque ${missing[*]} : installez-les (Debian : apt-get install ${missing[*]})" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
install_packages
