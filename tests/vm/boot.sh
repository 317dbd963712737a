#!/bin/bash
# boot.sh [--timeout SECONDS] [--out FOLDER] KERNEL COMMAND [ARGUMENT...]: runs one command as root in a virtual machine with a stock Debian kernel.
# boot.sh --prepare KERNEL: only fetches what that takes.
#
#   KERNEL   package of a kernel image in apt's lists, e.g. linux-image-cloud-amd64 (6.1) or linux-image-6.12-cloud-amd64; with /sid behind it: the newest
#            of Debian's unstable suite
#   FOLDER   the command can write there, at the same path; also gets stdout and stderr while it runs, and console.log
#
# The machine's own file system is the guest's root, read-only; /tmp, /run, /etc, /var, /root and /home can be written and are forgotten.
# QEMU emulates the processor (no /dev/kvm needed), so programs run about 20 times slower there.
# Exit code: the command's; 124 when it took longer than the timeout (default 600 s); 125 when there is no such kernel, or the guest did not come up or crashed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
guest=$repository/tests/vm/guest
cache=$artifacts/vm targets=$artifacts/targets suites=(bookworm trixie sid) work_folder=$artifacts/vm
. "$repository/tests/targets/fetch.d/archive.sh"

timeout=600 out= prepare=
while [[ ${1:-} = --* ]]; do
  case $1 in
    --timeout) timeout=$2 ;;
    --out) out=$2 ;;
    --prepare) prepare=1; break ;;
    *) die "boot.sh: unknown option $1" ;;
  esac
  shift 2
