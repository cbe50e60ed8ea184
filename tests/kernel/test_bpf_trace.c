// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Typed arguments at every kind of hook, and stacks: for real, where the kernel has the hook. The
 * rest of what tracing programs are written with is in test_bpf_trace_runs.c.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "bpf_trace_app.h"

#define OBJECT "bpf_trace.bpf.o"

struct skep_object *object;

void variable(const char *name, void *out, size_t bytes, bool write)
{
	const struct btf *btf = bpf_object__btf(skep_object_libbpf(object));
	const struct btf_type *sec = btf__type_by_id(
		btf, (uint32_t)btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC));
	const struct btf_var_secinfo *var = btf_var_secinfos(sec);
	char *memory = skep_object_section(object, ".bss", NULL);

	for (int i = 0; i < btf_vlen(sec); i++, var++) {
		const struct btf_type *type = btf__type_by_id(btf, var->type);

		if (strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		assert_true(bytes <= var->size);
		if (write)
			memcpy(memory + var->offset, out, bytes);
		else
			memcpy(out, memory + var->offset, bytes);
		return;
	}
	fail_msg("no variable '%s'", name);
}

/* Not those that need a hook at load: kprobes do not, fentry does. */
void load(void)
{
	static const char *const traced[] = { "on_entry", "on_exit" };
	uint32_t pid = (uint32_t)getpid();

	if (object)
		return;
	object = app_open(OBJECT);
	for (size_t i = 0; i < 2; i++)
		assert_ok(skep_program_enable(skep_object_program(object, traced[i]), false));
	if (skep_object_load(object))
		fail_msg("%s\n%s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	variable("only", &pid, sizeof(pid), true);
}

__attribute__((destructor)) static void unload(void)
{
	skep_object_free(object);
}

static struct skep_link *attach(const char *program)
{
	struct skep_link *link = NULL;

	load();
	if (skep_attach(&link, skep_object_program(object, program)))
		fail_msg("%s: %s", program, skep_error_last()->message);
	return link;
}

static struct seen_args seen(const char *name)
{
	struct seen_args s = { 0 };

	variable(name, &s, sizeof(s), false);
	return s;
}

int run(const char *program, uint64_t a, uint64_t b)
{
	load();
	return app_run(object, program, a, b);
}

/* --- hooks that fire --- */

__attribute__((noinline, noclone)) int traced_function(bool a, signed char b, unsigned short c,
						       int d, const char *e, long f, unsigned int g,
						       long h, signed char i, bool j);
int traced_function(bool a, signed char b, unsigned short c, int d, const char *e, long f,
		    unsigned int g, long h, signed char i, bool j)
{
	__asm__ volatile("" ::"r"(e), "r"(f), "r"(h) : "memory");
	return a + b + c + d + (int)g + i + j;
}

/*
 * The same with whatever in the upper parts of what is narrow, as callers may leave it: the callee
 * is called by another type.
 */
typedef int (*wide_fn)(long, long, long, long, const char *, long, long, long, long, long);

TEST(uprobe_has_the_arguments_of_a_function_also_on_its_stack)
{
	struct skep_link *entry = attach("on_function"), *end = attach("on_function_end");
	wide_fn volatile wide = (wide_fn)(void *)traced_function;
	const long dirt = 0x5a5a5a5a00000000;
	const char *text = "text";
	struct seen_args s;
	struct seen_stack stack = { 0 };
	int result = wide(0x7700, 0x77fb, 0x77ffff, dirt | 0x80000000, text, -6, dirt | 0xfffffff9,
			  -8, 0x7780, 1);

	s = seen("by_uprobe");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.arg[0], 0);
	assert_int_equal(s.arg[1], -5);
	assert_int_equal(s.arg[2], 0xffff);
	assert_true(s.arg[3] == INT32_MIN);
	assert_int_equal(s.arg[4], (long)text);
	assert_int_equal(s.arg[5], -6);
	assert_int_equal(s.arg[6], 0xfffffff9);
	assert_int_equal(s.arg[7], -8);
	assert_int_equal(s.arg[8], -128);
	assert_int_equal(s.arg[9], 1);
	assert_int_equal(s.arg[10], -8);
	s = seen("by_uretprobe");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.result, result);
	assert_int_equal(s.arg[0], result);
	variable("stack_seen", &stack, sizeof(stack), false);
	assert_true(stack.user_frames >= 1);
	/* A probe's address is the function's, or that of the trap behind its first byte. */
	assert_true(stack.user[0] - (uintptr_t)traced_function <= 16);
	skep_link_free(entry);
	skep_link_free(end);
}

