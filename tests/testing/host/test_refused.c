// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* How a hosted program fails: with a report that names its line, or a sentence. */
#include "harness/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include <skep/testing.h>
#include <skep/testing/host.h>

#include "programs.h"

/* What is printed by a test that is run in a process of its own, and must fail. */
static void assert_says(CMUnitTestFunction fn, const char *words)
{
	const struct CMUnitTest tests[] = { { "child", fn, NULL, NULL, NULL } };
	static char text[65536];
	int pipes[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	assert_return_code(pipe(pipes), errno);
	pid = fork();
	if (!pid) {
		dup2(pipes[1], 1);
		dup2(pipes[1], 2);
		close(pipes[0]);
		_exit(cmocka_run_group_tests(tests, NULL, NULL) ? 3 : 0);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		fail_msg("it did not fail: %s", text);
	if (!strstr(text, words))
		fail_msg("'%s' is not in: %s", words, text);
}

static void run_packet(int (*program)(struct xdp_md *), size_t bytes)
{
	struct skep_host_packet *packet = NULL;
	unsigned char data[256] = { 0 };

	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, data, bytes));
	skep_host_run(program, skep_host_xdp(packet));
}

static void run_words(int (*program)(unsigned long long *), unsigned long long word)
{
	skep_host_reset();
	skep_host_run(program, &word);
}

static void read_behind_packet(void **state)
{
	(void)state;
	run_packet(hosted_unchecked, 100);
}

static void read_one_behind(void **state)
{
	(void)state;
	skep_host_set_const(hosted_limit, 61);
	run_packet(hosted_unchecked, 61);
}

static void read_stale(void **state)
{
	(void)state;
	run_packet(hosted_stale, 100);
}

static void forget_record(void **state)
{
	(void)state;
	run_words(hosted_forgets, 0);
}

static void write_behind_record(void **state)
{
	(void)state;
	run_words(hosted_forgets, 16);
}

static void keep_lock(void **state)
{
	(void)state;
	run_words(hosted_locks, 1);
}

static void lock_twice(void **state)
{
	(void)state;
	run_words(hosted_locks, 2);
}

static void unknown_helper(void **state)
{
	struct skep_host_packet *packet = NULL;

	(void)state;
	skep_host_reset();
	skep_assert_ok(skep_host_packet_new(&packet, "packet", 6));
	skep_host_run(hosted_unknown, skep_host_skb(packet));
}

static void unknown_map(void **state)
{
	(void)state;
	skep_host_map("by_siez");
}

static void wrong_size(void **state)
{
	uint64_t key = 0, value = 0;

	(void)state;
	skep_assert_ok(skep_host_get("by_size", &key, &value));
}

static void foreign_context(void **state)
{
	struct xdp_md ctx = { 0 };

	(void)state;
	skep_host_reset();
	skep_host_run(hosted_stale, &ctx);
}

static void record_of_hash(void **state)
{
	(void)state;
	skep_host_record("by_size", NULL);
}

static void run_null(void **state)
{
	(void)state;
	skep_host_run_raw(NULL, NULL);
}

static void cpu_that_is_not_there(void **state)
{
	(void)state;
	skep_host_reset();
	skep_host_set_cpu(4);
}

static void no_packet(void **state)
{
	(void)state;
	skep_host_run(hosted_count, skep_host_xdp(NULL));
}

static void no_map(void **state)
{
	(void)state;
	skep_host_map_delete(NULL, NULL);
}

static void no_entries(void **state)
{
	(void)state;
	skep_host_set_entries("by_size", 0);
}

static void odd_ring(void **state)
{
	(void)state;
	skep_host_set_entries("seen", 5000);
}

static void no_helper(void **state)
{
	(void)state;
	skep_host_fake("bpf_get_curent_comm", run_packet);
}

/* An assertion of the test's own, while a record is reserved. */
static long give_up(void)
{
	fail_msg("given up");
	return 0;
}

static void fail_inside_of_a_record(void **state)
{
	struct skep_host_packet *packet = NULL;
	unsigned char data[60] = { 0 };

	(void)state;
	skep_host_reset();
	skep_host_fake("bpf_get_current_comm", give_up);
	skep_assert_ok(skep_host_packet_new(&packet, data, sizeof(data)));
	skep_host_run(hosted_count, skep_host_xdp(packet));
}

TEST(test_that_failed_inside_of_a_program_leaves_nothing_to_the_next)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(fail_inside_of_a_record) };
	pid_t pid = fork();
	int status;

	if (!pid) {
		freopen("/dev/null", "w", stderr);
		freopen("/dev/null", "w", stdout);
		if (cmocka_run_group_tests(tests, NULL, NULL) != 1)
			_exit(5);
		skep_host_reset();
		skep_host_run(hosted_reads, (unsigned long long[]){ 0 });
		run_packet(hosted_count, 60);
		_exit(skep_host_record("seen", NULL) ? 0 : 6);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

TEST(access_behind_a_packet_names_the_line_of_the_program)
{
	assert_says(read_behind_packet, "hosted.bpf.c:");
	assert_says(read_behind_packet, "use-after-poison");
	assert_says(read_one_behind, "hosted_unchecked");
}

TEST(pointer_into_a_packet_that_moved_is_reported)
{
	assert_says(read_stale, "hosted_stale");
}

TEST(record_that_is_left_or_overrun_is_reported)
{
	assert_says(forget_record, "neither submitted nor discarded");
	assert_says(write_behind_record, "index 16 out of bounds");
}

TEST(locks_are_checked)
{
	assert_says(keep_lock, "ends with a spin lock taken");
	assert_says(lock_twice, "while a lock is taken");
}

TEST(helper_that_is_not_there_is_named_with_its_line)
{
	assert_says(unknown_helper,
		    "calls bpf_get_cgroup_classid(), which is not there on the host");
	assert_says(unknown_helper, "hosted_unknown: ");
}

TEST(mistakes_of_the_test_are_said)
{
	assert_says(unknown_map, "no map 'by_siez'; there are: ");
	assert_says(wrong_size, "keys of 4 bytes, and the test gives 8");
	assert_says(foreign_context, "no context of a packet");
	assert_says(record_of_hash, "this map is no ring");
	assert_says(run_null, "the program is NULL");
	assert_says(no_packet, "the packet is NULL");
	assert_says(no_map, "the map is NULL");
	assert_says(no_entries, "it has no entries");
	assert_says(odd_ring, "power of two");
	assert_says(no_helper, "skep_host_fake(\"bpf_get_curent_comm\"): there is no such helper");
	assert_says(cpu_that_is_not_there, "skep_host_set_cpu(4): there are 4");
}
