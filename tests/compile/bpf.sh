#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Use of the BPF side's macros: what must compile does, what must not says why.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile

for compiler in clang-14 clang-19; do
	have $compiler || { skip "BPF [$compiler]" "no $compiler"; continue; }
	run_cases "$here/bpf.cases" "$here/bpf.h" $compiler $compiler "${bpf_flags[@]}"
	run_cases "$here/bpf_maps.cases" "$here/bpf_maps.h" $compiler $compiler "${bpf_flags[@]}"
	run_cases "$here/bpf_trace.cases" "$here/bpf_trace.h" $compiler $compiler "${bpf_flags[@]}"
	run_cases "$here/bpf_log.cases" "$here/bpf_log.h" $compiler $compiler "${bpf_flags[@]}" -g
done

# SOURCE, whose pairs typed_NAME() and bare_NAME() must be the same instructions: at least 10 pairs.
costs_nothing() # COMPILER SOURCE FLAGS...
{
	local compiler=$1 source=$2
	shift 2
	# Without debugging information, of which each function has its own.
	"$compiler" "${bpf_flags[@]}" "$@" -g0 -o "$work/cost.s" "$source" &&
		awk '
			/^(typed|bare)_[a-z_]+:/ { name = $1; sub(/:.*/, "", name); n = 0; next }
			/^[.]?L[A-Za-z_]*end/ { name = "" }
			name != "" && /^[ \t]+[^.# \t]/ {
				sub(/[ \t]*#.*/, "")
				gsub(/LBB[0-9]+_/, "LBB_")
				code[name] = code[name] $0 "\n"
			}
			END {
				for (name in code)
					if (name ~ /^typed_/) {
						bare = name
						sub(/^typed_/, "bare_", bare)
						pairs++
						if (code[name] != code[bare]) {
							print name " is\n" code[name] "not\n" code[bare]
							failed = 1
						}
					}
				exit failed || pairs < 10
			}' "$work/cost.s"
}

for compiler in clang-14 clang-19; do
	have $compiler || { skip "cost [$compiler]" "no $compiler"; continue; }
	for cpu in v2 v3; do
		compiles "typed calls are the helper's instructions [$compiler, -mcpu=$cpu]" \
			costs_nothing $compiler "$here/bpf_cost.c" -mcpu=$cpu
	done
done

# A message that is compiled out leaves nothing: no instruction, no variable, no map.
cat > "$work/quiet.c" <<'SOURCE'
#include <skep/bpf/core.h>
#ifdef WITHOUT
#define skep_warn(...) (void)name
#define skep_info(...) (void)name
#else
#include <skep/bpf/log.h>
#endif
SEC("xdp") int see(struct xdp_md *ctx)
{
	char name[8] = "name";

	skep_warn("%s of %u", name, ctx->rx_queue_index);
	if (ctx->rx_queue_index)
		skep_info("%s", skep_str(ctx));
	return XDP_PASS;
}
SOURCE
leaves_nothing() # COMPILER LEVEL
{
	"$1" "${bpf_flags[@]}" -g0 -DWITHOUT -o "$work/without.s" "$work/quiet.c" &&
		"$1" "${bpf_flags[@]}" -g0 -DSKEP_LOG_LEVEL="$2" -o "$work/quiet.s" "$work/quiet.c" &&
		cmp "$work/without.s" "$work/quiet.s"
}
for compiler in clang-14 clang-19; do
	have $compiler || { skip "compiled out [$compiler]" "no $compiler"; continue; }
	compiles "messages that are compiled out leave nothing [$compiler]" leaves_nothing $compiler 0
	compiles "the same by the level's name [$compiler]" leaves_nothing $compiler SKEP_LOG_OFF
done

# What a map gives is of its type also without -Werror, and the message is one that can be read.
cat > "$work/other.c" <<'SOURCE'
#include <skep/bpf/core.h>
struct value {
	__u64 packets;
};
struct other {
	__u64 bytes;
};
SKEP_HASH(values, __u32, struct value, 10);
SEC("xdp") int get(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct other *other = skep_map_get(&values, &key);

	return other ? XDP_DROP : XDP_PASS;
}
SOURCE
for compiler in clang-14 clang-19; do
	have $compiler || { skip "get into another type [$compiler]" "no $compiler"; continue; }
	fails_saying "struct value) *' (aka 'struct value *')" "get into another type [$compiler]" \
		$compiler "${bpf_flags[@]/-Werror/-Wno-unused}" "$work/other.c"
done

# What older compilers and processors lack is said.
printf '#include <skep/bpf/core.h>\nSKEP_ARENA(arena, 10);\n' > "$work/arena.c"
! have clang-14 || fails_saying "skep: an arena needs clang 19 or newer" \
	"an arena with clang 14" clang-14 "${bpf_flags[@]}" "$work/arena.c"
cat > "$work/arena.c" <<'SOURCE'
#include <skep/bpf/core.h>
struct node {
	struct node SKEP_IN_ARENA *next;
};
SKEP_ARENA(arena, 10);
struct node SKEP_IN_ARENA *head;
SEC("syscall") int add(void *ctx)
{
	struct node SKEP_IN_ARENA *node = skep_arena_alloc(&arena, 1);

	if (!node)
		return 1;
	node->next = head;
	head = node;
	skep_arena_free(&arena, node, 1);
	return 0;
}
SOURCE
! have clang-19 || compiles "an arena with clang 19" clang-19 "${bpf_flags[@]}" "$work/arena.c"
printf '#include <skep/bpf/core.h>\n__u64 f(__u64 *p) { return skep_atomic_exchange(p, 1); }\n' \
	> "$work/atomic.c"
fails_saying "skep: this atomic operation needs -mcpu=v3" "an atomic exchange on the BPF CPU v2" \
	"$(any_clang)" "${bpf_flags[@]}" -mcpu=v2 -USKEP_BPF_CPU_V3 "$work/atomic.c"
printf '#include <skep/skep.h>\n' > "$work/user.c"
fails_saying "skep: <skep/...> is for user space; BPF programs include <skep/bpf/...>" \
	"a header of user space in a BPF program" "$(any_clang)" "${bpf_flags[@]}" "$work/user.c"
finish
