// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Storage of tasks, sockets, inodes and cgroups: written by programs, read by their owners. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "map_cgrp.skep.h"
#include "map_storage.skep.h"

/* As in map_storage.bpf.c. */
struct visit {
	uint64_t count;
	uint64_t last;
};

typedef SKEP_STORAGE(struct visit) visit_map;
typedef SKEP_STORAGE(uint64_t) number_map;

static struct map_storage *start(visit_map *map, const char *name, bool lsm)
{
	struct map_storage *app = NULL;

	require_root();
	assert_ok(map_storage_open(&app, NULL));
	assert_ok(skep_program_enable(map_storage_program_on_create(app), lsm));
	if (map_storage_load(app))
		fail_msg("%s", skep_error_last()->message);
	assert_ok(skep_map_open(map, map_storage_object(app), name));
	return app;
}

static void end(struct map_storage *app, visit_map map)
{
	skep_map_free(map.map);
	map_storage_free(app);
}

TEST(task_has_what_a_program_wrote_for_it)
{
	visit_map tasks;
	struct map_storage *app = start(&tasks, "tasks", false);
	int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct visit visit = { 0 };

	assert_error(skep_storage_get_task(tasks, getpid(), &visit), ENOENT);
	app_assert_says("map 'tasks' has nothing for that process");
	assert_int_equal(app_run(map_storage_object(app), "visit_task", 5, 0), 1);
	assert_int_equal(app_run(map_storage_object(app), "visit_task", 6, 0), 2);
	assert_ok(skep_storage_get_task(tasks, getpid(), &visit));
	assert_int_equal(visit.count, 2);
	assert_int_equal(visit.last, 6);
	/* What user space writes, the program goes on with. */
	visit.count = 40;
	assert_ok(skep_storage_put(tasks, pidfd, &visit));
	assert_int_equal(app_run(map_storage_object(app), "visit_task", 7, 0), 41);
	assert_ok(skep_storage_get(tasks, pidfd, &visit));
	assert_int_equal(visit.count, 41);
	assert_error(skep_storage_put_task_with(tasks, getpid(), &visit, SKEP_PUT_NEW), EEXIST);
	assert_ok(skep_storage_put_task_with(tasks, getpid(), &visit, SKEP_PUT_EXISTING));
	assert_ok(skep_storage_del_task(tasks, getpid()));
	assert_error(skep_storage_del_task(tasks, getpid()), ENOENT);
	assert_error(skep_storage_put_with(tasks, pidfd, &visit, SKEP_PUT_EXISTING), ENOENT);
	close(pidfd);
	end(app, tasks);
}

TEST(value_goes_away_with_its_process)
{
	visit_map tasks;
	struct map_storage *app = start(&tasks, "tasks", false);
	struct visit visit = { 1, 2 };
	int pidfd, status;
	pid_t child = fork();

	if (!child) {
		pause();
		_exit(0);
	}
	pidfd = (int)syscall(SYS_pidfd_open, child, 0);
	assert_ok(skep_storage_put_task(tasks, child, &visit));
	memset(&visit, 0, sizeof(visit));
	assert_ok(skep_storage_get(tasks, pidfd, &visit));
	assert_int_equal(visit.last, 2);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	assert_error(skep_storage_get(tasks, pidfd, &visit), ENOENT);
	assert_error(skep_storage_put(tasks, pidfd, &visit), ESRCH);
	app_assert_says("that process is gone");
	assert_error(skep_storage_get_task(tasks, child, &visit), ESRCH);
	app_assert_says("there is no process");
	close(pidfd);
	end(app, tasks);
}

struct told {
	volatile pid_t tid;
	volatile bool over;
};

static void *tell_thread(void *ctx)
{
	struct told *told = ctx;

	told->tid = (pid_t)syscall(SYS_gettid);
	while (!told->over)
		usleep(1000);
	return NULL;
}

TEST(threads_are_named_where_the_kernel_can)
{
	visit_map tasks;
	struct map_storage *app = start(&tasks, "tasks", false);
	struct visit visit = { 1, 2 };
	struct told told = { 0, false };
	pthread_t thread;
	int err;

	assert_int_equal(pthread_create(&thread, NULL, tell_thread, &told), 0);
	while (!told.tid)
		usleep(1000);
	err = skep_storage_put_task(tasks, told.tid, &visit);
	if (kernel_at_least(6, 9)) {
		assert_ok(err);
		assert_error(skep_storage_get_task(tasks, getpid(), &visit), ENOENT);
		assert_ok(skep_storage_get_task(tasks, told.tid, &visit));
	} else {
		assert_error(err, EINVAL);
		app_assert_hints("Linux 6.9 names threads too");
	}
	told.over = true;
	pthread_join(thread, NULL);
	end(app, tasks);
}

