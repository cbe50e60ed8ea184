#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The gallery shows each template and each example, once and with its output, and nothing that is gone.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

page=docs/guides/gallery.md

# The folders that are templates and examples: those with a .about.
shown()
{
	files '^(templates/[^./][^/]*|examples/[^/]+/[^/]+)/\.about$' | while IFS= read -r file; do
		basename "$(dirname "$file")"
	done | sort
}

parts()
{
	[[ ! -f $page ]] || sed -n 's/^### //p' "$page" | sort
}

is_complete()
{
	comm -23 <(shown) <(parts) | sed "s,^,$page:1: nothing about ,"
	comm -13 <(shown) <(parts) | sed "s,^,$page:1: there is no ,"
}

# Two lines at least: the command, and what it printed.
has_output()
{
	[[ -f $page ]] || return 0
	awk -v page="$page" '
		function close_part() {
			if (name && lines < 2)
				printf "%s:%d: no output of %s\n", page, at, name
		}
		/^### / { close_part(); name = substr($0, 5); at = NR; lines = 0 }
		/^## / { close_part(); name = "" }
		/^```/ { inside = !inside; next }
		inside && (!/^\$ / || !lines) { lines++ }
		END { close_part() }' "$page"
}

claim gallery_has_each_template_and_example is_complete
claim gallery_shows_output_of_each has_output
finish
