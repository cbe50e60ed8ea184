// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Identities of files, and what test_bpf_sec*.c share. */
#include "bpf_sec_app.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "harness/machine.h"
#include "harness/test.h"

static struct bpf_sec *app;

static void free_app(void)
{
	bpf_sec_free(app);
}

/* Of the verifier's log: where it says why. */
static const char *log_end(void)
{
	const char *log = skep_error_last()->log;
	size_t n = log ? strlen(log) : 0;

	return n > 800 ? log + n - 800 : n ? log : "";
}

struct bpf_sec *sec_started(void)
{
	struct bpf_sec *opened = NULL;

	require_root();
	if (app)
		return app;
	assert_ok(bpf_sec_open(&opened, NULL));
	strcpy((char *)(uintptr_t)bpf_sec_consts(opened)->folder, GUARDED);
	if (bpf_sec_load(opened))
		fail_msg("%s: %s", skep_error_last()->message, log_end());
	app = opened;
	atexit(free_app);
	bpf_sec_bss(app)->only = (uint32_t)getpid();
	bpf_sec_bss(app)->folder_bytes = strlen(GUARDED);
	return app;
}

struct bpf_sec_bss *sec_seen(void)
{
	return bpf_sec_bss(sec_started());
}

int sec_ran(const char *program, uint64_t arg0, uint64_t arg1)
{
	const struct skep_program *p = skep_object_program(bpf_sec_object(app), program);
	uint64_t args[2] = { arg0, arg1 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	int err = bpf_prog_test_run_opts(skep_program_fd(p), &opts);

	return err ? -10000 + err : (int)opts.retval;
}

void sec_in_child(int (*run)(void))
{
	int ends[2], status = -1, at = -1;
	ssize_t told;
	pid_t pid;

	sec_started();
	/* A line is more than an exit status has room for: it is told by a pipe. */
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		at = run();
		_exit(write(ends[1], &at, sizeof(at)) != sizeof(at));
	}
	close(ends[1]);
	told = read(ends[0], &at, sizeof(at));
	close(ends[0]);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (told == sizeof(at) && at == SKIP)
		test_skip("this kernel has no overlayfs");
	if (told != sizeof(at) || at || status)
		fail_msg("line %d in a child (status %d); seen: %lld '%s', state 0x%x, %u parts",
			 at, status, (long long)sec_seen()->path_seen.length,
			 sec_seen()->path_seen.text, sec_seen()->path_seen.state,
			 sec_seen()->path_seen.parts);
}

int sec_own_tmp(void)
{
	CHECK(!unshare(CLONE_NEWNS));
	CHECK(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	CHECK(!mount("skep-test", "/tmp", "tmpfs", 0, NULL));
	CHECK(!mkdir(GUARDED, 0755));
	return 0;
}

/* ---- identities ---- */

static bool is_file(const struct skep_file_id *id, const struct stat *st)
{
	return id->inode == st->st_ino && id->device == st->st_dev;
}

static int in_folder(int fd, int folder)
{
	return sec_ran("identity", (uint64_t)fd, (uint64_t)folder);
}

TEST(file_is_known_by_device_inode_and_mode_whatever_its_kind)
{
	static const char *const paths[] = { "/", "/proc/self/exe", "/dev/null", "/proc/stat",
					     "/sys" };
	struct bpf_sec_bss *seen = sec_seen();

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct stat st;
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(in_folder(fd, fd), (int)st.st_mode << 1 | 1);
		assert_true(is_file(&seen->id_seen, &st));
		close(fd);
	}
	/* No file at all. */
	assert_int_equal(in_folder(-1, 0), -14);
	assert_int_equal(in_folder(1 << 20, 0), -14);
	assert_int_equal(in_folder(INT32_MAX, 0), -14);
	assert_int_equal(seen->id_seen.inode, 0);
	assert_int_equal(seen->id_seen.device, 0);
}

/* tmpfs puts the generation into its handles. */
static uint32_t generation_of(int fd)
{
	struct {
		struct file_handle handle;
		uint32_t words[32];
	} h = { .handle.handle_bytes = sizeof(h.words) };
	int mount_id;

	if (name_to_handle_at(fd, "", &h.handle, &mount_id, AT_EMPTY_PATH))
		return 0;
	return h.words[0];
}

static int links_and_generations(void)
{
	struct skep_file_id first, *now = &sec_seen()->id_seen;
	struct stat st;
	int fd, folder, other;

	CHECK(!sec_own_tmp());
	fd = open(GUARDED "/a", O_CREAT | O_RDWR, 0600);
	folder = open(GUARDED, O_RDONLY);
	CHECK(fd >= 0 && folder >= 0 && !fstat(fd, &st));
	CHECK(in_folder(fd, folder) == ((int)st.st_mode << 1 | 1));
	CHECK(is_file(now, &st) && now->generation == generation_of(fd));
	first = *now;
	/* Another name is the same file; another file is another. */
	CHECK(!link(GUARDED "/a", "/tmp/b"));
	other = open("/tmp/b", O_RDONLY);
	CHECK(in_folder(other, folder) == (int)st.st_mode << 1);
	CHECK(!memcmp(now, &first, sizeof(first)));
	other = open("/tmp/c", O_CREAT | O_RDWR, 0600);
	CHECK(in_folder(other, folder) == (int)st.st_mode << 1);
	CHECK(memcmp(now, &first, sizeof(first)));
	/* Wherever the folder is mounted, and whatever its name is. */
	CHECK(!mkdir("/tmp/bound", 0755) && !mount(GUARDED, "/tmp/bound", NULL, MS_BIND, NULL));
	other = open("/tmp/bound/a", O_RDONLY);
	CHECK(in_folder(other, folder) == ((int)st.st_mode << 1 | 1));
	CHECK(!mkdir(GUARDED "/deep", 0755) && !mkdir(GUARDED "/deep/er", 0755));
	CHECK(!mount("skep-test", GUARDED "/deep/er", "tmpfs", 0, NULL));
	other = open("/tmp/bound/deep", O_RDONLY);
	CHECK(in_folder(other, folder) & 1);
	other = open(GUARDED "/deep/er/x", O_CREAT | O_RDWR, 0600);
	CHECK(in_folder(other, folder) & 1);
	CHECK(!rename(GUARDED, "/tmp/renamed"));
	CHECK(in_folder(other, folder) & 1);
	CHECK(!(in_folder(folder, other) & 1));
	return 0;
}

TEST(identity_holds_for_every_name_and_mount_and_ends_with_the_file)
{
	sec_in_child(links_and_generations);
}