TEST(socket_has_its_value_until_it_is_taken_away)
{
	visit_map sockets;
	struct map_storage *app = start(&sockets, "sockets", false);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct visit visit = { 3, 4 };

	assert_error(skep_storage_get(sockets, fd, &visit), ENOENT);
	assert_ok(skep_storage_put_with(sockets, fd, &visit, SKEP_PUT_NEW));
	assert_error(skep_storage_put_with(sockets, fd, &visit, SKEP_PUT_NEW), EEXIST);
	memset(&visit, 0, sizeof(visit));
	assert_ok(skep_storage_get(sockets, fd, &visit));
	assert_int_equal(visit.last, 4);
	assert_ok(skep_storage_del(sockets, fd));
	assert_error(skep_storage_del(sockets, fd), ENOENT);
	close(fd);
	end(app, sockets);
}

TEST(folder_has_what_a_program_counted_in_it)
{
	visit_map inodes;
	struct map_storage *app;
	SKEP_AUTO(skep_link) *link = NULL;
	struct visit visit = { 0 };
	char path[4200];

	require_vm();
	if (!processor_has_trampolines())
		test_skip("LSM programs came to arm64 with 6.4");
	app = start(&inodes, "inodes", true);
	if (skep_attach(&link, map_storage_program_on_create(app)))
		fail_msg("%s", skep_error_last()->message);
	map_storage_bss(app)->only = (uint32_t)getpid();
	assert_error(skep_storage_get_path(inodes, test_tmpdir(), &visit), ENOENT);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%d", test_tmpdir(), i);
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	assert_ok(skep_storage_get_path(inodes, test_tmpdir(), &visit));
	assert_int_equal(visit.count, 3);
	visit.count = 7;
	assert_ok(skep_storage_put_path(inodes, path, &visit));
	memset(&visit, 0, sizeof(visit));
	assert_ok(skep_storage_get_path(inodes, path, &visit));
	assert_int_equal(visit.count, 7);
	assert_ok(skep_storage_del_path(inodes, path));
	assert_error(skep_storage_get_path(inodes, path, &visit), ENOENT);
	end(app, inodes);
}

TEST(file_has_a_value_or_the_kernel_keeps_none_and_says_why)
{
	visit_map inodes;
	struct map_storage *app = start(&inodes, "inodes", false);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct visit visit = { 8, 9 };
	int err = skep_storage_put(inodes, fd, &visit);

	if (err) {
		assert_error(err, EOPNOTSUPP);
		app_assert_says("keeps no storage with inodes");
		app_assert_hints("lsm=");
	} else {
		memset(&visit, 0, sizeof(visit));
		assert_ok(skep_storage_get_path(inodes, "/proc/self/exe", &visit));
		assert_int_equal(visit.last, 9);
		assert_ok(skep_storage_del(inodes, fd));
	}
	assert_error(skep_storage_get_path(inodes, "/no/such", &visit), ENOENT);
	app_assert_says("cannot open /no/such");
	assert_error(skep_storage_get_path(inodes, "/proc/self/exe/x", &visit), ENOTDIR);
	assert_error(skep_storage_get_path(inodes, NULL, &visit), EINVAL);
	assert_error(skep_storage_put(inodes, 999, &visit), EBADF);
	close(fd);
	end(app, inodes);
}

