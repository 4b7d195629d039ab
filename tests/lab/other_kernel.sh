#!/bin/sh
# The first program of the other kernel (other_kernel.ts): makes a system of this machine's
# files, runs the job beside this file, leaves what came of it there and ends the kernel.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
trap 'busybox poweroff -f' EXIT
here=$(dirname "$0")
modules=/usr/lib/uml/modules

# This machine's files are the lower layer; whatever is written stays in the memory above.
mount -t tmpfs memory /mnt
mkdir -p /mnt/upper /mnt/work /mnt/root /mnt/lib
ln -s "$modules" /mnt/lib/modules
modprobe -d /mnt overlay
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root ||
  exit
cd /mnt/root || exit
mount -t proc proc proc
mount -t sysfs sys sys
mount -t devtmpfs dev dev
mkdir -p dev/pts dev/shm lib/modules mnt
mount -t devpts pts dev/pts
mount -t tmpfs shm dev/shm
mount -t tmpfs run run
# That kernel was built without nftables for IPv4, so that iptables has to be the old one.
for tool in iptables iptables-restore ip6tables ip6tables-restore; do
  ln -sf xtables-legacy-multi "usr/sbin/$tool"
done
ln -sfn "$modules/$(uname -r)" "lib/modules/$(uname -r)"
# What the job leaves is written through to this machine, and only that.
mount -t hostfs -o "$here" job "./$here"
# The kernel looks for modules in its own root: make it this one.
pivot_root . mnt

# A device that is no module's alias until somebody makes its node.
modprobe tun
ip link set lo up
cd "$here" || exit
sh job >stdout 2>stderr </dev/null
echo $? >code
