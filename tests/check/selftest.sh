#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Each house rule can fail: it is shown a small tree that breaks it, and must name the place.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

spdx='/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */'

# put FILE: standard input, in the tree under test.
put()
{
	mkdir -p "$(dirname "$tree/$1")"
	cat > "$tree/$1"
}

# finds RULE PATTERN: the rule fails on the tree, with a line that matches.
finds()
{
	local rule=$1 pattern=$2 log=$work/rule.log

	if SKEP_SOURCE_DIR=$tree SKEP_BUILD_DIR=${tree_build:-} "$here/$rule.sh" > "$log" 2>&1; then
		echo "$rule did not fail"
		cat "$log"
		return 1
	fi
	grep -qE -- "^# $pattern" "$log" && return
	echo "$rule does not say: $pattern"
	cat "$log"
	return 1
}

# says PATTERN: the rule that was shown to fail last has this line, too.
says()
{
	grep -qE -- "^# $1" "$work/rule.log" && return
	echo "it does not say: $1"
	return 1
}

# holds RULE: the rule passes on the tree.
holds()
{
	SKEP_SOURCE_DIR=$tree SKEP_BUILD_DIR=${tree_build:-} "$here/$1.sh" > "$work/rule.log" 2>&1 &&
		return
	cat "$work/rule.log"
	return 1
}

# repeat COUNT LINE
repeat()
{
	awk -v count="$1" -v line="$2" 'BEGIN { while (count--) print line }'
}

# A tree that breaks no rule.
good_tree()
{
	tree=$work/tree
	tree_build=
	rm -rf "$tree"
	mkdir -p "$tree"
	cp -r "$root/LICENSES" "$root/.clang-format" "$root/.shellcheckrc" "$tree"
	{
		echo "$spdx"
		printf '#include <stdbool.h>\n\nint skep_a(void);\n'
	} | put sdk/include/skep/base.h
	{
		echo "$spdx"
		printf '#include <skep/base.h>\n\nint skep_a(void)\n{\n\treturn 0;\n}\n'
	} | put sdk/src/base/a.c
	mkdir -p "$tree/docs"
	SKEP_SOURCE_DIR=$tree "$here/api-snapshot" > "$tree/docs/api.txt"
}

good_tree_passes()
{
	local rule

	for rule in includes names api licences format printing sizes words shellcheck; do
		holds "$rule" || return 1
	done
}

includes_upwards()
{
	printf '%s\n#include <skep/loop.h>\n#include "run/loop.h"\n' "$spdx" | put sdk/src/object/x.c
	: | put sdk/include/skep/loop.h
	: | put sdk/src/run/loop.h
	finds includes 'sdk/src/object/x.c:2: object may not include <skep/loop.h>'
	finds includes 'sdk/src/object/x.c:3: object may not include "run/loop.h"'
}

base_includes_libbpf()
{
	printf '#include <bpf/libbpf.h>\n' | put sdk/src/base/x.c
	finds includes 'sdk/src/base/x.c:1: base may not include <bpf/libbpf.h>'
}

public_header_includes_private()
{
	printf '#include "fail.h"\n' | put sdk/include/skep/error.h
	finds includes 'sdk/include/skep/error.h:1: public headers'
	printf '#include <bpf/libbpf.h>\n' | put sdk/include/skep/error.h
	finds includes 'sdk/include/skep/error.h:1: public headers'
}

bpf_header_includes_libc()
{
	printf '#include <stdio.h>\n' | put bpf-headers/skep/bpf/x.h
	finds includes 'bpf-headers/skep/bpf/x.h:1: BPF-side headers'
}

command_includes_private()
{
	printf '#include "object/object.h"\n' | put sdk/cli/main.c
	finds includes 'sdk/cli/main.c:1: cli uses public headers'
}

private_header_is_installed()
{
	tree_build=$work/install-build
	mkdir -p "$tree_build"
	printf 'file(INSTALL "%s" DESTINATION "${CMAKE_INSTALL_PREFIX}/include/skep")\n' \
		"$tree/sdk/include/skep/base.h" "$tree/private.h" > "$tree_build/cmake_install.cmake"
	: | put private.h
	finds includes 'installed, and not public: skep/private.h'
}

