// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* System calls of every kind, requests of io_uring, and execs: as they come. */
#include "bpf_sec_app.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "harness/machine.h"
#include "harness/test.h"

#define MAGIC 0x5e39 /* the second argument of calls that on_call looks at */

static int attached(const char *program, const char *tracepoint)
{
	int fd = bpf_raw_tracepoint_open(
		tracepoint,
		skep_program_fd(skep_object_program(bpf_sec_object(sec_started()), program)));

	if (fd < 0)
		fail_msg("%s: %s", tracepoint, strerror(errno));
	return fd;
}

/* ---- calls ---- */

static int at_calls(void)
{
	int fd = attached("on_call", "sys_enter");

	sec_seen()->only = (uint32_t)getpid();
	sec_seen()->calls_seen.n = 0;
	return fd;
}

TEST(native_call_is_seen_with_its_number_and_arguments)
{
	const struct seen_calls *seen = &sec_seen()->calls_seen;
	int fd = at_calls();

	syscall(SYS_fcntl, -1, MAGIC, 0L, 4L, 5L, 0x600000007);
	close(fd);
	assert_int_equal(seen->n, 1);
	assert_int_equal(sec_seen()->capable_seen, 1);
	assert_int_equal(seen->call[0].abi, SKEP_ABI_NATIVE);
	assert_int_equal(seen->call[0].number, SYS_fcntl);
	assert_int_equal(seen->native[0], SYS_fcntl);
	assert_int_equal((int)seen->call[0].args[0], -1);
	for (uint64_t i = 3; i < 5; i++)
		assert_int_equal(seen->call[0].args[i], i + 1);
	assert_int_equal(seen->call[0].args[5], 0x600000007);
}

#ifdef __x86_64__
/* As 32-bit programs call, from this one. */
static void call_32(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
	uint64_t result = number;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"((uint64_t)a), "c"((uint64_t)b), "d"((uint64_t)c), "S"((uint64_t)d),
			   "D"((uint64_t)e)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
}

TEST(call_of_32_bits_is_told_from_the_native_one_of_its_number)
{
	static const struct {
		uint32_t number;
		int native;
	} cases[] = { { 55, SYS_fcntl },  /* getpgid() is 121 */
		      { 221, SYS_fcntl }, /* fcntl64 */
		      { 295, SYS_openat }, { 437, SYS_openat2 },       { 102, -1 },
		      { 5, SYS_open },     { 403, SYS_clock_gettime }, { 9999, 9999 } };
	const struct seen_calls *seen = &sec_seen()->calls_seen;
	size_t n = sizeof(cases) / sizeof(cases[0]);
	int fd = at_calls();

	for (size_t i = 0; i < n; i++)
		call_32(cases[i].number, UINT32_MAX, MAGIC, (uint32_t)i, 4, 5);
	close(fd);
	assert_int_equal(seen->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(seen->call[i].abi, SKEP_ABI_32);
		assert_int_equal(seen->call[i].number, cases[i].number);
		assert_int_equal(seen->native[i], cases[i].native);
		assert_int_equal(seen->call[i].args[0], UINT32_MAX);
		for (uint64_t j = 3; j < 5; j++)
			assert_int_equal(seen->call[i].args[j], j + 1);
	}
}

TEST(call_of_x32_is_told_also_where_the_kernel_has_none)
{
	const struct seen_calls *seen = &sec_seen()->calls_seen;
	int fd = at_calls();

	syscall(0x40000000 | SYS_fcntl, -1, MAGIC, 0);
	syscall(0x40000000 | 520, -1, MAGIC, 1);
	syscall(-1, -1, MAGIC, 2);
	close(fd);
	assert_in_range(seen->n, 2, 3);
	assert_int_equal(seen->call[0].abi, SKEP_ABI_X32);
	assert_int_equal(seen->call[0].number, SYS_fcntl);
	assert_int_equal(seen->native[0], SYS_fcntl);
	assert_int_equal(seen->native[1], -1);
	if (seen->n == 3)
		assert_int_equal(seen->call[2].abi, SKEP_ABI_NATIVE);
}
#endif

/* ---- io_uring ---- */

#define NO_SQARRAY (1U << 16) /* IORING_SETUP_NO_SQARRAY of 6.6 */

/* A ring of a few entries, by the system calls alone. */
struct uring {
	int fd;
	struct io_uring_params params;
	char *sq;
	struct io_uring_sqe *entries;
};

static uint32_t *in_sq(struct uring *r, uint32_t offset)
{
	return (uint32_t *)(void *)(r->sq + offset);
}

