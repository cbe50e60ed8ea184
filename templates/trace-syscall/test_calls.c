/* SPDX-License-Identifier: 0BSD */
/*
 * Opens files in each way there is, and compares what is reported with what was asked for and with what
 * came of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "calls.skep.h"
#include "names.h"

#define EXIT_SKIPPED 77

static struct calls *app;
static calls_events_ring events;

static int start(void **state)
{
	int err;

	(void)state;
	if (calls_open(&app, NULL))
		return -1;
	calls_consts(app)->only_pid = (uint32_t)getpid();
#ifdef __x86_64__
	if (names_want(app, "getuid32"))
		return -1;
#endif
	if (names_want(app, "openat") || names_want(app, "exit") ||
	    skep_program_set_optional(calls_program_on_request(app), true) ||
	    skep_program_set_optional(calls_program_on_request_before_6_4(app), true) ||
	    calls_load(app) || calls_open_events(app, &events, NULL) || calls_attach(app))
		return skep_perror("start");
	skep_ring_foreach(events, e, 0, &err)
		; /* what attaching has opened itself */
	return err;
}

static int stop(void **state)
{
	(void)state;
	skep_ring_free(events.ring);
	calls_free(app);
	return 0;
}

/* The only call that was reported since this was asked for the last time: it is there by now. */
static struct call_event the_call(void)
{
	struct call_event call;
	int err, count = 0;

	skep_ring_foreach(events, e, 0, &err) {
		call = *e;
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 1);
	assert_int_equal(call.pid, getpid());
	assert_string_equal(call.comm, "test_calls");
	return call;
}

static void a_call_is_reported_with_arguments_result_and_time(void **state)
{
	struct call_event call;
	int text;
	long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_WRONLY | O_CLOEXEC, 0700);

	(void)state;
	call = the_call();
	assert_int_equal(call.tid, syscall(SYS_gettid));
	assert_int_equal(call.way, BY_64_BIT);
	assert_int_equal(call.number, SYS_openat);
	assert_int_equal(call.result, fd);
	assert_int_equal((int)call.arguments[0], AT_FDCWD);
	assert_int_equal(call.arguments[2], O_WRONLY | O_CLOEXEC);
	assert_int_equal(call.arguments[3], 0700);
	assert_string_equal(call.text, "/dev/null");
	assert_int_equal(call.text_bytes, strlen("/dev/null"));
	assert_in_range(call.took_ns, 1, 10000000000);
	assert_string_equal(names_of(&call), "openat");
	assert_int_equal(names_arguments(&call, &text), 4);
	assert_int_equal(text, 1);
	close((int)fd);
}

/* Of a file that nobody has read yet: the program cannot read it at the call, the kernel can. */
static void a_path_that_is_not_in_memory_yet_is_reported_all_the_same(void **state)
{
	static const char wanted[] = "/nonexistent/path";
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct call_event call;
	char *path;

	(void)state;
	assert_int_equal(the_call().result, file);
	assert_int_equal(write(file, wanted, sizeof(wanted)), sizeof(wanted));
	path = mmap(NULL, sizeof(wanted), PROT_READ, MAP_PRIVATE, file, 0);
	assert_true(path != MAP_FAILED);
	assert_int_equal(syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0), -1);
	call = the_call();
	assert_int_equal(call.result, -ENOENT);
	assert_string_equal(call.text, wanted);
	munmap(path, sizeof(wanted));
	close(file);
}

static void a_long_text_is_cut_and_known_to_be(void **state)
{
	char path[TEXT_BYTES + 1];
	struct call_event call;

	(void)state;
	memset(path, 'x', TEXT_BYTES);
	path[0] = '/';
	path[TEXT_BYTES] = 0;
	syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
	call = the_call();
	assert_int_equal(call.text_bytes, TEXT_BYTES);
	assert_memory_equal(call.text, path, TEXT_BYTES - 1);
	path[TEXT_BYTES - 1] = 0;
	syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
	call = the_call();
	assert_int_equal(call.text_bytes, TEXT_BYTES - 1);
	assert_string_equal(call.text, path);
	syscall(SYS_openat, AT_FDCWD, (char *)8, O_RDONLY, 0);
	call = the_call();
	assert_int_equal(call.result, -EFAULT);
	assert_in_range(-call.text_bytes, 1, 4095);
	assert_int_equal(call.arguments[1], 8);
}