__attribute__((noinline, noclone)) void traced_sleep(void);
void traced_sleep(void)
{
	struct timespec short_while = { .tv_nsec = 2000000 };

	nanosleep(&short_while, NULL);
}

TEST(entry_and_exit_are_paired_and_measured)
{
	struct skep_link *entry = attach("on_sleep"), *end = attach("on_sleep_end");
	struct skep_hist hist;

	for (int i = 0; i < 3; i++)
		traced_sleep();
	skep_link_free(entry);
	skep_link_free(end);
	assert_ok(skep_hist_get(&hist, skep_object_map(object, "sleep_ns"), NULL));
	assert_int_equal(hist.count, 3);
	assert_true(hist.least >= 2000000);
}

/* Each sleeps once before it calls the next, and once behind it. */
__attribute__((noinline, noclone)) int traced_nested(unsigned int depth);
int traced_nested(unsigned int depth)
{
	int below = 0;

	traced_sleep();
	if (depth)
		below = traced_nested(depth - 1);
	traced_sleep();
	__asm__ volatile("" : "+r"(below)); /* no jump instead of a call */
	return below + 1;
}

TEST(calls_in_calls_have_their_own_returns_also_where_one_is_lost)
{
	struct skep_link *entry = attach("on_nested"), *end = attach("on_nested_end");
	struct {
		uint64_t took[4];
		uint32_t lost;
	} nested = { .lost = 1 };

	variable("nested_seen", &nested, sizeof(nested), true);
	assert_int_equal(traced_nested(3), 4);
	skep_link_free(entry);
	skep_link_free(end);
	variable("nested_seen", &nested, sizeof(nested), false);
	assert_true(nested.took[0] >= 4000000);
	assert_int_equal(nested.took[1], 0);
	assert_true(nested.took[2] >= nested.took[0] + 8000000);
	assert_true(nested.took[3] >= nested.took[2] + 4000000);
}

TEST(number_given_at_attach_and_stack_pointer_are_read)
{
	struct skep_link *link = NULL;
	char here = 0;
	struct seen_args s;

	load();
	assert_ok(skep_attach_uprobe(
		&link, skep_object_program(object, "on_cookie"), "/proc/self/exe",
		SKEP_OPTS(skep_uprobe_opts, .symbol = "traced_sleep", .cookie = 4711)));
	traced_sleep();
	skep_link_free(link);
	s = seen("by_cookie");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.arg[0], run("without_core", 0, 0) ? 77 : 4711);
	/* The callee's stack is just below ours. */
	assert_true((uintptr_t)&here - (uintptr_t)s.arg[1] < 4096);
}

#if defined(__x86_64__)
/* What <sys/sdt.h> would leave in the file: a nop, and a note of where the arguments are. */
__attribute__((noinline)) static void usdt_probe(long a, int b, unsigned char c)
{
	__asm__ volatile("990: nop\n"
			 ".pushsection .note.stapsdt,\"\",\"note\"\n"
			 ".balign 4\n"
			 ".4byte 992f-991f, 994f-993f, 3\n"
			 "991: .asciz \"stapsdt\"\n"
			 "992: .balign 4\n"
			 "993: .8byte 990b, _.stapsdt.base, 0\n"
			 ".asciz \"skep_test\"\n"
			 ".asciz \"probe\"\n"
			 ".asciz \"8@%%rdi -4@%%esi 1@%%dl\"\n"
			 "994: .balign 4\n"
			 ".popsection\n"
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
			 ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n"
			 "_.stapsdt.base: .space 1\n.size _.stapsdt.base, 1\n"
			 ".popsection\n" ::"D"(a),
			 "S"(b), "d"(c));
}

