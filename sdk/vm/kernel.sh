# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
# A kernel as a folder: vmlinuz, version, arch, cmdline, and where they are known config and
# lib/modules/VERSION. Those of the table are in the cache; others are given as
#   VMLINUZ[:MODULES]   an image; MODULES is .../lib/modules/VERSION, or what lib/modules is in
#   FOLDER              of the form above
# Sourced, after common.sh.

# What Debian's kernels need to have BPF LSM on.
OWN_CMDLINE=lsm=landlock,lockdown,yama,bpf

# bytes FILE OFFSET COUNT: in hexadecimal.
bytes()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" 2>/dev/null | tr -d ' \n'
}

# image_arch FILE: Debian's name of the processor that an image is for; nothing if it is none.
image_arch()
{
	if [[ $(bytes "$1" 514 4) = 48647253 ]]; then
		echo amd64
	elif [[ $(bytes "$1" 56 4) = 41524d64 ]]; then
		echo arm64
	fi
}

# image_version FILE ARCH
image_version()
{
	local at

	if [[ $2 = amd64 ]]; then
		# The boot protocol's kernel_version: where its text is, without 0x200.
		at=$((0x$(bytes "$1" 527 1)$(bytes "$1" 526 1) + 512))
		dd if="$1" bs=1 skip="$at" count=128 2>/dev/null | tr '\0' ' ' |
			cut -d' ' -f1
	else
		grep -aom1 'Linux version [^ ]*' "$1" | head -n 1 | cut -d' ' -f3
	fi
}

# find_modules FOLDER VERSION: the folder with modules.dep, or nothing.
find_modules()
{
	local at

	for at in "$1" "$1/$2" "$1/lib/modules/$2"; do
		[[ ! -e $at/modules.dep ]] || { realpath "$at"; return; }
	done
}

# describe_image SPEC INTO: a folder of links for VMLINUZ[:MODULES].
describe_image()
{
	local image=$1 given='' arch version modules config

	[[ -e $image || $image != *:* ]] || { given=${image#*:}; image=${image%%:*}; }
	[[ -f $image ]] || die "there is no kernel image $image"
	[[ -r $image ]] || die "cannot read $image: it is for root only; a copy will do"
	arch=$(image_arch "$image")
	[[ -n $arch ]] ||
		die "$image is no kernel image that can be booted here (bzImage of x86-64, Image of arm64)"
	version=$(image_version "$image" "$arch")
	[[ -n $version ]] || die "$image does not tell its version"
	modules=$(find_modules "${given:-/}" "$version")
	[[ -n $modules || -z $given ]] ||
		die "$given has no modules of $version (modules.dep is made by depmod)"
	mkdir -p "$2/lib/modules"
	ln -s "$(realpath "$image")" "$2/vmlinuz"
	[[ -z $modules ]] || ln -s "$modules" "$2/lib/modules/$version"
	config=$(dirname "$image")/config-$version
	[[ ! -r $config ]] || ln -s "$(realpath "$config")" "$2/config"
	echo "$version" > "$2/version"
}

# kernel_folder NAME WORK: prints the folder; WORK is a folder for what has to be made.
kernel_folder()
{
	local folder

	if [[ $1 != */* ]]; then
		folder=$("$VM_DIR/fetch-kernel" "$1") || exit 1
	elif [[ -e $1/vmlinuz && -e $1/version ]]; then
		folder=$(realpath "$1")
	elif [[ -d $1 ]]; then
		die "$1 is no kernel: it needs the files vmlinuz, version and lib/modules/VERSION"
	else
		folder=$2/kernel
		mkdir -p "$folder"
		describe_image "$1" "$folder"
	fi
	echo "$folder"
}

# kernel_arch NAME FOLDER, kernel_cmdline NAME: of a kernel of the table, or of any other.
kernel_arch()
{
	local arch

	arch=$(kernel_field "$1" 6 2>/dev/null) || arch=$(image_arch "$2/vmlinuz")
	echo "$arch"
}

kernel_cmdline()
{
	kernel_field "$1" 5 2>/dev/null || echo "$OWN_CMDLINE"
}
