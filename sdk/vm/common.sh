# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
# What the scripts of this folder share. Sourced, not run.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SKEP_CACHE=${SKEP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/skep}
# Megabytes of a guest.
# shellcheck disable=SC2034  # others use it
MEMORY=${SKEP_VM_MEMORY:-2048}

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Debian's name of this machine's processor.
host_arch()
{
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

# The names of the table's kernels, one a line.
kernel_names()
{
	awk -F'\t' '!/^#/ && NF >= 5 { print $1 }' "$VM_DIR/kernels"
}

# kernel_field NAME NUMBER: one column of the kernel's row; fails when there is no such kernel.
kernel_field()
{
	awk -F'\t' -v name="$1" -v col="$2" \
		'!/^#/ && $1 == name { print $col; found = 1 } END { exit !found }' "$VM_DIR/kernels"
}