TEST(usdt_has_the_arguments_of_its_note_and_zero_for_those_it_has_not)
{
	struct skep_link *link = attach("on_usdt");
	struct seen_args s;

	usdt_probe(-123456789012, -2, 200);
	s = seen("by_usdt");
	assert_int_equal(s.calls, 1);
	assert_true(s.arg[0] == -123456789012);
	assert_int_equal(s.arg[1], -2);
	assert_int_equal(s.arg[2], 200);
	assert_int_equal(s.arg[3], 0);
	assert_int_equal(s.arg[4], 3);
	skep_link_free(link);
}
#endif

/* A call that no kernel has an option for; the numbers are those that the programs look for. */
static long odd_prctl(long second)
{
	return syscall(SYS_prctl, 0x5e39, second, 3, 4, 5, 6);
}

TEST(raw_tracepoint_has_the_arguments_of_a_system_call)
{
	struct skep_link *link = attach("on_sys_enter");
	struct seen_args s;

	assert_int_equal(odd_prctl(-2), -1);
	s = seen("by_raw");
	skep_link_free(link);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.arg[0], 0x5e39);
	assert_true(s.arg[1] == -2);
	for (int i = 2; i < 6; i++)
		assert_int_equal(s.arg[i], i + 1);
	assert_int_equal(s.arg[6], SYS_prctl);
}

TEST(btf_tracepoint_has_its_arguments_typed)
{
	struct skep_link *link = attach("on_typed_enter");
	struct seen_args s;

	assert_int_equal(odd_prctl(-2), -1);
	s = seen("by_tp_btf");
	skep_link_free(link);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.arg[0], SYS_prctl);
	assert_true(s.arg[1] == -2);
}

/* Tracepoints are looked up in tracefs: this process's own, where there was none. */
static void need_tracefs(void)
{
	if (skep_kernel_can(SKEP_CAN_TRACEFS) == SKEP_YES)
		return;
	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL), 0);
}

TEST(tracepoints_of_a_system_call_have_its_arguments_and_its_result)
{
	struct skep_link *entry, *end;
	struct seen_args s;

	need_tracefs();
	if (access("/sys/kernel/tracing/events/syscalls/sys_enter_prctl", F_OK))
		test_skip("this kernel has no tracepoints of system calls");
	entry = attach("on_record");
	end = attach("on_record_end");
	assert_int_equal(odd_prctl(-2), -1);
	skep_link_free(entry);
	skep_link_free(end);
	s = seen("by_record");
	assert_int_equal(s.calls, 1);
	assert_true(s.arg[0] == 0x5e39 && s.arg[1] == -2 && s.arg[2] == 3 && s.arg[3] == 4 &&
		    s.arg[4] == 5 && s.arg[5] == SYS_prctl);
	s = seen("by_record_end");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.result, -EINVAL);
	assert_int_equal(s.arg[5], SYS_prctl);
}

TEST(kprobe_has_arguments_that_are_on_the_stack)
{
	struct skep_link *link;
	struct seen_args s;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;
	int fd;

	if (skep_kernel_can(SKEP_CAN_KPROBE) != SKEP_YES)
		test_skip("this kernel has no kprobes");
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	link = attach("on_mmap");
	memory = mmap(NULL, 0x5000, PROT_READ, MAP_PRIVATE, fd, (off_t)(3 * page));
	close(fd);
	assert_true(memory != MAP_FAILED);
	munmap(memory, 0x5000);
	skep_link_free(link);
	s = seen("by_stack");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.arg[0], 1);
	assert_int_equal(s.arg[1], PROT_READ);
	assert_int_equal(s.arg[7], s.arg[3]);
	/* The offset, and then an address on the stack of the caller. */
	if (s.arg[2] == 3) {
		assert_true((uint64_t)s.arg[3] - (uint64_t)s.arg[5] < 4096);
	} else {
		assert_int_equal(s.arg[3], 3);
		assert_true((uint64_t)s.arg[4] - (uint64_t)s.arg[5] < 4096);
	}
	/* do_mmap() is in the upper half, as all of the kernel. */
	assert_true(run("without_core", 0, 0) ? s.arg[6] == 1 : s.arg[6] < 0);
}

