#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# skep and libbpfs of other ages. Always: nothing is asked of libbpf that 1.1 does not have. With
# SKEP_TEST_FULL: what was built with this machine's libbpf runs with a newer one, and skep builds
# with the newer one and runs. The newer one comes from a newer Debian suite, into a private folder.
# shellcheck disable=SC2317 source=tests/install/common.sh
. "${SKEP_SOURCE_DIR:?}/tests/install/common.sh"
# shellcheck source=sdk/vm/common.sh
. "$SKEP_SOURCE_DIR/sdk/vm/common.sh"
# shellcheck source=sdk/vm/apt.sh
. "$SKEP_SOURCE_DIR/sdk/vm/apt.sh"

newer=$work/newer
# Loading, attaching, maps, rings: what goes through libbpf.
tests='^(object|object_refused|attach|attach_.*|link|link_owner|sections|map|map_(types|typed|pinned|create|nested|programs|struct_ops|targets|storage)|ring_read|xdp|guest|guest_print)$'

# Symbols of libbpf have the version that brought them.
needs_no_newer_symbol()
{
	local library=$SKEP_BUILD_DIR/sdk/src/libskep.so

	nm -D --undefined-only "$library" | grep 'bpf_object__open_mem@LIBBPF_'
	! nm -D --undefined-only "$library" | sed -n 's/.*@LIBBPF_//p' | sort -V -u |
		awk -F. '$1 > 1 || ($1 == 1 && $2 > 1) { print "LIBBPF_" $0; found = 1 }
			END { exit !found }'
}

# Packages that were built for this release of Debian, so that its libc has what they need.
fetch()
{
	local suite debs=$work/debs

	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")-backports
	mkdir -p "$debs" "$SKEP_CACHE/apt"
	exec {lock}> "$SKEP_CACHE/apt/lock"
	flock "$lock"
	update_suite "$suite"
	(cd "$debs" && apt_private "$suite" apt-get download libbpf1 libbpf-dev)
	exec {lock}>&-
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$newer"
	done
	libraries=$(dirname "$(find "$newer" -name 'libbpf.so.1')")
	sed -i "s|^prefix=.*|prefix=$newer/usr|" "$libraries/pkgconfig/libbpf.pc"
	echo "$libraries" > "$work/libraries"
}

# run_tests BUILD: its kernel tests with the newer libbpf; each passes, or says what is lacking.
run_tests()
{
	local manifest=$work/manifest.tsv out=$work/out status name failed=0 count=0

	awk -F'\t' -v tests="$tests" '$2 == "kernel" && $1 ~ tests' "$1/tests/manifest.tsv" > "$manifest"
	while IFS=$'\t' read -r name _ program _; do
		[[ -x $program ]] || sed -i "/^$name\t/d" "$manifest"
	done < <(cat "$manifest")
	rm -rf "$out"
	LD_LIBRARY_PATH=$(cat "$work/libraries") "$SKEP_SOURCE_DIR/tests/harness/run-host" \
		"$manifest" kernel "$out"
	for rc in "$out"/logs/*.rc; do
		read -r status _ < "$rc"
		count=$((count + 1))
		[[ $status != 0 && $status != 77 ]] || continue
		name=$(basename "$rc" .rc)
		echo "$name: $(grep -A 5 -m 3 -E '^not ok|^ERROR' "$out/logs/$name.log")"
		failed=1
	done
	echo "$count tests"
	[[ $failed -eq 0 && $count -gt 10 ]]
}

uses_newer()
{
	LD_LIBRARY_PATH=$(cat "$work/libraries") ldd "$SKEP_BUILD_DIR/sdk/cli/skep" |
		grep -F "$(cat "$work/libraries")/libbpf.so.1"
}

# What the tests need, and nothing else.
build_with_newer()
{
	local targets

	export PKG_CONFIG_PATH
	PKG_CONFIG_PATH=$(cat "$work/libraries")/pkgconfig
	LD_LIBRARY_PATH=$(cat "$work/libraries")
	export LD_LIBRARY_PATH # the command makes headers on the way
	cmake -S "$SKEP_SOURCE_DIR" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
		-DSKEP_WERROR=ON -DSKEP_BUILD_TESTS=ON -DSKEP_BUILD_EXAMPLES=OFF
	grep -F "$newer" "$work/build/CMakeCache.txt"
	targets=$(awk -F'\t' -v tests="$tests" '$2 == "kernel" && $1 ~ tests {
		print "test_kernel_" $1 "\ntest_kernel_" $1 "_files" }' "$work/build/tests/manifest.tsv")
	# shellcheck disable=SC2086  # names of targets
	cmake --build "$work/build" --target skep $targets
}

claim "libskep needs no symbol that came after libbpf 1.1" needs_no_newer_symbol
[[ -n ${SKEP_TEST_FULL:-} ]] || finish
# Not as a condition: there, `set -e` is off.
set +e
(set -e; fetch) > "$work/fetch.log" 2>&1
fetched=$?
set -e
if [[ $fetched -ne 0 ]]; then
	skip "a newer libbpf can be had" "no backports of this release: $(tail -n 1 "$work/fetch.log")"
	finish
fi
if [[ $EUID -ne 0 ]]; then
	skip "programs run with a newer libbpf" "needs root"
	finish
fi
claim "the newer libbpf is what is loaded" uses_newer
claim "what was built with the older libbpf runs with the newer" run_tests "$SKEP_BUILD_DIR"
need "skep builds with the newer libbpf" build_with_newer
claim "what was built with the newer libbpf runs with it" run_tests "$work/build"
finish
