#!/usr/bin/env bash
# Postfix 3.7.11 (Debian 12: postfix 3.7.11-0+deb12u1) with Cyrus SASL. Needs root, postfix and libsasl2-modules.
#
# Debian's Postfix reads Cyrus SASL's settings from "sasl/smtpd.conf" in the folder of main.cf. What cyrus_sasl_config_path names is not
# looked at, though postconf knows the parameter and nothing warns. Without the file the library's defaults hold: every mechanism of
# the modules is offered, and passwords come from /etc/sasldb2, which the account postfix can't read: "454 Temporary authentication
# failure" for a right password. An instance beside the system's own (postfix -c DIR) needs DIR/sasl/smtpd.conf.
#
# Seen: cyrus_sasl_config_path names a file with PLAIN, the folder of main.cf has one with LOGIN, and LOGIN is offered.
set -euo pipefail

dir=$(mktemp -d)
chmod 755 "$dir"
trap 'postfix -c "$dir/conf" stop 2>/dev/null || true; rm -rf "$dir"' EXIT
port=2${RANDOM:0:4}
mkdir -p "$dir"/{queue,data,conf/sasl,named}
chown postfix "$dir/data"
echo 'mech_list: PLAIN' >"$dir/named/smtpd.conf"
echo 'mech_list: LOGIN' >"$dir/conf/sasl/smtpd.conf"
cat >"$dir/conf/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
myhostname = relay.example
mydestination =
alias_maps =
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $dir/named
smtpd_relay_restrictions = reject
maillog_file = /dev/stdout
CF
cat >"$dir/conf/master.cf" <<CF
127.0.0.1:$port inet n - n - - smtpd
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
CF
postfix -c "$dir/conf" start-fg >"$dir/log" 2>&1 &
for _ in $(seq 100); do
  if exec 3<>"/dev/tcp/127.0.0.1/$port"; then break; fi 2>/dev/null
  sleep 0.1
done
read -r _ <&3
printf 'EHLO here\r\n' >&3
offered=
while read -r line <&3; do
  case $line in *AUTH\ *) offered=${line#*AUTH } ;; esac
  case $line in 250\ *) break ;; esac
done
offered=${offered%$'\r'}
echo "$(postconf -d mail_version); offered: $offered"
[ "$offered" = LOGIN ]
