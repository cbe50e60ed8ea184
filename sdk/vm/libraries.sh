# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154  # who sources it sets root, arch and sysroot
# The shared libraries of programs, into the guest's root. Sourced, after common.sh; uses $root,
# $arch and, for another processor than this machine's, $sysroot (else empty).

# to_guest LIBRARY: the system's go to the same paths; those of projects to /skep/lib, since a
# build tree may lie where the guest mounts something.
to_guest()
{
	local to=${1#"$sysroot"}

	case $to in
	/lib* | /usr/lib*) ;;
	*) to=/skep/lib/${1##*/} ;;
	esac
	[[ ! -e $root$to ]] || return 0
	mkdir -p "$root${to%/*}"
	cp -L "$1" "$root$to"
}

# This machine's own loader knows best where libraries come from.
copy_own_libs()
{
	local listing lib

	listing=$(for file in "$@"; do ldd "$file" 2>/dev/null || true; done)
	if grep -q 'not found' <<< "$listing"; then
		die "a library of a test is missing: $(grep 'not found' <<< "$listing" | head -n 1 | xargs)"
	fi
	while read -r lib; do
		to_guest "$lib"
	done < <(sed -nE 's/^[[:space:]]*(.* => )?(\/.*) \(0x[0-9a-f]+\)$/\2/p' <<< "$listing" | sort -u)
}

# find_library NAME RUNPATH: where a program of another processor has it.
find_library()
{
	local dir dirs

	IFS=: read -r -a dirs <<< "$2"
	for dir in "${dirs[@]}" "$sysroot"{/usr,}/lib/*-linux-gnu "$sysroot"{/usr,}/lib; do
		[[ ! -e $dir/$1 ]] || { echo "$dir/$1"; return; }
	done
}

copy_foreign_libs()
{
	local todo=("$@") file dynamic runpath name lib seen=' '

	command -v readelf > /dev/null || die "readelf is missing (package binutils)"
	while [[ ${#todo[@]} -gt 0 ]]; do
		file=${todo[0]}
		todo=("${todo[@]:1}")
		name=$(readelf -lW "$file" 2>/dev/null |
			sed -n 's/.*program interpreter: \(.*\)\]$/\1/p')
		[[ -z $name ]] || to_guest "$sysroot$name"
		dynamic=$(readelf -dW "$file" 2>/dev/null) || continue
		runpath=$(sed -n 's/.*(R[A-Z]*PATH).*\[\(.*\)\]$/\1/p' <<< "$dynamic")
		runpath=${runpath//\$ORIGIN/${file%/*}}
		while read -r name; do
			[[ $seen != *" $name "* ]] || continue
			seen+="$name "
			lib=$(find_library "$name" "$runpath")
			[[ -n $lib ]] || die "$file needs $name, which $sysroot does not have;" \
				"\`fetch-sysroot $arch PACKAGE\` adds its package"
			to_guest "$lib"
			todo+=("$lib")
		done < <(sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' <<< "$dynamic")
	done
}

copy_libs()
{
	[[ $# -gt 0 ]] || return 0
	if [[ -z $sysroot ]]; then
		copy_own_libs "$@"
	else
		copy_foreign_libs "$@"
	fi
}
