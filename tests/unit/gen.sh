#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# What `skep gen` writes: it compiles without a warning in C11 and C++17, by gcc and clang, with
# types of every shape; and it does not compile where the two sides disagree. Objects of both clangs.
set -euo pipefail

: "${SKEP_SOURCE_DIR:?is set by scripts/test}" "${SKEP_BUILD_DIR:?is set by scripts/test}"
skep=$SKEP_BUILD_DIR/sdk/cli/skep
sources=$SKEP_SOURCE_DIR/tests/bpf/gen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
number=0 failed=0

claim()
{
	local text=$1 status

	shift
	number=$((number + 1))
	set +e
	(set -e; "$@") > claim.log 2>&1
	status=$?
	set -e
	if [[ $status -eq 0 ]]; then
		echo "ok $number - $text"
	else
		echo "not ok $number - $text"
		head -n 40 claim.log | sed 's/^/# /'
		failed=1
	fi
}

# bpf CLANG SOURCE OBJECT [FLAG...]
bpf()
{
	local clang=$1 source=$2 object=$3

	shift 3
	"$clang" -target bpf -g -O2 -std=gnu11 -mcpu=v3 -DSKEP_BPF_CPU_V3 \
		-idirafter "/usr/include/$(uname -m)-linux-gnu" -isystem "$SKEP_SOURCE_DIR/bpf-headers" \
		-isystem "$SKEP_SOURCE_DIR/sdk/include" "$@" -I"$sources" -c "$source" -o "$object"
}

# compiles KIND FILE: KIND is c or c++. With every compiler there is, and without a warning.
compiles()
{
	local compiler list std

	if [[ $1 = c ]]; then
		list="gcc clang-14 clang-19 clang" std="-std=c11 -Wconversion -x c"
	else
		list="g++ clang++-14 clang++-19 clang++" std="-std=c++17 -x c++"
	fi
	for compiler in $list; do
		command -v "$compiler" > /dev/null || continue
		# shellcheck disable=SC2086  # several words
		"$compiler" $std -Wall -Wextra -Wpedantic -Werror -I. -I"$sources" \
			-I"$SKEP_SOURCE_DIR/sdk/include" -c "$2" -o /dev/null
	done
}

fails_saying()
{
	local words=$1 file=$2

	! gcc -std=c11 -I. "${@:3}" -I"$SKEP_SOURCE_DIR/sdk/include" -c "$file" -o /dev/null 2> says ||
		return 1
	grep -F -- "$words" says
}

# What a user does with each of the headers.
write_uses()
{
	cat > use_shapes.c <<-'END'
	#include "shapes.skep.h"
	static int on_shape(const struct shape *s, void *ctx) { (void)ctx; return s->point.x; }
	static int on_tail(const struct tail *t, size_t bytes, void *ctx)
	{ (void)ctx; return t->data[0] + (int)bytes; }
	int use(struct shapes *app, struct skep_loop *loop);
	int use(struct shapes *app, struct skep_loop *loop)
	{
		struct shapes_consts *consts = shapes_consts(app);
		consts->first_shape.inner.b = 3;
		consts->favourite = 7;
		consts->addresses[3] = 9;
		shapes_bss(app)->pairs[1][1].low = 1;
		return shapes_on_shapes(app, loop, on_shape, 0) || shapes_on_tails(app, loop, on_tail, 0) ||
			shapes_resize_by_inner(app, 5) || !shapes_program_run(app) || !!shapes_link_run(app);
	}
	END
	cat > use_own.c <<-'END'
	#include "own.skep.h"
	static int on_record(const struct own_types__record *r, void *ctx)
	{
		(void)ctx;
		return r->parts[1][2].c + r->x + r->named.inside.deeper == 0 && r->class_ &&
			r->new_ && r->delete_[2] && r->low && r->rest;
	}
	int use(struct own_types *app, struct skep_loop *loop);
	int use(struct own_types *app, struct skep_loop *loop)
	{
		own_types_consts(app)->matrix[1][2] = 5;
		own_types_consts_limits(app)->limit = 4;
		own_types_data_counters(app)->counter = 1;
		own_types_bss_zeros(app)->zero = 1;
		own_types_bss(app)->operator_ = true;
		own_types_bss(app)->tight.value = 2;
		return own_types_on_records(app, loop, on_record, 0) || own_types_resize_untyped(app, 3) ||
			own_types_resize_plain_ring(app, 8192) || !own_types_program_export(app);
	}
	END
	cat > use_all.c <<-'END'
	#include "shapes.skep.h"
	#include "own.skep.h"
	#include "nothing.skep.h"
	#include "shapes.skep.h"
	int use(struct shapes **a, struct own_types **b, struct nothing **c);
	int use(struct shapes **a, struct own_types **b, struct nothing **c)
	{
		return shapes_open(a, NULL) || own_types_open(b, NULL) || nothing_open(c, NULL) ||
			nothing_load(*c) || nothing_attach(*c);
	}
	END
}

