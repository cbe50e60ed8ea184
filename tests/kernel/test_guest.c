// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* skep as a guest in somebody's process: libbpf objects, fork, kill. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "life.skep.h"
#include "ring.skep.h"

static struct bpf_object *open_libbpf(const char *file)
{
	struct bpf_object *object;

	require_root();
	object = bpf_object__open_file(test_file(file), NULL);
	assert_non_null(object);
	return object;
}

TEST(object_loaded_by_libbpf_is_adopted_and_stays_its_owners)
{
	struct bpf_object *theirs = open_libbpf("ring.bpf.o");
	struct skep_object *object = NULL;
	ring_records_ring records;
	const struct record *e = NULL;
	int fd;

	assert_int_equal(bpf_object__load(theirs), 0);
	fd = bpf_program__fd(bpf_object__find_program_by_name(theirs, "leave"));
	assert_ok(skep_object_adopt(&object, theirs));
	assert_ptr_equal(skep_object_libbpf(object), theirs);
	assert_error(skep_object_load(object), EALREADY);
	assert_ok(skep_ring_open(&records, object, "records", NULL));
	assert_int_equal(app_run(object, "leave", WAY_BREAK, 1), 0);
	assert_int_equal(app_run(object, "leave", WAY_END, 2), 0);
	assert_ok(skep_ring_next(records, &e, 0));
	assert_int_equal(e->seq, 2);
	assert_int_equal(*(uint64_t *)skep_object_section(object, ".bss", NULL), 2);
	skep_ring_free(records.ring);
	skep_object_free(object);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	bpf_object__close(theirs);
}

TEST(object_opened_by_libbpf_is_adopted_and_loaded)
{
	struct bpf_object *theirs = open_libbpf("life.bpf.o");
	struct skep_object *object = NULL;
	struct snapshot before;

	snapshot_take(&before);
	assert_ok(skep_object_adopt(&object, theirs));
	assert_ok(skep_object_load(object));
	assert_ok(skep_object_attach(object));
	skep_object_free(object);
	bpf_object__close(theirs);
	snapshot_assert_unchanged(&before);
}

TEST(nothing_is_not_adopted)
{
	struct skep_object *object = NULL;

	require_root();
	assert_error(skep_object_adopt(&object, NULL), EINVAL);
	assert_null(object);
}

static struct life *attached(void)
{
	struct life *life = NULL;

	require_root();
	assert_ok(life_open(&life, NULL));
	life_consts(life)->parent = (uint32_t)getpid();
	assert_ok(life_load(life));
	assert_ok(life_attach(life));
	return life;
}

TEST(child_that_frees_and_exits_leaves_its_parents_programs_attached)
{
	struct life *life = attached();
	pid_t child = fork();
	int status;

	if (!child) {
		life_free(life);
		exit(0); /* with all that runs at exit */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	run_true(2);
	assert_int_equal(life_bss(life)->execs, 2);
	life_free(life);
}

static int on_record(const struct record *e, void *ctx)
{
	(void)e;
	(void)ctx;
	return 0;
}

/* What the child did until it is killed: everything that lives in the kernel. */
static pid_t start_victim(void)
{
	int pipes[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (!child) {
		struct life *life = attached();
		struct skep_loop *loop;
		struct ring *ring;

		if (ring_open(&ring, NULL) || ring_load(ring) ||
		    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
		    ring_on_records(ring, loop, on_record, NULL) || !life ||
		    write(pipes[1], "x", 1) != 1)
			_exit(1);
		if (skep_loop_run(loop))
			_exit(2);
		_exit(3);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	return child;
}

TEST(killed_process_leaves_nothing)
{
	struct snapshot before;
	pid_t child;
	int status;

	require_root();
	snapshot_take(&before);
	child = start_victim();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	snapshot_assert_unchanged(&before);
}

TEST(process_ended_by_ctrl_c_leaves_nothing)
{
	struct snapshot before;
	pid_t child;
	int status;

	require_root();
	snapshot_take(&before);
	child = start_victim();
	assert_int_equal(kill(child, SIGINT), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	snapshot_assert_unchanged(&before);
}
