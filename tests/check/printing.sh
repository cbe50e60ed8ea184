#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The library never prints and never ends the process.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# skep_perror() is there to print; a test library may fail a test; a tool's library is for its main().
may='^sdk/src/(base/perror\.c|testing/|tool/)'
calls='printf|vprintf|puts|putchar|perror|psignal|exit|_exit|_Exit|quick_exit|abort|err|errx|warn|warnx|syslog|assert|system'

in_source()
{
	files '^sdk/src/.*\.[ch]$' "$may" | over awk -f "$here/code.awk" -v calls="$calls" -f <(cat << 'AWK'
{
	line = code()
	if (match(line, "(^|[^A-Za-z0-9_>.])(" calls ") *\\(") || match(line, /(^|[^A-Za-z0-9_])(stdout|stderr)($|[^A-Za-z0-9_])/))
		printf "%s:%d: the library does not print or exit: %s\n", FILENAME, FNR, substr(line, RSTART, RLENGTH)
}
AWK
	)
}

# What the compiler made of it, for calls that a macro hides.
in_objects()
{
	nm -A -u "$build/sdk/src/libskep.a" | awk -v calls="^(__)?($calls|stdout|stderr|__assert_fail)(_chk)?(@.*)?$" '
		{ at = $1; sub(/:$/, "", at); sub(/.*\//, "", at) }
		$NF ~ calls && at !~ /perror\.c\.o/ { print at ": uses " $NF }'
}

claim library_source_does_not_print_or_exit in_source
[[ -z $build ]] || claim library_objects_do_not_print_or_exit in_objects
finish