write_kinds()
{
	cat > use_kinds.c <<-'END'
	#include "kinds.skep.h"
	int use(struct kinds *app, int fd);
	int use(struct kinds *app, int fd)
	{
		kinds_hash_of_maps_map outer = kinds_map_hash_of_maps(app);
		kinds_array_of_maps_inner inner = { .map = NULL };
		kinds_queue_map queue = kinds_map_queue(app);
		kinds_percpu_hash_map percpu;

		inner.key->from = outer.key->from;
		queue.value->parts[2].b[1] = 5;
		return kinds_open_pinned_percpu_hash(&percpu, "/sys/fs/bpf/x") || kinds_adopt_stack(&(kinds_stack_map){ .map = NULL }, fd) ||
			!kinds_map_cgroups(app).map || !kinds_map_xskmap(app).map || !kinds_map_programs(app).map ||
			!kinds_map_sockhash(app).key->port || !kinds_map_sk_storage(app).value->packets ||
			!kinds_map_stacks(app).map || !kinds_map_user_ring(app).value->packets || !kinds_map_arena(app).map ||
			!kinds_map_bloom(app).value->port || !kinds_map_lru_percpu_hash(app).map ||
			!kinds_map_cgroup_storage(app).value->low || kinds_shape_hash()->value_layout->bytes != sizeof(struct kinds__value);
	}
	END
}

make_headers()
{
	"$skep" gen -q -o shapes.skep.h -H "$sources/shapes.h" shapes.bpf.o
	"$skep" gen -q -o own.skep.h own-types.bpf.o
	"$skep" gen -q -o nothing.skep.h nothing.bpf.o
	"$skep" gen -q -o kinds.skep.h kinds.bpf.o
	for header in shapes own nothing kinds; do
		echo "#include \"$header.skep.h\"" > "$header.c"
		echo 'extern int nothing_else;' >> "$header.c"
	done
}

all_compile()
{
	for file in shapes own nothing kinds use_all; do
		compiles "$1" "$file.c"
	done
	[[ $1 = c++ ]] || { compiles c use_shapes.c; compiles c use_own.c; compiles c use_kinds.c; }
}

# One change of the shared header that the BPF side has not seen.
disagrees()
{
	mkdir -p changed
	sed "$1" "$sources/shapes.h" > changed/shapes.h
	! cmp -s changed/shapes.h "$sources/shapes.h" || return 1
	fails_saying "$2" shapes.c -Ichanged
}

agrees()
{
	fails_saying "" shapes.c "-I$sources" && return 1
	return 0
}

notes_holes()
{
	"$skep" gen -o /dev/null -H "$sources/shapes.h" shapes.bpf.o 2> notes
	cat notes
	grep -q "key of map 'by_inner': struct inner has 3 bytes of padding at offset 1" notes
	grep -q "record of ring 'shapes': struct shape has 3 bytes of padding" notes
	! grep -q tights notes || return 1
	! grep -q by_address notes || return 1
	"$skep" gen -q -o /dev/null -H "$sources/shapes.h" shapes.bpf.o 2> notes
	[[ ! -s notes ]]
}

# An object in a header is the object: byte for byte.
embeds_the_object()
{
	cat > dump.c <<-'END'
	#include <stdio.h>
	#include "own.skep.h"
	int main(void)
	{
		size_t bytes = SKEP_own_types_BYTES_;
		return fwrite(own_types_elf_, 1, bytes, stdout) != bytes;
	}
	END
	gcc -w -I. -I"$SKEP_SOURCE_DIR/sdk/include" dump.c -o dump -Wl,--unresolved-symbols=ignore-all
	./dump > dumped.o
	cmp dumped.o own-types.bpf.o
}

# Every map has a handle of its kind.
kinds_have_their_handles()
{
	local map macro

	while read -r map macro; do
		grep -q "^typedef $macro(.*) kinds_${map}_map;" kinds.skep.h || { echo "$map: $macro"; return 1; }
	done <<-'END'
	hash SKEP_MAP
	array SKEP_MAP
	trie SKEP_MAP
	devmap SKEP_MAP
	cpumap SKEP_MAP
	percpu_hash SKEP_PERCPU_MAP
	percpu_array SKEP_PERCPU_MAP
	lru_percpu_hash SKEP_PERCPU_MAP
	queue SKEP_QUEUE
	stack SKEP_QUEUE
	bloom SKEP_BLOOM
	sockmap SKEP_SOCKET_MAP
	sockhash SKEP_SOCKET_MAP
	reuseport SKEP_SOCKET_MAP
	xskmap SKEP_FD_MAP
	cgroups SKEP_FD_MAP
	perf_events SKEP_FD_MAP
	programs SKEP_PROGRAM_ARRAY
	sk_storage SKEP_STORAGE
	inode_storage SKEP_STORAGE
	task_storage SKEP_STORAGE
	cgroup_storage SKEP_STORAGE
	stacks SKEP_STACKS
	array_of_maps SKEP_MAP_OF_MAPS
	hash_of_maps SKEP_MAP_OF_MAPS
	user_ring SKEP_USER_RING
	arena SKEP_ARENA
	END
	grep -q "^typedef SKEP_MAP(struct kinds__key, struct kinds__part) kinds_array_of_maps_inner;" kinds.skep.h
}

