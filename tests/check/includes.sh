#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Dependencies run one way, and what is private stays at home.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

includes_of()
{
	files "$1" | over awk -f "$here/includes.awk"
}

# What is installed is what the two folders of public headers have.
installed_headers()
{
	need_build
	cmake --install "$build" --prefix "$work/prefix" > "$work/install.log" 2>&1 ||
		{ tail -n 5 "$work/install.log"; return 1; }
	(cd "$work/prefix" && find . -name '*.h' -o -name '*.hpp') | sed 's,.*include/,,' |
		grep -v '^\./' | sort > "$work/installed"
	files '^(sdk/include|bpf-headers)/' | sed -E 's,^(sdk/include|bpf-headers)/,,' | sort \
		> "$work/public"
	diff "$work/public" "$work/installed" |
		sed -n 's/^</not installed:/p; s/^>/installed, and not public:/p'
}

claim layers_of_the_library_include_only_those_below includes_of '^sdk/src/'
claim public_headers_include_only_public_headers includes_of '^sdk/include/'
claim bpf_headers_include_only_their_own_and_libbpfs includes_of '^bpf-headers/'
claim generator_and_command_use_public_headers includes_of '^sdk/(gen|cli)/'
claim examples_and_templates_use_installed_headers includes_of '^(examples|templates)/'
[[ -z $build ]] || claim no_private_header_is_installed installed_headers
finish
