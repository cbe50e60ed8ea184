#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# The kernel that documentation asks for is the one of since.tsv.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wrong_tags()
{
	{
		echo sdk/src/kernel/since.tsv
		echo tests/check/kernel_tags.tsv
		# Not what only takes names away.
		files '^(sdk/include|bpf-headers)/.*\.h$' | grep -v '/portable/outside\.h$'
	} | over awk -f "$here/kernel_tags.awk"
}

claim kernel_tags_agree_with_since_tsv wrong_tags
finish
