// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* An object's life: open, set, load, attach, detach, free; each step in its place. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "life.skep.h"

static struct life *start(void)
{
	struct life *life = NULL;

	require_root();
	assert_ok(life_open(&life, NULL));
	return life;
}

TEST(whole_life_works_and_leaves_nothing)
{
	struct snapshot before;
	struct life *life;
	uint64_t execs;

	require_root();
	snapshot_take(&before);
	life = start();
	life_consts(life)->parent = (uint32_t)getpid();
	assert_ok(life_load(life));
	run_true(3);
	assert_int_equal(life_bss(life)->execs, 0);
	assert_ok(life_attach(life));
	assert_non_null(life_link_on_exec(life));
	assert_true(skep_link_fd(life_link_on_exec(life)) >= 0);
	run_true(5);
	assert_int_equal(life_bss(life)->execs, 5);
	life_detach(life);
	assert_null(life_link_on_exec(life));
	run_true(3);
	assert_int_equal(life_bss(life)->execs, 5);
	assert_ok(life_attach(life));
	run_true(2);
	execs = life_bss(life)->execs;
	life_free(life);
	assert_int_equal(execs, 7);
	snapshot_assert_unchanged(&before);
}

TEST(constants_set_before_load_are_what_the_program_sees)
{
	struct life *life = start();

	assert_int_equal(life_consts(life)->step, 1);
	life_consts(life)->step = 7;
	life_data(life)->from = 200;
	life_data_extra(life)->extra = 40;
	life_consts_limits(life)->limit = 220;
	assert_ok(life_load(life));
	assert_int_equal(app_run(life_object(life), "add", 1, 0), 40);
	assert_int_equal(life_bss(life)->total, 7);
	app_run(life_object(life), "add", 1, 0);
	assert_int_equal(life_bss(life)->total, 14);
	app_run(life_object(life), "add", 1, 0); /* 21 and 200 are beyond 220 */
	assert_int_equal(life_bss(life)->total, 0);
	life_free(life);
}

TEST(variables_are_the_programs_own_memory_after_load)
{
	struct life *life = start();

	assert_int_equal(life_data(life)->from, 100);
	assert_ok(life_load(life));
	life_bss(life)->total = 500;
	life_data_extra(life)->extra = 3;
	assert_int_equal(app_run(life_object(life), "add", 1, 0), 3);
	assert_int_equal(life_bss(life)->total, 501);
	life_data(life)->from = 600;
	app_run(life_object(life), "add", 1, 0);
	assert_int_equal(life_bss(life)->total, 0);
	life_free(life);
}

TEST(constants_are_read_only_memory_after_load)
{
	struct life *life = start();
	pid_t child;
	int status;

	assert_ok(life_load(life));
	assert_int_equal(life_consts(life)->step, 1);
	child = fork();
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		life_consts(life)->step = 2;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	life_free(life);
}

TEST(current_task_and_time_are_right)
{
	struct life *life = start();
	struct who *who;
	struct timespec t;
	char comm[32];
	FILE *file = fopen("/proc/self/comm", "r");

	assert_non_null(file);
	assert_non_null(fgets(comm, sizeof(comm), file));
	fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	assert_ok(life_load(life));
	app_run(life_object(life), "ask", 0, 0);
	who = &life_bss(life)->who;
	assert_int_equal(who->pid, getpid());
	assert_int_equal(who->tgid, getpid());
	assert_int_equal(who->tid, syscall(SYS_gettid));
	assert_int_equal(who->ppid, getppid());
	assert_int_equal(who->uid, getuid());
	assert_int_equal(who->gid, getgid());
	assert_string_equal(who->comm, comm);
	clock_gettime(CLOCK_MONOTONIC, &t);
	assert_true((uint64_t)t.tv_sec * SKEP_SECOND + (uint64_t)t.tv_nsec - who->ns <
		    60 * SKEP_SECOND);
	clock_gettime(CLOCK_BOOTTIME, &t);
	assert_true((uint64_t)t.tv_sec * SKEP_SECOND + (uint64_t)t.tv_nsec - who->boot_ns <
		    60 * SKEP_SECOND);
	life_free(life);
}

