// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Scratch, time, tasks, namespaces and containers of the BPF-side headers. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bpf_core_app.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- scratch ---- */

TEST(blocks_of_one_scratch_inside_each_other_have_each_its_own_memory)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	uint64_t missed = bss->nested.missed;

	/* Again, since what is not given back would be missing. */
	for (uint64_t i = 0; i < 3; i++) {
		bpf_core_ran("nest", 0, 0);
		assert_int_equal(bss->nested.blocks, 4);
		assert_int_equal(bss->nested.distinct, 4);
		assert_int_equal(bss->nested.missed, missed + i + 1);
	}
}

TEST(scratch_is_given_back_on_every_way_out_of_its_block)
{
	static const int results[] = { 5, 1, 2, 3, 2, 5 };
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());

	for (int i = 0; i < 60; i++)
		assert_int_equal(bpf_core_ran("leave", (uint64_t)(i % 6), 0), results[i % 6]);
	bpf_core_ran("nest", 0, 0);
	assert_int_equal(bss->nested.blocks, 4);
}

/* ---- time ---- */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

TEST(times_are_those_of_the_clocks_that_they_name)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	uint64_t mono = clock_ns(CLOCK_MONOTONIC), boot = clock_ns(CLOCK_BOOTTIME);

	bpf_core_ran("clocks", 0, 0);
	assert_in_range(bss->times[0], mono, clock_ns(CLOCK_MONOTONIC));
	assert_int_equal(bss->times[4], !bpf_core_ran("without_core", 0, 0));
	if (bss->times[4])
		assert_in_range(bss->times[1], boot, clock_ns(CLOCK_BOOTTIME));
	else
		assert_in_range(bss->times[1], mono, clock_ns(CLOCK_MONOTONIC));
	assert_in_range(bss->times[2], 0, clock_ns(CLOCK_MONOTONIC) - mono);
	assert_int_equal(bss->times[3], 0);
}

TEST(coarse_time_is_the_last_tick)
{
	struct bpf_core *app = bpf_core_started();
	struct bpf_core_bss *bss = bpf_core_bss(app);
	char packet[64] = "";
	struct timespec tick;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	/* Without the helper it is the time itself. */
	clockid_t clock =
		bpf_core_ran("without_core", 0, 0) ? CLOCK_MONOTONIC : CLOCK_MONOTONIC_COARSE;
	uint64_t before, after;

	assert_int_equal(clock_getres(clock, &tick), 0);
	before = clock_ns(clock);
	assert_int_equal(
		bpf_prog_test_run_opts(skep_program_fd(bpf_core_program_coarse(app)), &opts), 0);
	after = clock_ns(clock);
	assert_in_range(bss->times[0], before, after);
	assert_true(bss->times[0] <= bss->times[1]);
}

/* ---- tasks ---- */

/* Runs a program in a process of its own, where asserts would be lost; 0 when it could. */
static int ran_here(const char *program)
{
	const struct skep_program *p =
		skep_object_program(bpf_core_object(bpf_core_started()), program);
	uint64_t args[2] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	return bpf_prog_test_run_opts(skep_program_fd(p), &opts);
}

static void wait_for(pid_t pid)
{
	int status;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void name_namespace(struct bpf_core_bss *bss)
{
	struct stat st = { .st_ino = 0 };

	if (stat("/proc/self/ns/pid", &st))
		_exit(3);
	bss->dev = st.st_dev;
	bss->ino = st.st_ino;
}

TEST(numbers_of_a_task_in_the_initial_namespace_are_its_own)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());

	name_namespace(bss);
	bpf_core_ran("task", 0, 0);
	assert_int_equal(bss->who.pid, getpid());
	assert_int_equal(bss->who.tid, gettid());
	assert_int_equal(bss->who.pid_inside, getpid());
	assert_int_equal(bss->who.tid_inside, gettid());
	assert_int_equal(bss->who.pid_in, getpid());
	assert_int_equal(bss->who.tid_in, gettid());
	assert_int_equal(bss->who.ppid, getppid());
	assert_int_equal(bss->who.uid, getuid());
	assert_int_equal(bss->who.gid, getgid());
	bss->ino++;
	bpf_core_ran("task", 0, 0);
	assert_int_equal(bss->who.pid_in, 0);
	assert_int_equal(bss->who.tid_in, 0);
}

/* A namespace in a namespace: what its first process sees of itself. */
static void run_two_below(struct bpf_core_bss *bss, int own)
{
	for (int depth = 0; depth < 2; depth++) {
		int status;
		pid_t pid;

		if (unshare(CLONE_NEWPID))
			_exit(4);
		pid = fork();
		if (pid) {
			if (waitpid(pid, &status, 0) != pid)
				_exit(5);
			_exit(WEXITSTATUS(status) + (WIFSIGNALED(status) ? 100 : 0));
		}
	}
	/* A second process, so that its number is no other's. */
	if (fork() == 0) {
		if (own)
			name_namespace(bss);
		_exit(getpid() == 2 && !ran_here("task") ? 0 : 6);
	}
	int status = 1;

	wait(&status);
	_exit(WEXITSTATUS(status));
}

