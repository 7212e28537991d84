#!/usr/bin/env bash
# 389 Directory Server 2.3.1 (Debian 12: 389-ds-base 2.3.1+dfsg1-1+deb12u1). Needs root and the packages 389-ds-base, ldap-utils.
#
# With passwordCheckSyntax on, passwordMinTokenLength (3) reads as "names shorter than that are not looked for in a password". It is the
# length of a stretch: every three characters in a row of uid, cn, sn, givenName, ou and mail are looked for, wherever they stand, in any
# case. An address at example.org rules out "apple" ("ple"), the name asantos rules out "lantern" ("ant"). The answer is
# "password based off of user entry" to a plain modification, and one text for everything by RFC 3062. Who checks "doesn't contain your
# name" before lets most of these passwords through.
#
# Seen: river taken; lantern, apple and SANT refused; as taken.
set -euo pipefail
if [ "${1:-}" != inside ]; then
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
  unshare --net --uts --mount bash "$0" inside "$dir"
  exit
fi
dir=$2
trap 'kill "$(cat /run/dirsrv/slapd-t.pid)"' EXIT
export PATH=$dir/bin:$PATH
mkdir "$dir/bin"
cat >"$dir/bin/systemctl" <<'SH'
#!/bin/bash
# dscreate starts servers through systemd
case "$1" in
start) ns-slapd -D /etc/dirsrv/slapd-t -i /run/dirsrv/slapd-t.pid; until (exec 3<>/dev/tcp/127.0.0.1/389) 2>/dev/null; do sleep 0.05; done ;;
is-active) kill -0 "$(cat /run/dirsrv/slapd-t.pid 2>/dev/null)" 2>/dev/null ;;
esac
SH
chmod +x "$dir/bin/systemctl"
ip link set lo up
hostname ds.harbour.example
cp -a /etc/dirsrv "$dir/etc"
for folder in /etc/dirsrv /var/lib/dirsrv /var/log/dirsrv /run; do mkdir -p $folder; mount -t tmpfs none $folder; done
cp -a "$dir/etc/." /etc/dirsrv/
mkdir -p /run/dirsrv /run/lock/dirsrv
cat >"$dir/t.inf" <<'INF'
[general]
config_version = 2
full_machine_name = ds.harbour.example
[slapd]
instance_name = t
port = 389
secure_port = 636
root_password = Quay-side 2026 keeper
self_sign_cert = False
[backend-userroot]
suffix = dc=harbour,dc=example
create_suffix_entry = True
INF
dscreate from-file "$dir/t.inf" >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
modify() { ldapmodify -x -H ldap://127.0.0.1 -D "$1" -w "$2" 2>&1; }
modify "cn=Directory Manager" "Quay-side 2026 keeper" >"$dir/log" <<'LDIF' || { cat "$dir/log"; exit 1; }
dn: cn=config
changetype: modify
replace: passwordCheckSyntax
passwordCheckSyntax: on

dn: uid=asantos,dc=harbour,dc=example
changetype: add
objectClass: inetOrgPerson
uid: asantos
cn: asantos
sn: asantos
mail: a@example.org
userPassword: Q7-first-4KX

dn: dc=harbour,dc=example
changetype: modify
add: aci
aci: (targetattr = "userPassword")(version 3.0; acl "own"; allow (write) userdn = "ldap:///self";)
LDIF
present=Q7-first-4KX
for word in river lantern apple SANT as; do
  next="Q7-$word-4KX"
  if answer=$(printf 'dn: uid=asantos,dc=harbour,dc=example\nchangetype: modify\nreplace: userPassword\nuserPassword: %s\n' "$next" |
    modify uid=asantos,dc=harbour,dc=example "$present"); then
    echo "$word: taken"
    present=$next
  else
    echo "$word: refused, $(grep -o 'additional info: .*' <<<"$answer")"
  fi
done
