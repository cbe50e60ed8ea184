#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Headers that `skep gen` writes: of hard types, two in one source, of an older version.
# shellcheck source=tests/compile/common.sh
. "$SKEP_SOURCE_DIR/tests/compile/common.sh"
here=$SKEP_SOURCE_DIR/tests/compile

# All compilers take the source.
everywhere() # CLAIM SOURCE FLAGS...
{
	local claim=$1 source=$2 compiler
	shift 2
	for compiler in gcc clang-14 clang-19; do
		have $compiler || { skip "$claim [$compiler]" "no $compiler"; continue; }
		compiles "$claim [$compiler]" $compiler "${c_flags[@]}" "$@" "$source"
	done
	for compiler in g++ clang++-14 clang++-19; do
		have $compiler || { skip "$claim [$compiler]" "no $compiler"; continue; }
		compiles "$claim [$compiler]" $compiler "${cpp_flags[@]}" "$@" "$source"
	done
}

# The same bits in the same places.
run_layout() # COMPILER DIR
{
	"$1" -std=c11 -I "$include" -I "$2" -I "$hard" "$here/layout.c" -o "$2/layout" \
		-Wl,--unresolved-symbols=ignore-all && "$2/layout"
}

for clang in clang-14 clang-19; do
	have $clang || { skip "hard types [$clang]" "no $clang"; continue; }
	dir=$work/$clang
	compiles "a header of hard types is written [$clang]" \
		generate $clang "$hard/hard.bpf.c" "$dir" --header "$hard/hard.h"
	printf '#include "hard.skep.h"\n#include "hard.skep.h"\n' > "$dir/x.c"
	everywhere "hard types of $clang" "$dir/x.c" -I "$dir" -I "$hard"
	for compiler in gcc clang-14 clang-19; do
		have $compiler || continue
		compiles "hard types of $clang have their layout [$compiler]" \
			run_layout $compiler "$dir"
	done
	compiles "without the user's header all types are written [$clang]" \
		generate $clang "$hard/hard.bpf.c" "$dir/alone"
	printf '#include "hard.skep.h"\n' > "$dir/alone/x.c"
	everywhere "hard types of $clang without headers" "$dir/alone/x.c" -I "$dir/alone"
done

# Another object, under a name that C and C++ have taken, with a type and a map of the same name.
clang=$(any_clang)
dir=$work/two
mkdir -p "$dir"
cat > "$dir/switch.bpf.c" <<'SOURCE'
#include <skep/bpf/core.h>
struct value { __u32 number; };
SKEP_HASH(map, __u32, struct value, 4);
SKEP_RINGBUF(ring, struct value, 4096);
int count;
SKEP_LICENSE("GPL");
SEC("raw_tp/sys_enter") int program(void *ctx) { skep_emit(ctx, &ring, e) e->number = 1; return count; }
SOURCE
for name in switch class first second; do
	compiles "an object may be called $name" generate "$clang" "$dir/switch.bpf.c" "$dir" \
		--name $name
	mv "$dir/switch.skep.h" "$dir/$name.h"
done
printf '#include "%s.h"\n' switch class first second > "$dir/x.c"
everywhere "four generated headers in one source" "$dir/x.c" -I "$dir"

for name in skep skep_app; do
	fails_saying "names that begin with skep are skep's own" "an object may not be called $name" \
		generate "$clang" "$dir/switch.bpf.c" "$dir" --name $name
done
long=$(printf 'x%.0s' {1..64})
fails_saying "has 64 letters" "an object's name may not have 64 letters" \
	generate "$clang" "$dir/switch.bpf.c" "$dir" --name "$long"

# The library of the next version takes this header, that after the next says what to do.
api=$(sed -n 's/^#define SKEP_GEN_API //p' "$include/skep/gen.h")
printf '#include "first.h"\n' > "$dir/x.c"
for step in 1 2; do
	newer=$work/newer$step
	mkdir -p "$newer"
	cp -r "$include/skep" "$newer/"
	sed -i "s/^#define SKEP_GEN_API .*/#define SKEP_GEN_API $((api + step))/" "$newer/skep/gen.h"
	flags=(-std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$newer" -I "$dir")
	if [[ $step = 1 ]]; then
		compiles "the next version of skep takes the header" gcc "${flags[@]}" "$dir/x.c"
	else
		fails_saying "skep: write this header again" \
			"the one after asks to write it again" gcc "${flags[@]}" "$dir/x.c"
	fi
done
finish
