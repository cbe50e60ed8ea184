# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The rules that go beyond one test on one kernel. Reads the expectations and the rows of all
# kernels, prints the rows with what the rules make of them:
#   - a case skipped on every kernel fails: nothing shows its claim; of a test that is there once for
#     each way to compile its program, one of them may show it;
#   - a case that is expected to pass on a kernel and is skipped there fails;
#   - an expected case that did not run at all fails, when everything was run.
#
#	awk -v kernels="host 6.1" -v release="$(uname -r)" -v complete=1 \
#	    -f check.awk EXPECTED ROWS
#
# Expectations: test/case, kernel, pass|skip. The kernel "host:6.18" is the host when its release
# starts so: other people's kernels are not ours to expect things of.

BEGIN {
	FS = OFS = "\t"
	count = split(kernels, list, " ")
	for (i = 1; i <= count; i++)
		was_run[list[i]] = 1
}

FILENAME == ARGV[1] {
	if (/^#/ || NF < 3)
		next
	kernel = $2
	if (kernel ~ /^host:/) {
		if (index(release, substr(kernel, 6)) != 1)
			next
		kernel = "host"
	}
	if (kernel in was_run)
		expected[$1, kernel] = $3
	next
}

{
	key = $1 "/" $2
	any = $1
	sub(/_(clang[0-9]+(_v2|_vmlinux)?|without_core|plain|iterators)$/, "", any)
	any = any "/" $2
	whole[key] = any
	seen[key, $3] = 1
	if ($4 == "skip" && expected[key, $3] == "pass") {
		$4 = "fail"
		$5 = "expected to pass here, but skipped: " $5
	}
	if ($4 == "skip") {
		if (!(key in skipped))
			order[++skips] = key
		skipped[key] = $5
		test[key] = $1
		name[key] = $2
	} else {
		shown[any] = 1
	}
	print
}

END {
	for (i = 1; i <= skips; i++) {
		key = order[i]
		if (!(whole[key] in shown) && (complete || test[key] !~ /^kernel\//))
			print test[key], name[key], "all", "fail",
				"skipped on every kernel: " skipped[key]
	}
	for (pair in expected) {
		split(pair, part, SUBSEP)
		if (complete && !(pair in seen) && expected[pair] == "pass") {
			at = match(part[1], /\/[^\/]*$/)
			print substr(part[1], 1, at - 1), substr(part[1], at + 1), part[2], "fail",
				"expected to pass here, but there is no such case"
		}
	}
}