static void make(struct uring *r, uint32_t flags)
{
	memset(r, 0, sizeof(*r));
	r->params.flags = flags;
	r->fd = (int)syscall(SYS_io_uring_setup, 4, &r->params);
	if (r->fd < 0)
		test_skip("io_uring_setup(): %s", strerror(errno));
	r->sq = mmap(NULL, r->params.sq_off.array + 4 * r->params.sq_entries,
		     PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->entries = mmap(NULL, 2 * r->params.sq_entries * sizeof(*r->entries),
			  PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, (off_t)IORING_OFF_SQES);
	assert_true(r->sq != MAP_FAILED && (void *)r->entries != MAP_FAILED);
}

static void submit(struct uring *r, uint8_t opcode, int fd, const void *address, uint64_t data)
{
	uint32_t *tail = in_sq(r, r->params.sq_off.tail);
	uint32_t mask = *in_sq(r, r->params.sq_off.ring_mask), at = *tail & mask;
	bool has_array = !(r->params.flags & NO_SQARRAY);
	uint32_t place = has_array ? mask - at : at; /* from the last on */
	struct io_uring_sqe *entry =
		&r->entries[r->params.flags & IORING_SETUP_SQE128 ? 2 * place : place];

	memset(entry, 0, sizeof(*entry));
	entry->opcode = opcode;
	entry->fd = fd;
	entry->addr = (uint64_t)(uintptr_t)address;
	entry->user_data = data;
	if (has_array)
		in_sq(r, r->params.sq_off.array)[at] = place;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	assert_int_equal(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0),
			 1);
}

static void unmake(struct uring *r)
{
	munmap(r->entries, 2 * r->params.sq_entries * sizeof(*r->entries));
	munmap(r->sq, r->params.sq_off.array + 4 * r->params.sq_entries);
	close(r->fd);
}

static int at_requests(void)
{
	sec_started();
	sec_seen()->only = (uint32_t)getpid();
	sec_seen()->requests_seen.n = 0;
	return kernel_at_least(6, 4) ? attached("on_request", "io_uring_submit_req")
				     : attached("on_request_before_6_4", "io_uring_submit_sqe");
}

TEST(requests_of_io_uring_are_seen_with_the_call_that_they_stand_for)
{
	const struct seen_requests *seen = &sec_seen()->requests_seen;
	struct uring ring;
	int fd;

	make(&ring, 0);
	fd = at_requests();
	submit(&ring, IORING_OP_NOP, -1, NULL, 77);
	submit(&ring, IORING_OP_OPENAT, AT_FDCWD, "/dev/null", UINT64_MAX);
	submit(&ring, IORING_OP_UNLINKAT, AT_FDCWD, "/proc/none", 3);
	close(fd);
	unmake(&ring);
	assert_int_equal(seen->n, 3);
	assert_int_equal(seen->opcode[0], IORING_OP_NOP);
	assert_int_equal(seen->syscall[0], -1);
	assert_int_equal(seen->user_data[0], 77);
	assert_string_equal(seen->name[0], "nop");
	assert_int_equal(seen->syscall[1], SYS_openat);
	assert_int_equal(seen->user_data[1], UINT64_MAX);
	assert_string_equal(seen->name[1], "openat");
	assert_int_equal(seen->syscall[2], SYS_unlinkat);
	assert_string_equal(seen->name[2], "unlinkat");
}

/* In the order of the queue's array, with entries of 128 bytes, and without an array. */
TEST(entry_of_a_request_is_what_the_program_wrote_into_the_queue)
{
	const uint32_t kinds[] = { 0, IORING_SETUP_SQE128, NO_SQARRAY };
	const struct bpf_sec_bss *seen = sec_seen();

	for (size_t kind = 0; kind < (kernel_at_least(6, 6) ? 3 : 2); kind++) {
		struct uring ring;
		int fd;

		make(&ring, kinds[kind]);
		fd = at_requests();
		for (uint64_t i = 0; i < 6; i++) { /* more than the queue has */
			sec_seen()->requests_seen.n = 0;
			submit(&ring, IORING_OP_OPENAT, -5 - (int)i, "/", 1000 + i);
			assert_int_equal(seen->requests_seen.n, 1);
			assert_int_equal(seen->entry_status, 0);
			assert_int_equal(seen->entry_seen.opcode, IORING_OP_OPENAT);
			assert_int_equal(seen->entry_seen.fd, -5 - (int)i);
			assert_int_equal(seen->entry_seen.user_data, 1000 + i);
			assert_string_equal((const char *)(uintptr_t)seen->entry_seen.addr, "/");
		}
		close(fd);
		unmake(&ring);
	}
}

TEST(request_of_a_kind_that_is_not_known_has_no_name_and_no_call)
{
	struct bpf_sec_bss *seen = sec_seen();

	assert_int_equal(sec_ran("kind", IORING_OP_SENDMSG_ZC, 0),
			 (int)strlen("sendmsg_zc") + 100 * SYS_sendmsg);
	assert_int_equal(sec_ran("kind", 64, 0), (int)strlen("uring_cmd128") - 100);
	for (uint64_t opcode = 65; opcode < 1ULL << 32; opcode = opcode * 2 - 1) {
		assert_int_equal(sec_ran("kind", opcode, 0), -100);
		assert_string_equal(seen->requests_seen.name[0], "");
	}
}

