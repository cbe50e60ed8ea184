# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# portable.tsv: a bpf_helpers.h that declares what eBPF for Windows has by that table, and nothing else.
# Not Windows' header: what the table does not have does not compile with it, and no more is shown.
BEGIN {
	FS = "\t"
	tag["xdp_md"] = "xdp_md_"
	tag["bpf_sock_addr"] = "bpf_sock_addr"
	tag["bpf_sock_ops"] = "_bpf_sock_ops"
	print "#pragma once\n#include <stdbool.h>\n#include <stdint.h>"
	print "typedef int32_t __s32;\ntypedef int64_t __s64;\ntypedef uint16_t __u16;"
	print "typedef uint32_t __u32;\ntypedef uint64_t __u64;"
	print "#define NULL ((void *)0)\n#define SEC(name) __attribute__((section(name)))"
	print "#define __uint(name, value) int(*name)[value]"
	print "#define __type(name, type) typeof(type) *name"
	print "#define __array(name, type) typeof(type) *name[]"
	print "#define bpf_printk(fmt, ...) bpf_trace_printk(\"\" fmt, sizeof(fmt), ##__VA_ARGS__)"
	print "static long (*const bpf_trace_printk)(const char *, uint32_t, ...) = (void *)12;"
}
/^#/ || $3 == "linux" || $2 == "bpf_trace_printk" { next }
$1 == "map" || $1 == "value" { numbers = numbers "\t" $2 " = " $4 ",\n" }
$1 == "field" {
	split($2, at, ".")
	type = $4
	after = ""
	if (sub(/\[4\]$/, "", type))
		after = "[4]"
	members[at[1]] = members[at[1]] "\t" type " " at[2] after ";\n"
}
# Only what the table has a prototype of: what is Windows' own is no concern of portable programs.
$1 == "helper" && $4 ~ /\(/ {
	number = $4 + 0
	prototype = $4
	sub(/^[0-9]+ /, "", prototype)
	open = index(prototype, "(")
	helpers = helpers "static " substr(prototype, 1, open - 1) " (*const " $2 ")" \
		  substr(prototype, open) " = (void *)" number ";\n"
}
END {
	printf "enum {\n%s};\n", numbers
	for (name in members)
		printf "struct %s {\n%s};\n", tag[name], members[name]
	printf "%s", helpers
}