# The types of what every generated header includes, and those of headers that are found by -I.
write_known()
{
	mkdir -p other/deep
	cat > other/deep/found.h <<-'END'
	#ifndef FOUND_H
	#define FOUND_H
	struct found { __u32 a, b; };
	#endif
	END
	cat > known.h <<-'END'
	#include <linux/types.h>
	#include <deep/found.h>
	struct known { struct found found; };
	END
	cat > known.bpf.c <<-'END'
	#include <skep/bpf/core.h>
	#include <skep/types/flow.h>
	#include <skep/types/security.h>
	#include "known.h"
	SKEP_LICENSE("GPL");
	SKEP_LPM_TRIE(four, struct skep_lpm4, struct known, 8);
	SKEP_LPM_TRIE(six, struct skep_lpm6, struct found, 8);
	SKEP_HASH(flows, struct skep_flow, struct skep_file_id, 8);
	SKEP_DEVMAP(ports, 4);
	SKEP_CPUMAP(cpus, 4);
	SEC("raw_tp")
	int go(void *ctx)
	{
		struct skep_lpm4 key = {};

		return skep_map_get(&four, &key) != 0;
	}
	END
	cat > use_known.c <<-'END'
	#include "known.skep.h"
	int use(struct known_app *app, struct skep_lpm4 *a, struct skep_lpm6 *b, struct found *f);
	int use(struct known_app *app, struct skep_lpm4 *a, struct skep_lpm6 *b, struct found *f)
	{
		(void)app;
		return (int)(a->prefixlen + b->prefixlen + f->a);
	}
	END
}

known_types_keep_their_names()
{
	bpf "$1" known.bpf.c known.bpf.o -I. -Iother
	"$skep" gen known.bpf.o --name known_app --header known.h --include other -o known.skep.h
	if grep -E 'known_app__(skep_|bpf_|found|known)' known.skep.h; then
		return 1
	fi
	grep -q "^typedef SKEP_MAP(struct skep_lpm4, struct known) known_app_four_map;" known.skep.h
	grep -q "^typedef SKEP_MAP(struct skep_lpm6, struct found) known_app_six_map;" known.skep.h
	grep -q "^typedef SKEP_MAP(struct skep_flow, struct skep_file_id) known_app_flows_map;" known.skep.h
	grep -q "^typedef SKEP_MAP(uint32_t, struct bpf_devmap_val) known_app_ports_map;" known.skep.h
	gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I. -Iother -I"$SKEP_SOURCE_DIR/sdk/include" \
		-c use_known.c -o /dev/null
	g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I. -Iother \
		-I"$SKEP_SOURCE_DIR/sdk/include" -x c++ -c known.skep.h -o /dev/null
}

write_uses
write_kinds
write_known
for clang in clang-14 clang-19; do
	command -v "$clang" > /dev/null || continue
	claim "$clang: objects of all shapes are made" eval '
		for name in shapes own-types nothing kinds; do
			bpf '"$clang"' "$sources/$name.bpf.c" "$name.bpf.o"
		done'
	claim "$clang: headers are written" make_headers
	claim "$clang: types of skep, of linux/bpf.h and of headers found by --include keep their names" \
		known_types_keep_their_names "$clang"
	claim "$clang: they compile in C11, pedantic, and so do uses of all they declare" all_compile c
	claim "$clang: they compile in C++17, pedantic" all_compile c++
	claim "$clang: a map of every kind has its handle" kinds_have_their_handles
	claim "$clang: both sides agree on the shared header" agrees
	claim "$clang: a shared struct that grew does not compile" \
		disagrees 's/^\t__u64 first;/&\n\t__u64 added;/' \
		'skep: struct shape does not have the size it has in the BPF program'
	claim "$clang: two members that changed places do not compile" \
		disagrees 's/^\taddress from, to;/\taddress to, from;/' \
		'skep: struct shape.from is not where the BPF program has it'
	claim "$clang: a member that shrank behind padding does not compile" \
		disagrees 's/^\t__u8 a;/\t__u16 a;/' \
		'skep: struct inner.a is not where the BPF program has it'
	claim "$clang: a struct that is not packed any more does not compile" \
		disagrees 's/ __attribute__((packed))//' 'skep: struct tight'
	claim "$clang: the variables' type is checked as well" \
		disagrees 's/^\t__u16 low, high;/\t__u32 low, high;/' 'skep: '
	claim "$clang: holes in keys and records are told, others not, and --quiet keeps quiet" notes_holes
	claim "$clang: the object in a header is the object" embeds_the_object
done
echo "1..$number"
exit "$failed"