static void *end_at_once(void *tid)
{
	*(long *)tid = syscall(SYS_gettid);
	return NULL;
}

static void a_call_that_never_returns_is_reported(void **state)
{
	struct call_event call;
	pthread_t thread;
	long tid;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, end_at_once, &tid), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	call = the_call();
	assert_int_equal(call.tid, tid);
	assert_int_equal(call.native, SYS_exit);
	assert_int_equal(call.is_open, 1);
}

#define ENTRIES       4
/* IORING_SETUP_SQE128 and IORING_SETUP_NO_SQARRAY: newer than some headers. */
#define LARGE_ENTRIES (1 << 10)
#define IN_ORDER      (1 << 16)

/* A ring for requests, by system calls alone. */
static struct {
	int fd;
	struct io_uring_params params;
	char *queues;
	char *entries;
	unsigned int entry_bytes;
} uring;

/* 0, or -1: this kernel has no such rings. */
static int make_uring(uint32_t flags)
{
	uring.params = (struct io_uring_params){ .flags = flags };
	uring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &uring.params);
	if (uring.fd < 0)
		return -1;
	uring.entry_bytes = flags & LARGE_ENTRIES ? 128 : 64;
	uring.queues =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, uring.fd, IORING_OFF_SQ_RING);
	uring.entries = mmap(NULL, (size_t)ENTRIES * uring.entry_bytes, PROT_READ | PROT_WRITE,
			     MAP_SHARED, uring.fd, (off_t)IORING_OFF_SQES);
	assert_true(uring.queues != MAP_FAILED && uring.entries != MAP_FAILED);
	return 0;
}

static void free_uring(void)
{
	munmap(uring.entries, (size_t)ENTRIES * uring.entry_bytes);
	munmap(uring.queues, 4096);
	close(uring.fd);
}

static uint32_t *in_queue(uint32_t offset)
{
	return (uint32_t *)(void *)(uring.queues + offset);
}

/* The next place in the queue, and the entry for it: the last one first, where that may be chosen. */
static struct io_uring_sqe *next_entry(void)
{
	uint32_t at = *in_queue(uring.params.sq_off.tail) & (ENTRIES - 1);

	if (!(uring.params.flags & IN_ORDER)) {
		in_queue(uring.params.sq_off.array)[at] = ENTRIES - 1 - at;
		at = ENTRIES - 1 - at;
	}
	return (void *)(uring.entries + at * uring.entry_bytes);
}

/* Has a file opened by a request, and returns what came of it; or 0 where no answer is asked for. */
static int open_by_request(const char *path, uint8_t flags)
{
	const struct io_uring_cqe *answer = (const void *)(uring.queues + uring.params.cq_off.cqes);
	uint32_t *answered = in_queue(uring.params.cq_off.head);
	unsigned int wanted = !(flags & IOSQE_CQE_SKIP_SUCCESS);

	*next_entry() = (struct io_uring_sqe){ .opcode = IORING_OP_OPENAT,
					       .flags = flags,
					       .fd = AT_FDCWD,
					       .addr = (uintptr_t)path,
					       .len = 0640,
					       .open_flags = O_RDWR | O_CLOEXEC,
					       .user_data = 77 };
	__atomic_add_fetch(in_queue(uring.params.sq_off.tail), 1, __ATOMIC_RELEASE);
	assert_int_equal(
		syscall(SYS_io_uring_enter, uring.fd, 1, wanted, IORING_ENTER_GETEVENTS, NULL, 0),
		1);
	if (!wanted)
		return 0;
	answer += *answered & *in_queue(uring.params.cq_off.ring_mask);
	__atomic_add_fetch(answered, 1, __ATOMIC_RELEASE);
	return answer->res;
}

static void open_by_requests(void)
{
	struct call_event call;
	int text, fd = open_by_request("/dev/null", 0);

	assert_true(fd >= 0);
	call = the_call();
	assert_int_equal(call.way, BY_IO_URING);
	assert_int_equal(call.number, IORING_OP_OPENAT);
	assert_string_equal(names_of(&call), "openat");
	assert_int_equal(call.result, fd);
	assert_string_equal(call.text, "/dev/null");
	assert_int_equal((int)call.arguments[0], AT_FDCWD);
	assert_int_equal(call.arguments[2], 0640);
	assert_int_equal(call.arguments[4], O_RDWR | O_CLOEXEC);
	assert_int_equal(call.arguments[5], 77);
	assert_in_range(call.took_ns, 1, 10000000000);
	assert_int_equal(names_arguments(&call, &text), 5);
	assert_int_equal(text, 1);
	close(fd);
	assert_int_equal(open_by_request("/nonexistent", 0), -ENOENT);
	call = the_call();
	assert_int_equal(call.result, -ENOENT);
	assert_string_equal(call.text, "/nonexistent");
}