TEST(cgroup_has_what_a_program_wrote_when_it_was_made)
{
	SKEP_AUTO(skep_link) *link = NULL;
	struct map_cgrp *app = NULL;
	const char *root = cgroup2_root();
	number_map cgroups;
	uint64_t got = 0, again = 0;
	int fd, by_fd, by_path, deleted, gone;
	char path[256];

	require_root();
	if (!kernel_at_least(6, 2))
		test_skip("storage of cgroups came with 6.2");
	assert_ok(map_cgrp_open(&app, NULL));
	if (map_cgrp_load(app) || skep_attach(&link, map_cgrp_program_on_mkdir(app)))
		fail_msg("%s", skep_error_last()->message);
	assert_ok(skep_map_open(&cgroups, map_cgrp_object(app), "cgroups"));
	snprintf(path, sizeof(path), "%s/skep-storage-%d", root, getpid());
	assert_int_equal(mkdir(path, 0755), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	by_fd = skep_storage_get(cgroups, fd, &got);
	by_path = skep_storage_get_path(cgroups, path, &again);
	deleted = skep_storage_del_path(cgroups, path);
	gone = skep_storage_get(cgroups, fd, &again);
	close(fd);
	rmdir(path);
	assert_ok(by_fd);
	assert_ok(by_path);
	assert_ok(deleted);
	assert_error(gone, ENOENT);
	assert_int_equal(got, 4711);
	assert_int_equal(again, 4711);
	assert_error(skep_storage_get_path(cgroups, "/tmp", &got), EINVAL);
	app_assert_says("/tmp is not in a tree of cgroups");
	assert_error(skep_storage_get_path(cgroups, path, &got), ENOENT);
	skep_map_free(cgroups.map);
	map_cgrp_free(app);
}

TEST(kernel_without_storage_of_cgroups_is_told_which_has_it)
{
	struct map_cgrp *app = NULL;

	require_root();
	if (kernel_at_least(6, 2))
		test_skip("this kernel has storage of cgroups");
	assert_ok(map_cgrp_open(&app, NULL));
	assert_error(map_cgrp_load(app), EOPNOTSUPP);
	app_assert_says("6.2");
	map_cgrp_free(app);
}

TEST(owners_of_another_kind_are_refused_in_words)
{
	visit_map tasks, sockets;
	struct map_storage *app = start(&tasks, "tasks", false);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct visit visit = { 0 };

	assert_ok(skep_map_open(&sockets, map_storage_object(app), "sockets"));
	assert_error(skep_storage_get(sockets, fd, &visit), EINVAL);
	app_assert_says("map 'sockets' takes sockets: file descriptor");
	app_assert_says("/dev/null");
	assert_error(skep_storage_put(sockets, fd, &visit), EINVAL);
	assert_error(skep_storage_del(sockets, fd), EINVAL);
	assert_error(skep_storage_put(sockets, 999, &visit), EBADF);
	assert_error(skep_storage_get(sockets, -1, &visit), EBADF);
	assert_error(skep_storage_get(tasks, fd, &visit), EINVAL);
	app_assert_says("map 'tasks' takes pidfds");
	assert_error(skep_storage_get(tasks, 999, &visit), EBADF);
	assert_error(skep_storage_get_task(tasks, 0, &visit), EINVAL);
	assert_error(skep_storage_get_task(tasks, -7, &visit), EINVAL);
	assert_error(skep_storage_get_task(sockets, getpid(), &visit), EPROTOTYPE);
	app_assert_says("'sockets' is a socket storage: it has no processes");
	assert_error(skep_storage_get_path(tasks, "/", &visit), EPROTOTYPE);
	close(fd);
	skep_map_free(sockets.map);
	end(app, tasks);
}

TEST(misuse_of_storages_is_an_error)
{
	typedef SKEP_MAP(int, struct visit) plain_map;
	visit_map tasks, none = { .map = NULL };
	struct map_storage *app = start(&tasks, "tasks", false);
	plain_map plain = { .map = NULL };
	number_map small = { .map = NULL };
	struct visit visit = { 0 };

	assert_error(skep_storage_get(none, 0, &visit), EBADF);
	assert_error(skep_storage_get_task(none, getpid(), &visit), EBADF);
	assert_error(skep_storage_get_path(none, "/", &visit), EBADF);
	assert_error(skep_storage_get_task_raw(tasks.map, getpid(), NULL), EINVAL);
	assert_error(skep_storage_put_task_raw(tasks.map, getpid(), &visit, (enum skep_put)9),
		     EINVAL);
	assert_error(skep_map_open(&plain, map_storage_object(app), "tasks"), EPROTOTYPE);
	app_assert_hints("SKEP_STORAGE");
	assert_error(skep_map_open(&small, map_storage_object(app), "tasks"), EPROTOTYPE);
	app_assert_says("16 bytes");
	end(app, tasks);
}

TEST(storages_made_from_user_space_hold_values)
{
	number_map map;
	uint64_t value = 5, got = 0;

	require_root();
	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_TASK_STORAGE, "made", 0, NULL));
	assert_ok(skep_storage_put_task(map, getpid(), &value));
	assert_ok(skep_storage_get_task(map, getpid(), &got));
	assert_int_equal(got, 5);
	skep_map_free(map.map);
}
