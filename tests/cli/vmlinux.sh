#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# `skep vmlinux`: of this kernel, of an object, of raw BTF, of the other byte order.
# shellcheck source=common.sh
. "$SKEP_SOURCE_DIR/tests/cli/common.sh"

KERNEL_BTF=/sys/kernel/btf/vmlinux
compile tracer.bpf.c tracer.bpf.o
compile tracer.bpf.c big.bpf.o -target bpfeb

# is_vmlinux_h FILE STRUCT MEMBER [CLANG]: compiles as vmlinux.h in place of every other header.
is_vmlinux_h()
{
	mkdir -p headers
	cp "$1" headers/vmlinux.h
	cat > uses.bpf.c <<- END
		#include <vmlinux.h>
		#include <vmlinux.h>
		#ifdef VMLINUX
		#include <bpf/bpf_helpers.h>
		#include <bpf/bpf_core_read.h>
		#endif
		int uses(struct $2 *from)
		{
			return from->$3;
		}
	END
	"${4:-clang}" ${4:+-DVMLINUX} -O2 -g -target bpf -Iheaders -Wall -Werror -c uses.bpf.c -o uses.bpf.o
	readelf -S uses.bpf.o > sections
	grep -q '\.BTF\.ext' sections
}

writes_this_kernels()
{
	succeeds "$skep" vmlinux
	mv says.out this.h
	for clang in clang clang-14 clang-19; do
		command -v "$clang" > /dev/null || continue
		is_vmlinux_h this.h task_struct pid "$clang"
	done
	succeeds "$skep" vmlinux -o file.h
	[[ ! -s says.out ]]
	cmp this.h file.h
	succeeds "$skep" vmlinux "$KERNEL_BTF"
	cmp this.h says.out
}

writes_an_objects()
{
	succeeds "$skep" vmlinux tracer.bpf.o
	mv says.out object.h
	is_vmlinux_h object.h report number
	llvm-objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc tracer.bpf.o raw.btf
	succeeds "$skep" vmlinux raw.btf
	cmp says.out object.h
}

# As in an image that is not compressed: among other bytes, some of which look like its beginning.
writes_an_images()
{
	{
		printf 'MZ\237\353\1\0nothing\237\353'
		head -c 40 raw.btf
		cat raw.btf
		printf 'code and data'
	} > image
	succeeds "$skep" vmlinux image
	cmp says.out object.h
}

# Behind other headers each of its types would be an error.
says_that_it_comes_first()
{
	local clang=clang

	command -v clang-14 > /dev/null && clang="clang-14"
	printf '#include <linux/bpf.h>\n#include "this.h"\n' > late.c
	! $clang -target bpf -idirafter "/usr/include/$(uname -m)-linux-gnu" -c late.c -o late.o 2> late.err || return 1
	grep 'error:' late.err
	[[ $(grep -c 'error:' late.err) = 1 ]]
	grep -q 'skep: vmlinux.h comes first' late.err
}

writes_the_other_byte_order()
{
	succeeds "$skep" vmlinux big.bpf.o
	mv says.out big.h
	is_vmlinux_h big.h report number
	cmp big.h object.h
	llvm-objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc big.bpf.o big.btf
	[[ $(od -An -tx1 -N2 big.btf) = ' eb 9f' ]]
	succeeds "$skep" vmlinux big.btf
	cmp says.out object.h
}

refuses_what_has_no_btf()
{
	says 1 'there is no nowhere' "$skep" vmlinux nowhere
	says 1 'hint: ' "$skep" vmlinux nowhere
	says 1 "has no BTF that can be read" "$skep" vmlinux "$objects/tracer.bpf.c"
	says 1 "has no BTF that can be read" "$skep" vmlinux "$work"
	says 1 "has no BTF that can be read" "$skep" vmlinux /dev/null
	: > empty
	says 1 "has no BTF that can be read" "$skep" vmlinux empty
	says 1 "has no BTF that can be read" "$skep" vmlinux "$skep"
	clang -O2 -target bpf -c -x c - -o plain.o <<< 'int f(void) { return 0; }'
	says 1 "has no BTF that can be read" "$skep" vmlinux plain.o
}

# Every cut is refused, or is whole: never a crash, never half a file.
refuses_truncated()
{
	local from at bytes status

	for from in tracer.bpf.o raw.btf big.btf; do
		bytes=$(stat -c %s "$from")
		for ((at = 0; at < bytes; at += 128)); do
			head -c "$at" "$from" > part
			rm -f cut.h
			status=0
			timeout 10 "$skep" vmlinux -o cut.h part 2> says.err || status=$?
			[[ $status -eq 1 && ! -e cut.h ]] || { echo "$from at $at: $status"; return 1; }
			is_plain says.err
		done
	done
}

keeps_the_old_file_on_failure()
{
	mkdir -p limited && mount -t tmpfs -o size=64k tmpfs limited
	echo precious > limited/old.h
	says 1 'cannot write limited/old.h: No space left' "$skep" vmlinux -o limited/old.h
	[[ $(cat limited/old.h) = precious && $(ls -A limited) = old.h ]]
	rm limited/old.h
	says 1 'cannot write limited/new.h: No space left' "$skep" vmlinux -o limited/new.h
	is_empty limited
	mount -o remount,ro limited
	says 1 'Read-only file system' "$skep" vmlinux -o limited/new.h
	umount limited
	says 1 'No such file' "$skep" vmlinux -o nowhere/new.h tracer.bpf.o
}

needs_no_privilege()
{
	if [[ $EUID -eq 0 ]]; then
		install_skep "$work/prefix" > install.log 2>&1
		succeeds ./as '' "$work/prefix/bin/skep" vmlinux
	else
		succeeds "$skep" vmlinux
	fi
	cmp says.out this.h
}

if [[ -r $KERNEL_BTF ]]; then
	claim "this kernel's types compile as vmlinux.h" writes_this_kernels
	claim "and anybody may read them" needs_no_privilege
else
	skip "this kernel's types compile as vmlinux.h" "no $KERNEL_BTF"
fi
claim "an object's types compile as vmlinux.h; raw BTF gives the same" writes_an_objects
claim "so does a kernel's image that has it somewhere" writes_an_images
claim "behind other headers it is one error, which says that it comes first" says_that_it_comes_first
claim "BTF of the other byte order gives the same" writes_the_other_byte_order
claim "no file, no BTF: one line, status 1" refuses_what_has_no_btf
claim "BTF cut at every 128 bytes: one line, status 1, no file" refuses_truncated
if [[ $EUID -eq 0 && -r $KERNEL_BTF ]]; then
	claim "a full or read-only disk: one line, status 1, the old file as it was" \
		keeps_the_old_file_on_failure
fi
finish
