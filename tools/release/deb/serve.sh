#!/bin/sh
# The service: by the config of ours, or by one of knockd 0.8 where there is no other.
config=/etc/knockd/knock.toml
[ -e "$config" ] || config=/etc/knockd.conf
if [ "${1-}" != guard ]; then
  # KNOCKD_OPTS are words, as they were for knockd 0.8.
  exec /usr/bin/knockd serve --config "$config" ${KNOCKD_OPTS-}
fi
# A config without a door of the kernel's has nothing to guard.
fallback=/var/lib/knockd-guard/ruleset.nft
said=$(/usr/bin/knockd firewall up --config "$config" --fallback "$fallback" 2>&1) || code=$?
case ${code-0}$said in *"nothing to guard"*) code=0 ;; esac
printf '%s\n' "$said"
exit "${code-0}"
