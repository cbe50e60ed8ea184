#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Each public name of the BPF-side headers is in a program that the tests run in a kernel.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unused_names()
{
	{
		files '^(tests/(bpf|testing|examples)|examples)/.*\.bpf\.c$'
		files '^tests/bpf/.*\.h$'
		# Not what only takes names away.
		files '^bpf-headers/.*\.h$' | grep -v '/portable/outside\.h$'
	} | over awk -f "$here/bpf_names.awk"
}

claim every_public_bpf_name_runs_in_a_kernel unused_names
finish