header_has_foreign_names()
{
	local name

	printf '#define LIMIT 3\n\nstruct point {\n\tint x;\n};\nint open_it(int a);\ntypedef int number;\nenum { RED };\n' |
		put sdk/include/skep/base.h
	for name in '1: LIMIT' '3: point' '6: open_it' '7: number' '8: RED'; do
		finds names "sdk/include/skep/base.h:$name does not begin"
	done
}

library_has_foreign_names()
{
	local sources=$tree/sdk/src/base

	tree_build=$work/names-build
	mkdir -p "$tree_build/sdk/src"
	printf 'int helper(void);\nint helper(void) { return 0; }\nint skep_b(void);\nint skep_b(void) { return 0; }\n' \
		> "$sources/b.c"
	gcc -fPIC -c -o "$work/b.o" "$sources/b.c"
	gcc -shared -o "$tree_build/sdk/src/libskep.so" "$work/b.o"
	rm -f "$tree_build/sdk/src/libskep.a"
	ar rc "$tree_build/sdk/src/libskep.a" "$work/b.o"
	finds names 'libskep.so: exports helper$'
	finds names 'libskep.a:b.o: helper$'
	finds names 'libskep.so: exports skep_b, which no public header declares'
	finds names 'libskep.so: does not export skep_a, which a public header declares'
}

interface_changes()
{
	printf 'int skep_a(int more);\n' | put sdk/include/skep/base.h
	finds api 'docs/api.txt: gone: int skep_a\(void\)'
	finds api 'docs/api.txt:[0-9]+: new: int skep_a\(int more\)'
	finds api 'where this is meant: tests/check/api-snapshot > docs/api.txt'
}

licence_is_missing_or_wrong()
{
	printf 'int x;\n' | put sdk/src/base/x.c
	echo "$spdx" | put templates/t/main.c
	printf '#!/bin/sh\n' | put scripts/x
	rm "$tree/LICENSES/BSD-2-Clause.txt"
	finds licences 'sdk/src/base/x.c:1: no SPDX'
	finds licences 'templates/t/main.c:1: says LGPL-2.1-only OR BSD-2-Clause; it is 0BSD'
	finds licences 'scripts/x:1: no SPDX'
	finds licences 'LICENSES/BSD-2-Clause.txt: is missing'
}

layout_is_wrong()
{
	printf 'int  a;\nint f(void){return 0;}\n' | put sdk/src/base/x.c
	finds format 'sdk/src/base/x.c:1: not laid out'
}

library_prints()
{
	printf '#include <stdio.h>\n/* printf("no"); */\nvoid f(void)\n{\n\tprintf("x");\n\texit(1);\n}\n' |
		put sdk/src/base/x.c
	printf '#include <stdio.h>\nvoid f(void)\n{\n\tfputs("printf(", stderr);\n}\n' |
		put sdk/src/base/y.c
	finds printing 'sdk/src/base/x.c:5: .*printf'
	finds printing 'sdk/src/base/x.c:6: .*exit'
	finds printing 'sdk/src/base/y.c:4: .*stderr'
	! finds printing 'sdk/src/base/x.c:2:' > /dev/null || return 1
	tree_build=$work/print-build
	mkdir -p "$tree_build/sdk/src"
	gcc -w -c -o "$work/x.o" "$tree/sdk/src/base/x.c"
	ar rc "$tree_build/sdk/src/libskep.a" "$work/x.o"
	finds printing 'libskep.a:x.o: uses exit'
}

file_or_function_is_too_large()
{
	{
		printf 'int f(void)\n{\n'
		repeat 61 $'\tf();'
		printf '}\n\nstatic int g(int a,\n\t     int b)\n{\n'
		repeat 41 $'\tf();'
		printf '}\n'
	} | put sdk/src/base/x.c
	repeat 501 'int f(void);' | put sdk/src/base/y.c
	{
		printf 'static const int table[] = {\n'
		repeat 600 $'\t1,'
		printf '};\n'
	} | put sdk/src/base/z.c
	finds sizes 'sdk/src/base/x.c:2: f\(\) has 61 lines, at most 60'
	finds sizes 'sdk/src/base/y.c:1: the file has 501 lines, at most 500'
	! finds sizes 'sdk/src/base/z.c' > /dev/null || return 1
}