TEST(process_in_a_namespace_is_known_by_the_number_that_it_sees)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	pid_t pid;

	for (int own = 0; own < 2; own++) {
		memset(&bss->who, 0, sizeof(bss->who));
		name_namespace(bss);
		pid = fork();
		if (!pid)
			run_two_below(bss, own);
		wait_for(pid);
		assert_int_equal(bss->who.pid_inside, 2);
		assert_int_equal(bss->who.tid_inside, 2);
		assert_true(bss->who.pid > 2);
		/* By the namespace that is asked for: this one's knows it not by the helper. */
		assert_int_equal(bss->who.pid_in, own ? 2 : 0);
		assert_int_equal(bss->who.tid_in, own ? 2 : 0);
	}
}

/* ---- cgroups and containers ---- */

/* Runs `task` and `container` in a cgroup of this name below another; both are gone afterwards. */
static void run_in_cgroup(const char *parent, const char *name, uint64_t *inode)
{
	char outer[PATH_MAX], inner[PATH_MAX + NAME_MOST], procs[PATH_MAX + 2 * NAME_MOST];
	struct stat st;
	pid_t pid;

	snprintf(outer, sizeof(outer), "%s/%s", cgroup2_root(), parent);
	snprintf(inner, sizeof(inner), "%s/%s", outer, name);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", inner);
	assert_int_equal(mkdir(outer, 0755), 0);
	if (mkdir(inner, 0755)) {
		rmdir(outer);
		fail_msg("%s: %s", inner, strerror(errno));
	}
	pid = fork();
	if (!pid) {
		int fd = open(procs, O_WRONLY | O_CLOEXEC);

		_exit(fd < 0 || write(fd, "0", 1) != 1 || ran_here("task") ||
		      ran_here("container"));
	}
	*inode = stat(inner, &st) ? 0 : st.st_ino;
	wait_for(pid);
	assert_int_equal(rmdir(inner), 0);
	assert_int_equal(rmdir(outer), 0);
}

TEST(task_is_in_the_cgroup_of_this_id_and_name)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	uint64_t inode;

	run_in_cgroup("skep-test", "skep-test-inner", &inode);
	assert_int_equal(bss->who.cgroup_id, inode);
	assert_string_equal(bss->who.name, "skep-test-inner");
	assert_int_equal(bss->who.name_length, 15);
	assert_int_equal(bss->who.in_container, 0);
	assert_string_equal(bss->who.id, "");
}

TEST(container_is_known_by_the_names_that_runtimes_give_its_cgroup)
{
	static const struct {
		const char *parent, *name;
		int is;
	} cases[] = {
		{ "skep-test", "docker-" ID ".scope", 1 },
		{ "skep-test", "cri-containerd-" ID ".scope", 1 },
		{ "skep-test", "crio-" ID, 1 },
		{ "skep-test", "kubepods:cri:" ID, 1 },
		{ "skep-test", ID, 1 },
		{ "libpod-" ID ".scope", "container", 1 }, /* one of the container's own below it */
		{ "docker-" ID ".scope", "conmon", 1 },
		{ "skep-test", "libpod-conmon-" ID ".scope", 0 },
		{ "skep-test", "docker-" ID ".slice", 0 },
		{ "skep-test", "docker-" ID ".scope.d", 0 },
		{ "skep-test", "a" ID, 0 }, /* 65 digits */
		{ "skep-test", "docker_" ID, 0 },
		{ "skep-test",
		  "docker-g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0 },
		{ "skep-test",
		  "docker-0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef", 0 },
		{ "skep-test",
		  "docker-123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0 },
		{ "skep-test", "conmon-" ID, 0 },
	};
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	uint64_t inode;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&bss->who, 0x55, sizeof(bss->who));
		run_in_cgroup(cases[i].parent, cases[i].name, &inode);
		assert_string_equal(bss->who.id, cases[i].is ? ID : "");
		assert_int_equal(bss->who.in_container, cases[i].is);
	}
}

TEST(name_of_a_cgroup_that_does_not_fit_is_cut_and_no_container)
{
	struct bpf_core_bss *bss = bpf_core_bss(bpf_core_started());
	char name[NAME_MOST + 60] = "";
	uint64_t inode;

	memset(name, 'x', 100);
	snprintf(name + 100, sizeof(name) - 100, "-%s", ID);
	run_in_cgroup("skep-test", name, &inode);
	assert_int_equal(bss->who.name_length, NAME_MOST - 1);
	assert_memory_equal(bss->who.name, name, NAME_MOST - 1);
	assert_int_equal(bss->who.name[NAME_MOST - 1], 0);
	assert_int_equal(bss->who.in_container, 0);
}