done
[ $# -ge 2 ] || die "usage: tests/vm/boot.sh [--timeout SECONDS] [--out FOLDER] KERNEL COMMAND [ARGUMENT...], or --prepare KERNEL"
[ "$(id -u)" = 0 ] || die "tests/vm/boot.sh shares this machine's file system with the guest and so needs root."
[ -z "$prepare" ] || shift
kernel=$1; shift
need_packages qemu-system-x86 busybox-static cpio binutils xz-utils zstd
[ -n "$out" ] || out=$(mktemp -d)
mkdir -p "$out" "$cache"; out=$(realpath "$out")

# The packages that another one depends on, with such names.
depends() { apt-cache "${apt_options[@]}" depends "$1" 2>/dev/null | sed -n "s/^ *Depends: \($2\)$/\1/p"; }

# The image and its modules, unpacked, never installed. In newer suites they are packages of their own.
fetch_kernel() {
  local package parts
  if [[ $kernel = */* ]]; then archive_open; fi
  package=$(depends "${kernel%/*}" 'linux-image-[0-9].*' | head -1)
  package=${package:-$kernel}
  files=$cache/$package
  [ -d "$files" ] && return
  say "Unpacking the kernel $package"
  mapfile -t parts < <(depends "$package" 'linux-\(binary\|modules\)-[0-9].*')
  rm -rf "$files.$$"
  (archive_unpack "$files.$$" "$package" "${parts[@]}") || exit 125
  mv -T "$files.$$" "$files" 2>/dev/null || rm -rf "$files.$$"      # another run may have been faster
}

# What the guest needs before it sees the root: busybox and the modules for it, which a cloud kernel may have built in.
make_initramfs() {
  local version=$1 work module
  initramfs=$files/initramfs.cpio
  [ "$initramfs" -nt "$guest/init" ] && return
  work=$(mktemp -d "$cache/initramfs.XXXXXX")
  mkdir -p "$work"/{bin,dev,proc,sys,root} "$work/lib/modules/$version"
  cp "$(command -v busybox)" "$work/bin/busybox"
  cp "$guest/init" "$work/init"; chmod +x "$work/init"
  while read -r module; do
    case $module in
      *.xz) xz -dc "$module" >"$work/lib/modules/$version/$(basename "$module" .xz)" ;;
      *.zst) zstd -dqc "$module" >"$work/lib/modules/$version/$(basename "$module" .zst)" ;;
      *) cp "$module" "$work/lib/modules/$version/" ;;
    esac
  done < <(find "$modules" \( -path '*/drivers/virtio/*' -o -path '*/fs/fuse/*' -o -path '*/fs/overlayfs/*' \) -name '*.ko*')
  busybox depmod -b "$work" "$version" 2>/dev/null || true
  (cd "$work" && find . | cpio -o -H newc --quiet) >"$initramfs.$$"
  mv "$initramfs.$$" "$initramfs"; rm -rf "$work"
}

# share TAG FOLDER MODE: offers a folder by virtiofs; the server ends with this script.
share() {
  local tag=$1 folder=$2 mode=$3 socket=$run/$1.socket seen=$run/$1.seen
  mkdir "$seen"
  # A bind mount of its own: even a guest that mounts the share writable cannot write to it.
  setpriv --pdeathsig KILL unshare --mount --propagation private sh -c '
    mount --bind "$1" "$2" || exit 1
    [ "$3" = rw ] || mount -o remount,bind,ro "$2" || exit 1
    exec setpriv --pdeathsig KILL /usr/lib/qemu/virtiofsd --socket-path="$4" -o source="$2" -o sandbox=chroot -o cache="$5" -f' \
    share "$folder" "$seen" "$mode" "$socket" "$([ "$mode" = rw ] && echo auto || echo always)" >"$run/$tag.log" 2>&1 &
  servers+=($!)
  devices+=(-chardev "socket,id=$tag,path=$socket" -device "vhost-user-fs-pci,queue-size=1024,chardev=$tag,tag=$tag")
  for ((i = 0; i < 200; i++)); do [ -S "$socket" ] && return; sleep 0.05; done
  cat "$run/$tag.log" >&2
  die "virtiofsd does not serve $folder; its words are above."
}

fetch_kernel
modules=$(compgen -G "$files/lib/modules/*" || compgen -G "$files/usr/lib/modules/*") || { say "The package of $kernel holds no modules."; exit 125; }
image=$(compgen -G "$files/boot/vmlinuz-*" || compgen -G "$modules/vmlinuz") || { say "The package of $kernel holds no image."; exit 125; }
make_initramfs "$(basename "$modules")"
[ -z "$prepare" ] || exit 0

run=$(mktemp -d)
servers=() devices=()
end() {
  [ ${#servers[@]} = 0 ] || kill -KILL "${servers[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  # Not recursive: what was mounted here was the machine's root.
  rmdir "$run"/*.seen 2>/dev/null || true
  rm -f "$run"/* 2>/dev/null || true; rmdir "$run" 2>/dev/null || true
}
trap end EXIT
rm -f "$out"/{rc,stdout,stderr,console.log}
share root / ro
share repository "$repository" ro
share out "$out" rw
{
  printf 'cd %q\n' "$repository"
  for name in BEYLA_REQUIRE_BPF BEYLA_TEST_PATIENCE; do [ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"; done
  printf 'exec'; printf ' %q' "$@"; printf '\n'
} >"$out/command"
cp "$guest/main" "$out/main"

setpriv --pdeathsig KILL timeout -k 5 $((timeout + 120)) qemu-system-x86_64 -M q35,memory-backend=memory -m 3072 \
  -object memory-backend-memfd,id=memory,size=3072M,share=on -accel tcg,thread=multi -cpu max -smp 2 \
  -nodefaults -no-reboot -display none -monitor none -device virtio-rng-pci \
  -chardev "file,id=console,path=$out/console.log" -serial chardev:console "${devices[@]}" \
  -kernel "$image" -initrd "$initramfs" \
  -append "console=ttyS0 quiet loglevel=4 panic=-1 oops=panic beyla.repository=$repository beyla.out=$out beyla.timeout=$timeout" </dev/null >"$run/qemu.log" 2>&1 || true

[ ! -f "$out/stdout" ] || cat "$out/stdout"
[ ! -f "$out/stderr" ] || cat "$out/stderr" >&2
if [ -f "$out/rc" ]; then exit "$(cat "$out/rc")"; fi
tail -20 "$out/console.log" "$run/qemu.log" >&2
say "The guest with $kernel ended without a result; the end of its console is above."
exit 125