example_is_too_long()
{
	{
		printf '/* %s\n' 'Not code.'
		repeat 200 ' * Nor this.'
		printf ' */\n\n'
		repeat 100 'int f(void); /* one */'
	} | put examples/tracing/x/main.c
	repeat 49 'int g(void);' | put examples/tracing/x/x.bpf.c
	repeat 149 'int f(void);' | put examples/tracing/y/main.c
	holds sizes || return 1
	repeat 50 'int g(void);' | put examples/tracing/x/x.bpf.c
	finds sizes 'examples/tracing/x/.*:1: examples/tracing/x has 150 lines of code'
	! finds sizes 'tracing/y' > /dev/null || return 1
}

kernel_tag_is_wrong()
{
	mkdir -p "$tree/tests/check"
	printf 'helper\tbpf_new\t9\t5.8\tx\nmap\tBPF_MAP_TYPE_NEW\t9\t5.10\tx\n' | put sdk/src/kernel/since.tsv
	printf 'skep_user\tBPF_MAP_TYPE_NEW\nskep_gone\tbpf_new\n' | put tests/check/kernel_tags.tsv
	printf '/** Made for it. @kernel{5.4} */\nstatic int skep_made(void)\n{\n\treturn bpf_new();\n}\n\n/** Untagged. */\n#define skep_uses() skep_made()\n' |
		put bpf-headers/skep/bpf/x.h
	printf '/** @kernel{5.8} */\nint skep_user(void);\n\n/** @kernel{5.8} */\nint skep_other(void);\n\n/** @kernel{new} */\nint skep_odd(void);\n' |
		put sdk/include/skep/x.h
	finds kernel_tags 'bpf-headers/skep/bpf/x.h:1: skep_made says @kernel\{5.4\}, and since.tsv 5.8'
	finds kernel_tags 'bpf-headers/skep/bpf/x.h:7: skep_uses needs @kernel\{5.8\}'
	finds kernel_tags 'sdk/include/skep/x.h:1: skep_user says @kernel\{5.8\}, and since.tsv 5.10'
	finds kernel_tags 'sdk/include/skep/x.h:4: skep_other: add to tests/check/kernel_tags.tsv'
	finds kernel_tags 'sdk/include/skep/x.h:7: @kernel\{new\} does not begin with a version'
	finds kernel_tags 'tests/check/kernel_tags.tsv:2: skep_gone has no'
}

documentation_is_missing()
{
	command -v doxygen > /dev/null || { echo "no doxygen"; return 1; }
	tree_build=$build
	printf '/**\n * @file\n * A header.\n */\n\nint skep_none(void);\n\n/**\n * Half.\n * @param a one\n * @return 0\n */\nint skep_half(int a, int b);\n\n/**\n * No result.\n * @param a one\n */\nint skep_result(int a);\n\n#define SKEP_BARE 1\n' |
		put sdk/include/skep/base.h
	printf 'int skep_x;\n' | put sdk/include/skep/log.h
	export SKEP_DOXYGEN_INPUT=$tree/sdk/include
	finds doxygen 'sdk/include/skep/log.h:1: no @file'
	finds doxygen 'sdk/include/skep/base.h:6: .*skep_none.*not documented'
	finds doxygen "sdk/include/skep/base.h:10: .*skep_half.*not documented: *parameter 'b'"
	finds doxygen 'sdk/include/skep/base.h:17: .*return type of member skep_result'
	finds doxygen 'sdk/include/skep/base.h:21: .*SKEP_BARE'
}

# The headers are the real ones here: the good tree's have nothing to compile against.
snippet_does_not_compile()
{
	tree_build=$build
	rm -rf "$tree/sdk/include"
	cp -r "$root/sdk/include" "$tree/sdk/include"
	cp -r "$root/bpf-headers" "$tree/bpf-headers"
	# Their own snippets are hundreds, and are compiled by the rule itself.
	find "$tree/sdk/include" "$tree/bpf-headers" -name '*.h*' -exec sed -i '/@code/,/@endcode/d' {} +
	printf '%s\n' 'Text' '```c' 'int err = skep_object_load(object);' '' 'if (err)' '	return skep_perror(1);' '```' |
		put docs/fragment.md
	printf '%s\n' '```c' '#include <stdio.h>' 'int f(void)' '{' '	return g();' '}' '```' | put docs/whole.md
	printf '%s\n' '```c bpf' 'skep_emit(ctx, &nothing, e)' '	e->pid = 1;' '```' | put docs/kernel.md
	printf '%s\n' '```sh' 'if true; do' '```' | put docs/shell.md
	printf '%s\n' '<!-- run -->' '```sh' 'false' '```' | put docs/run.md
	printf '%s\n' '<!-- not compiled: it shows what is wrong -->' '```c' 'no C at all' '```' | put docs/skipped.md
	printf '/**\n * @file\n *\n * @code{.c}\n * skep_no_such_call();\n * @endcode\n */\n' | put sdk/include/skep/x.h
	finds snippets 'docs/fragment.md:6:.*(error|warning)'
	says 'docs/whole.md:5:.*error'
	says 'docs/kernel.md:2:.*error'
	says 'docs/shell.md:1: '
	says 'docs/run.md:2: '
	says 'sdk/include/skep/x.h:5:.*error'
	! says 'docs/skipped.md' > /dev/null || return 1
}