TEST(kprobes_have_the_arguments_of_functions_and_of_system_calls)
{
	struct skep_link *links[4] = { NULL };
	struct seen_args s;
	int64_t frame;

	if (skep_kernel_can(SKEP_CAN_KPROBE) != SKEP_YES)
		test_skip("this kernel has no kprobes");
	links[0] = attach("on_prctl");
	links[1] = attach("on_prctl_end");
	links[2] = attach("on_security");
	links[3] = attach("on_security_end");
	assert_int_equal(odd_prctl(-2), -1);
	for (int i = 0; i < 4; i++)
		skep_link_free(links[i]);
	s = seen("by_ksyscall");
	assert_int_equal(s.calls, 1);
	assert_true(s.arg[0] == 0x5e39 && s.arg[1] == -2 && s.arg[2] == 3 && s.arg[3] == 4 &&
		    s.arg[4] == 5);
	s = seen("by_kprobe");
	assert_int_equal(s.calls, 1);
	assert_true(s.arg[0] == 0x5e39 && s.arg[1] == -2 && s.arg[2] == 3 && s.arg[3] == 4 &&
		    s.arg[4] == 5);
	frame = s.arg[5];
	s = seen("by_kretprobe");
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.result, -EINVAL);
	assert_int_equal(s.arg[5], frame);
	assert_int_not_equal(frame, 0);
}

TEST(fentry_has_arguments_and_fexit_the_result_before_them)
{
	struct skep_object *own = app_open(OBJECT), *shared = object;
	struct skep_link *entry = NULL, *end = NULL;
	struct skep_program *p = NULL;
	uint32_t pid = (uint32_t)getpid();
	struct seen_args s;

	if (skep_kernel_can(SKEP_CAN_FENTRY) != SKEP_YES) {
		skep_object_free(own);
		test_skip("this kernel lets nobody attach fentry programs");
	}
	while ((p = skep_object_next_program(own, p)))
		assert_ok(skep_program_enable(p, !strcmp(skep_program_name(p), "on_entry") ||
							 !strcmp(skep_program_name(p), "on_exit")));
	assert_ok(skep_object_load(own));
	object = own;
	variable("only", &pid, sizeof(pid), true);
	assert_ok(skep_attach(&entry, skep_object_program(own, "on_entry")));
	assert_ok(skep_attach(&end, skep_object_program(own, "on_exit")));
	assert_int_equal(odd_prctl(-2), -1);
	s = seen("by_fentry");
	assert_true(s.calls == 1 && s.arg[0] == 0x5e39 && s.arg[1] == -2);
	s = seen("by_fexit");
	assert_true(s.calls == 1 && s.arg[0] == 0x5e39 && s.result == -ENOSYS);
	object = shared;
	skep_link_free(entry);
	skep_link_free(end);
	skep_object_free(own);
}

TEST(bool_is_its_own_byte_and_narrow_numbers_keep_their_sign)
{
	assert_int_equal(run("narrow", 0xff00, 0x1ff), -1);
	assert_int_equal(run("narrow", 0xff01, 0x17f), 1127);
}

TEST(stacks_are_taken_as_numbers_as_addresses_and_as_build_ids)
{
	struct skep_link *link = attach("on_sys_exit");
	typedef SKEP_STACKS() stack_map;
	struct seen_stack s = { 0 };
	uint64_t frames[127];
	uint32_t depth = 127;
	stack_map stacks;

	assert_int_equal(odd_prctl(0x5e3a), -1);
	skep_link_free(link);
	variable("stack_seen", &s, sizeof(s), false);
	assert_ok(skep_map_open(&stacks, object, "stacks"));
	/* The map was empty: only the second may find its place taken, by the first. */
	assert_true(s.kernel_id >= 0);
	assert_true(s.user_id >= 0 || s.user_id == -EEXIST);
	assert_ok(skep_stacks_get(stacks, s.kernel_id, frames, &depth));
	assert_true(s.kernel_frames > 1 && depth > 1);
	/* Innermost are the two calls of helpers, which differ; the way there is the same. */
	assert_int_equal(frames[depth - 1], s.kernel[s.kernel_frames - 1]);
	assert_true(s.build_ids >= 1);
	assert_true(s.build_id_status >= 1);
	skep_map_free(stacks.map);
}