TEST(steps_out_of_order_are_refused)
{
	struct life *life = start();
	struct skep_link *link = NULL;

	assert_error(life_attach(life), EBADF);
	assert_error(skep_attach(&link, life_program_on_exec(life)), EBADF);
	assert_null(link);
	life_detach(life);
	assert_ok(life_load(life));
	assert_error(life_load(life), EALREADY);
	assert_error(life_resize_big(life, 5), EBUSY);
	assert_error(skep_program_enable(life_program_add(life), false), EBUSY);
	assert_ok(life_attach(life));
	assert_error(life_attach(life), EALREADY);
	life_detach(life);
	life_detach(life);
	life_free(life);
}

TEST(map_is_resized_before_load)
{
	struct life *life = start();
	uint64_t value = 1;

	assert_error(skep_object_resize(life_object(life), "count", 5), ENOENT);
	app_assert_hints("counts");
	assert_error(life_resize_counts(life, 0), EINVAL);
	assert_ok(life_resize_counts(life, 3));
	assert_ok(life_load(life));
	for (uint32_t key = 0; key < 3; key++)
		assert_ok(skep_map_put(life_map_counts(life), &key, &value));
	for (uint32_t key = 3; key < 6; key++)
		assert_error(skep_map_put(life_map_counts(life), &key, &value), E2BIG);
	life_free(life);
}

TEST(object_opened_twice_is_two_objects)
{
	struct life *a = start(), *b = start();
	uint32_t key = 1;
	uint64_t value = 9;

	life_consts(a)->step = 2;
	life_consts(b)->step = 3;
	assert_ok(life_load(a));
	assert_ok(life_load(b));
	app_run(life_object(a), "add", 0, 0);
	app_run(life_object(b), "add", 0, 0);
	app_run(life_object(b), "add", 0, 0);
	assert_int_equal(life_bss(a)->total, 2);
	assert_int_equal(life_bss(b)->total, 6);
	assert_ok(skep_map_put(life_map_counts(a), &key, &value));
	assert_error(skep_map_get(life_map_counts(b), &key, &value), ENOENT);
	life_free(a);
	app_run(life_object(b), "add", 0, 0);
	assert_int_equal(life_bss(b)->total, 9);
	life_free(b);
}

TEST(program_that_is_switched_off_is_not_loaded)
{
	struct life *life = start();

	assert_ok(skep_program_enable(life_program_on_exec(life), false));
	assert_ok(life_load(life));
	assert_int_equal(skep_program_fd(life_program_on_exec(life)), -1);
	assert_true(skep_program_fd(life_program_add(life)) >= 0);
	assert_ok(life_attach(life));
	assert_null(life_link_on_exec(life));
	life_free(life);
}

TEST(programs_and_maps_can_be_listed)
{
	struct life *life = start();
	const struct skep_program *program = NULL;
	const struct skep_map *map = NULL;
	int programs = 0, maps = 0;

	while ((program = skep_object_next_program(life_object(life), program)))
		programs++;
	while ((map = skep_object_next_map(life_object(life), map)))
		maps++;
	assert_int_equal(programs, 3);
	assert_true(maps >= 5);
	assert_null(skep_object_program(life_object(life), "ad"));
	assert_null(skep_object_map(life_object(life), "bi"));
	assert_string_equal(skep_object_name(life_object(life)), "life");
	assert_string_equal(skep_program_section(life_program_on_exec(life)),
			    "raw_tp/sched_process_exec");
	assert_ptr_equal(
		skep_program_libbpf(life_program_add(life)),
		bpf_object__find_program_by_name(skep_object_libbpf(life_object(life)), "add"));
	life_free(life);
}
