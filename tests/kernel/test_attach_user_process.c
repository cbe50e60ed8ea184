// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Probes by process and in containers, and what outlives whom. */
#include "harness/snapshot.h"
#include "harness/test.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user_app.h"

/* Linked with --wrap: a kernel whose perf has no uprobes. */
static bool without_pmu;
int __real_skep_uprobe_pmu(void);
int __wrap_skep_uprobe_pmu(void);
int __wrap_skep_uprobe_pmu(void)
{
	return without_pmu ? -ENOENT : __real_skep_uprobe_pmu();
}

/* --- a process in a mount namespace of its own, with its own copy of the library --- */

struct container {
	pid_t pid;
	int to, from; /* ask for a call; it was made */
	char path[512];
};

static void copy_file(const char *from, const char *to)
{
	char buf[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0755);
	ssize_t n;

	if (in < 0 || out < 0)
		_exit(1);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			_exit(2);
	close(in);
	close(out);
}

static void live_in_container(const struct container *c, int commands, int answers)
{
	stand_fn *fn;
	void *copy;
	char byte;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", c->path, "tmpfs", 0, NULL) || chdir(c->path))
		_exit(3);
	copy_file(test_file(LIBRARY), LIBRARY);
	/* A link that means another file in another root. */
	if (symlink(LIBRARY, "link.so"))
		_exit(4);
	copy = dlopen("./" LIBRARY, RTLD_NOW);
	if (!copy)
		_exit(5);
	*(void **)&fn = dlsym(copy, "stand_one");
	while (write(answers, "x", 1) == 1 && read(commands, &byte, 1) == 1)
		fn(0);
	_exit(0);
}

static void container_call(struct container *c)
{
	char byte;

	assert_int_equal(write(c->to, "x", 1), 1);
	assert_int_equal(read(c->from, &byte, 1), 1);
}

static void container_start(struct container *c)
{
	int commands[2], answers[2];
	char byte;

	snprintf(c->path, sizeof(c->path), "%s/container", test_tmpdir());
	assert_int_equal(mkdir(c->path, 0755), 0);
	assert_int_equal(pipe(commands) + pipe(answers), 0);
	c->pid = fork();
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(commands[1]);
		close(answers[0]);
		/* dlopen() knows the library by its name already: it is another file. */
		dlclose(library);
		live_in_container(c, commands[0], answers[1]);
	}
	close(commands[0]);
	close(answers[1]);
	c->to = commands[1];
	c->from = answers[0];
	assert_int_equal(read(c->from, &byte, 1), 1);
}

static void container_stop(struct container *c)
{
	int status;

	close(c->to);
	close(c->from);
	waitpid(c->pid, &status, 0);
	assert_int_equal(status, 0);
}

static void assert_probes_container(struct container *c, const char *binary)
{
	struct skep_link *link = NULL;

	fired(6);
	if (skep_attach_uprobe(
		    &link, attach_user_program_on_call(app), binary,
		    SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .pid = c->pid, .cookie = 6)))
		fail_msg("%s: %s", binary, skep_error_last()->message);
	call("stand_one"); /* ours: another file */
	assert_int_equal(fired(6), 0);
	container_call(c);
	assert_int_equal(fired(6), 1);
	assert_int_equal(attach_user_bss(app)->last_pid, c->pid);
	done(link);
}

TEST(container_has_its_own_copy_probed_by_pid)
{
	struct container c = { 0 };
	struct skep_link *link = NULL;
	char path[600];

	start();
	container_start(&c);
	snprintf(path, sizeof(path), "%s/" LIBRARY, c.path);
	assert_probes_container(&c, path);
	assert_probes_container(&c, LIBRARY); /* what it has loaded */
	assert_probes_container(&c, "stand");
	assert_probes_container(&c, "./" LIBRARY);
	snprintf(path, sizeof(path), "%s/link.so", c.path);
	assert_probes_container(&c, path);
	/* The same path outside is nothing, and where there is a file, another one. */
	snprintf(path, sizeof(path), "%s/" LIBRARY, c.path);
	assert_error(skep_attach_uprobe(&link, attach_user_program_on_call(app), path,
					SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one")),
		     ENOENT);
	copy_file(test_file(LIBRARY), path);
	assert_ok(skep_attach_uprobe(
		&link, attach_user_program_on_call(app), path,
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .cookie = 6)));
	container_call(&c);
	assert_int_equal(fired(6), 0);
	done(link);
	/* In all processes, by the container's view of the path. */
	assert_ok(skep_attach_uprobe(
		&link, attach_user_program_on_call(app), path,
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .path_of = c.pid, .cookie = 6)));
	container_call(&c);
	assert_int_equal(fired(6), 1);
	done(link);
	container_stop(&c);
}

/* --- what outlives the call --- */

/* The child of a fork() closes its copies, and the parent's probes are none of its concern. */
TEST(fork_while_links_are_closed_is_survived)
{
	struct skep_link *links[4];
	struct snapshot before;
	int status;
	pid_t pid;

	start();
	snapshot_take(&before);
	for (size_t i = 0; i < 4; i++)
		assert_ok(skep_attach_uprobe(&links[i], attach_user_program_on_call(app),
					     test_file(LIBRARY),
					     SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one")));
	for (size_t i = 0; i < 4; i++)
		skep_link_free(links[i]);
	pid = fork();
	if (!pid)
		_exit(skep_attach_wait(-1) ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_ok(skep_attach_wait(-1));
	snapshot_assert_unchanged(&before);
}

/* The kernel closes what a process leaves, however it ends. */
TEST(probes_of_a_process_that_is_killed_are_gone)
{
	struct skep_link *link = NULL;
	struct snapshot before;
	int ready[2], status;
	char byte;
	pid_t pid;

	start();
	snapshot_take(&before);
	assert_int_equal(pipe(ready), 0);
	fired(1);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		int err = attach_three(&link, attach_user_program_on_many(app), true);

		if (!err && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	call("stand_one");
	assert_int_equal(fired(1), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ready[0]);
	close(ready[1]);
	call("stand_one");
	assert_int_equal(fired(1), 0);
	snapshot_assert_unchanged(&before);
}

static bool has_probe(const char *tracefs)
{
	char path[600], line[512];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/uprobe_events", tracefs);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		found = found || strstr(line, "skep/probe_");
	fclose(file);
	return found;
}

/* The last: it leaves the machine's mount namespace. */
TEST(tracefs_is_taken_where_perf_has_no_uprobes_and_left_clean)
{
	struct skep_link *link = NULL;
	char tracefs[512];

	start();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	snprintf(tracefs, sizeof(tracefs), "%s/tracefs", test_tmpdir());
	assert_int_equal(mkdir(tracefs, 0755), 0);
	without_pmu = true;
	assert_error(skep_attach_uprobe(&link, attach_user_program_on_call(app), test_file(LIBRARY),
					SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one")),
		     EOPNOTSUPP);
	app_assert_hints(".fallback");
	assert_int_equal(mount("none", tracefs, "tracefs", 0, NULL), 0);
	fired(7);
	assert_ok(skep_attach_uprobe(
		&link, attach_user_program_on_call(app), test_file(LIBRARY),
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .cookie = 7, .fallback = true)));
	assert_string_equal(skep_link_way(link), "uprobe by tracefs");
	call("stand_one");
	assert_int_equal(fired(7), 1);
	assert_true(has_probe(tracefs));
	done(link);
	without_pmu = false;
	assert_false(has_probe(tracefs));
	assert_int_equal(umount2(tracefs, MNT_DETACH), 0);
}