static void a_request_of_io_uring_is_reported_as_the_call_it_stands_for(void **state)
{
	static const uint32_t kinds[] = { 0, LARGE_ENTRIES, IN_ORDER };

	(void)state;
	for (int i = 0; i < 3; i++) {
		if (make_uring(kinds[i])) {
			if (!i)
				skip(); /* io_uring is switched off here */
			continue;
		}
		open_by_requests();
		free_uring();
	}
}

static void a_request_without_an_answer_is_reported(void **state)
{
	struct call_event call;

	(void)state;
	if (make_uring(0))
		skip();
	open_by_request("/dev/null", IOSQE_CQE_SKIP_SUCCESS);
	call = the_call();
	assert_int_equal(call.is_open, 1);
	assert_string_equal(call.text, "/dev/null");
	free_uring();
}

#ifdef __x86_64__
/* As 32-bit programs call, from this one. */
static int call_32(uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	uint64_t result = number;

	__asm__ volatile("int $0x80"
			 : "+a"(result)
			 : "b"((uint64_t)a), "c"((uint64_t)b), "d"((uint64_t)c), "S"((uint64_t)d)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void a_call_of_32_bits_is_told_from_the_64_bit_one_of_its_number(void **state)
{
	char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	uint32_t at = (uint32_t)(uintptr_t)path;
	struct call_event call;
	int fd;

	(void)state;
	assert_true(path != MAP_FAILED);
	strcpy(path, "/dev/null");
	call_32(SYS_openat, (uint32_t)AT_FDCWD, at, O_RDONLY, 0); /* something else there */
	fd = call_32(295, (uint32_t)AT_FDCWD, at, O_RDONLY, 0);
	if (fd == -ENOSYS || fd == -EFAULT)
		skip(); /* a kernel without them */
	call = the_call();
	assert_int_equal(call.way, BY_32_BIT);
	assert_int_equal(call.number, 295);
	assert_int_equal(call.native, SYS_openat);
	assert_string_equal(names_of(&call), "openat");
	assert_int_equal(call.result, fd);
	assert_int_equal(call.arguments[0], (uint32_t)AT_FDCWD);
	assert_int_equal(call.arguments[1], at);
	assert_string_equal(call.text, "/dev/null");
	close(fd);
	munmap(path, 4096);
}

static void a_call_that_only_32_bits_have_is_found_by_its_name(void **state)
{
	struct call_event call;
	uid_t user = getuid(); /* is not asked about */
	int answer = call_32(199, 0, 0, 0, 0);

	(void)state;
	if (answer == -ENOSYS || answer == -EFAULT)
		skip();
	call = the_call();
	assert_string_equal(names_of(&call), "getuid32");
	assert_int_equal(call.native, SYS_getuid);
	assert_int_equal(call.result, user);
}
#endif

/* Whether this kernel has raw tracepoints; says so if not. */
static int can_run(void)
{
	const struct skep_finding *finding = skep_kernel_finding(SKEP_CAN_RAW_TRACEPOINT);

	if (!geteuid() && finding->answer == SKEP_YES)
		return 1;
	fprintf(stderr, "skipped: %s\n", geteuid() ? "needs root" : finding->why);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_reported_with_arguments_result_and_time),
		cmocka_unit_test(a_path_that_is_not_in_memory_yet_is_reported_all_the_same),
		cmocka_unit_test(a_long_text_is_cut_and_known_to_be),
		cmocka_unit_test(a_call_that_never_returns_is_reported),
		cmocka_unit_test(a_request_of_io_uring_is_reported_as_the_call_it_stands_for),
		cmocka_unit_test(a_request_without_an_answer_is_reported),
#ifdef __x86_64__
		cmocka_unit_test(a_call_of_32_bits_is_told_from_the_64_bit_one_of_its_number),
		cmocka_unit_test(a_call_that_only_32_bits_have_is_found_by_its_name),
#endif
	};

	if (!can_run())
		return EXIT_SKIPPED;
	return cmocka_run_group_tests(tests, start, stop);
}