/* ---- execs ---- */

static void run_and_see(const char *program, char *const argv[], char *const envp[])
{
	struct bpf_sec_bss *seen = sec_seen();
	int fd = attached("on_exec", "sched_process_exec"), status = -1;
	pid_t pid;

	memset(&seen->exec_seen, 0x55, sizeof(seen->exec_seen));
	seen->exec_seen.execs = 0;
	seen->only = (uint32_t)getpid();
	pid = fork();
	if (!pid) {
		execve(program, argv, envp);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	close(fd);
	assert_int_equal(status, 0);
	assert_int_equal(seen->exec_seen.execs, 1);
}

TEST(exec_is_seen_with_arguments_environment_and_file_of_the_new_program)
{
	static char *const argv[] = { "sh", "-c", ":", "", "two words", NULL };
	static char *const envp[] = { "A=1", "LONG=............................", NULL };
	static const char args[] = "sh\0-c\0:\0\0two words",
			  env[] = "A=1\0LONG=............................";
	const struct seen_exec *seen = &sec_seen()->exec_seen;
	char real[PATH_MAX];
	struct stat st;

	sec_seen()->wanted_arg = 1;
	run_and_see("/bin/sh", argv, envp);
	assert_int_equal(seen->argc, 5);
	assert_int_equal(seen->envc, 2);
	assert_int_equal(seen->is_script, 0);
	assert_int_equal(seen->total, sizeof(args));
	assert_int_equal(seen->bytes, sizeof(args));
	assert_memory_equal(seen->args, args, sizeof(args));
	assert_int_equal(seen->env_total, sizeof(env));
	assert_int_equal(seen->env_bytes, sizeof(env));
	assert_memory_equal(seen->env, env, sizeof(env));
	assert_string_equal(seen->name, "/bin/sh");
	assert_int_equal(seen->arg_length, 2);
	assert_string_equal(seen->arg, "-c");
	assert_int_equal(seen->arg_missing, -ENOENT);
	assert_int_equal(stat("/bin/sh", &st), 0);
	assert_int_equal(seen->file.inode, st.st_ino);
	assert_int_equal(seen->file.device, st.st_dev);
	assert_non_null(realpath("/bin/sh", real));
	assert_string_equal(seen->path, real);
	assert_int_equal(seen->path_bytes, strlen(real));
}

TEST(single_argument_is_found_unless_one_before_it_is_too_long)
{
	static char *const argv[] = { "sh", "-c", ":", "fifteen bytes..", "last", NULL };
	static const struct {
		uint32_t n;
		int64_t length;
		const char *text;
	} cases[] = { { 0, 2, "sh" },
		      { 3, 15, "fifteen bytes.." },
		      { 4, -E2BIG, "" },
		      { UINT32_MAX, -E2BIG, "" } };
	struct bpf_sec_bss *seen = sec_seen();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		seen->wanted_arg = cases[i].n;
		run_and_see("/bin/sh", argv, (char *[]){ NULL });
		assert_int_equal(seen->exec_seen.arg_length, cases[i].length);
		assert_string_equal(seen->exec_seen.arg, cases[i].text);
	}
}

TEST(script_is_its_interpreter_with_the_script_among_the_arguments)
{
	const struct seen_exec *seen = &sec_seen()->exec_seen;
	char script[PATH_MAX], expected[PATH_MAX + 32], huge[2048];
	char *argv[] = { "ignored", huge, NULL };
	FILE *file;
	int n;

	snprintf(script, sizeof(script), "%s/script", test_tmpdir());
	file = fopen(script, "we");
	assert_non_null(file);
	fputs("#!/bin/sh\n:\n", file);
	assert_int_equal(fchmod(fileno(file), 0700), 0);
	fclose(file);
	memset(huge, 'h', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	run_and_see(script, argv, (char *[]){ NULL });
	n = snprintf(expected, sizeof(expected), "/bin/sh%c%s%chhhh", 0, script, 0);
	assert_int_equal(seen->is_script, 1);
	assert_int_equal(seen->argc, 3);
	assert_int_equal(seen->envc, 0);
	/* More than there is room for: cut, and told. */
	assert_int_equal(seen->total, (size_t)n - 4 + sizeof(huge));
	assert_int_equal(seen->bytes, sizeof(seen->args));
	assert_memory_equal(seen->args, expected, (size_t)n);
	assert_int_equal(seen->args[sizeof(seen->args) - 1], 'h');
	assert_int_equal(seen->env_bytes, 0);
	/* As much of the name as there is room for. */
	script[sizeof(seen->name) - 1] = '\0';
	assert_string_equal(seen->name, script);
}