bpf_name_is_used_by_nobody()
{
	printf '%s\n' '#define skep_used(x) skep_inner(x)' '#define skep_inner(x) (x)' \
		'/** skep_alone(): a word for it is no use. */' '#define skep_alone(x) (x)' \
		'SKEP_INLINE_ int skep_also(int a)' '{' $'\treturn a;' '}' | put bpf-headers/skep/bpf/x.h
	printf 'int p(void) { return skep_used(1); } /* skep_alone */\n' | put tests/bpf/x.bpf.c
	finds bpf_names 'bpf-headers/skep/bpf/x.h:4: no program of the tests uses skep_alone'
	finds bpf_names 'bpf-headers/skep/bpf/x.h:5: no program of the tests uses skep_also'
	! finds bpf_names '.*skep_(used|inner)' > /dev/null || return 1
}

private_things_are_named()
{
	# In pieces: this file is checked too.
	printf 'a\nsee https://pypi%sorg/x\n' . | put docs/a.md
	printf 'cp /%s/me/x .\n' home | put scripts/b
	printf 'cp x /%s/main/x\n' work | put scripts/c
	printf 'as Clau%s says\n' de | put docs/d.md
	printf 'cd "${dir}/%s/x" ~/%s/y $x/%s/z\n' home work root | put scripts/fine
	finds words 'docs/a.md:2:'
	finds words 'scripts/b:1:'
	finds words 'scripts/c:1:'
	finds words 'docs/d.md:1:'
	! finds words 'scripts/fine' > /dev/null || return 1
}

gallery_lacks_something()
{
	echo 'what it is for' | put templates/a/.about
	echo 'what it is for' | put templates/.common/.about
	echo 'what it is for' | put examples/tracing/b/.about
	printf '%s\n' '### a' '```text' '$ a' 'output' '```' '### c' '```text' '$ c' '```' |
		put docs/guides/gallery.md
	finds gallery 'docs/guides/gallery.md:1: nothing about b'
	says 'docs/guides/gallery.md:1: there is no c'
	says 'docs/guides/gallery.md:6: no output of c'
	! says '.*( a|common)$' > /dev/null || return 1
}

script_is_careless()
{
	printf '#!/usr/bin/env bash\nrm -r $1\n' | put scripts/x
	printf '#!/bin/sh\nfoo() {\n\tlocal a=$(ls)\n\techo $a\n}\n' | put scripts/y
	finds shellcheck 'scripts/x:2:.*SC2086'
	finds shellcheck 'scripts/y:3:.*SC3043'
}

tidy_check_is_disabled_without_reason()
{
	printf 'Checks: >\n  bugprone-*,\n  -bugprone-reserved-identifier\n' | put .clang-tidy
	finds tidy '.clang-tidy:3: -bugprone-reserved-identifier'
}

# Each with a fresh tree.
shows()
{
	good_tree
	"$1"
}

need clang gcc
for rule in good_tree_passes includes_upwards base_includes_libbpf public_header_includes_private \
	bpf_header_includes_libc command_includes_private private_header_is_installed \
	header_has_foreign_names library_has_foreign_names interface_changes \
	licence_is_missing_or_wrong layout_is_wrong library_prints file_or_function_is_too_large \
	example_is_too_long kernel_tag_is_wrong bpf_name_is_used_by_nobody private_things_are_named gallery_lacks_something script_is_careless \
	tidy_check_is_disabled_without_reason; do
	claim "$rule" shows "$rule"
done
if [[ -n $build ]]; then
	for rule in documentation_is_missing snippet_does_not_compile; do
		claim "$rule" shows "$rule"
	done
fi
finish
