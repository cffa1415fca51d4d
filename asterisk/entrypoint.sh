#!/bin/sh
# Becomes Asterisk in a container: fills in the words between @ signs in *.conf from the environment.
# ETC, VAR and the addresses, ports and passwords are set from outside; the rest is found here.
set -eu
umask 077
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

module=$(find "${PREFIX:-/usr}/lib" -path '*/asterisk/modules/chan_websocket.so')
MODULES=$(dirname -- "$module")
DATA=${PREFIX:-/usr}/share/asterisk
DIALPLAN=$here/../dialplan/carillon.conf

mkdir -p "$ETC" "$VAR/lib/keys" "$VAR/cache" "$VAR/log" "$VAR/run" "$VAR/spool/monitor" "$VAR/spool/recording"
cp "$here"/*.conf "$ETC"
for name in $(grep -oh '@[A-Z][A-Z_]*@' "$here"/*.conf | tr -d @ | sort -u); do
  eval "value=\${$name?}"
  case $value in
    *[!\ -~]* | *\;*) echo "$name holds a character that Asterisk's files can't carry" >&2 && exit 1 ;;
  esac
  value=$(printf '%s' "$value" | sed 's/[&|\\]/\\&/g')
  sed -i "s|@$name@|$value|g" "$ETC"/*.conf
done

exec asterisk -fn -C "$ETC/asterisk.conf"
