// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Paths, against what the kernel itself shows in /proc. */
#include "bpf_sec_app.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/memfd.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

#define SEEN     1
#define MARK     2
#define CUT      0x100
#define DELETED  0x200
#define OUTSIDE  0x400
#define NO_FILE  0x800
#define NO_MOUNT 0x1000

static int proc_fds = -1; /* /proc/self/fd, of before a chroot */

/* What the kernel says of a link in /proc. */
static bool read_link(int dir, const char *name, char *text)
{
	ssize_t n = readlinkat(dir, name, text, PATH_MAX - 1);

	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static bool is_seen(const char *text)
{
	const struct seen_path *seen = &sec_seen()->path_seen;
	size_t n = strlen(text);

	return seen->length == (int64_t)n && !seen->is_cut && seen->copied == (int64_t)n &&
	       !strcmp(seen->text, text) &&
	       seen->copied_small == (int64_t)(n < SMALL_MOST ? n : SMALL_MOST) &&
	       !strncmp(seen->small, text, SMALL_MOST - 1);
}

static bool path_is(int fd, uint32_t how, uint32_t state, const char *text)
{
	return !sec_ran("path_of_fd", (uint64_t)fd, how) && is_seen(text) &&
	       sec_seen()->path_seen.state == state;
}

/* As /proc/self/fd has it. */
static bool is_as_proc(int fd, uint32_t state)
{
	char name[16], text[PATH_MAX];

	snprintf(name, sizeof(name), "%d", fd);
	return read_link(proc_fds, name, text) && path_is(fd, SEEN | MARK, state, text);
}

static int own_tmp(void)
{
	proc_fds = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(proc_fds >= 0);
	return sec_own_tmp();
}

static int opened(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600);
}

/* ---- names ---- */

static int names(void)
{
	int fd;

	CHECK(!own_tmp());
	CHECK(!mkdir("/tmp/a", 0755) && !mkdir("/tmp/a/b", 0755));
	CHECK((fd = opened("/tmp/a/b/../b/./file", O_CREAT | O_RDWR)) >= 0);
	CHECK(is_as_proc(fd, 0) && path_is(fd, 0, 0, "/tmp/a/b/file"));
	CHECK(sec_seen()->path_seen.parts == 4);
	CHECK(!symlink("/tmp/a/b/file", "/tmp/link") && !symlink("a/b", "/tmp/dir"));
	CHECK(is_as_proc(opened("/tmp/link", O_RDONLY), 0));
	CHECK(path_is(opened("/tmp/link", O_RDONLY), 0, 0, "/tmp/a/b/file"));
	CHECK(path_is(opened("/tmp/dir/../b/file", O_RDONLY), 0, 0, "/tmp/a/b/file"));
	CHECK(path_is(opened("/tmp/link", O_PATH | O_NOFOLLOW), 0, 0, "/tmp/link"));
	CHECK(!chdir("/tmp/dir"));
	CHECK(path_is(opened("../b/file", O_RDONLY), 0, 0, "/tmp/a/b/file"));
	CHECK(path_is(opened("/", O_RDONLY), 0, 0, "/"));
	CHECK(path_is(opened("/tmp", O_RDONLY), SEEN, 0, "/tmp"));
	CHECK(is_as_proc(opened("/proc/self/../self/status", O_RDONLY), 0));
	CHECK(is_as_proc(opened("/dev/null", O_RDWR), 0));
	/* Renamed, also the folders above; bytes are as they are. */
	CHECK(!rename("/tmp/a/b/file", "/tmp/a/b/\x01 new\n\xff (deleted)"));
	CHECK(path_is(fd, MARK, 0, "/tmp/a/b/\x01 new\n\xff (deleted)") && is_as_proc(fd, 0));
	CHECK(!rename("/tmp/a", "/tmp/moved"));
	CHECK(path_is(fd, 0, 0, "/tmp/moved/b/\x01 new\n\xff (deleted)"));
	/* Deleted, the file and the folder above. */
	CHECK(!unlink("/tmp/moved/b/\x01 new\n\xff (deleted)"));
	CHECK(is_as_proc(fd, DELETED));
	CHECK(path_is(fd, 0, DELETED, "/tmp/moved/b/\x01 new\n\xff (deleted)"));
	CHECK(!rmdir("/tmp/moved/b") && !rmdir("/tmp/moved"));
	CHECK(is_as_proc(fd, DELETED));
	CHECK(is_as_proc(opened("/tmp", O_TMPFILE | O_RDWR), DELETED));
	return 0;
}

TEST(path_is_that_of_proc_for_links_dots_renames_and_deletions)
{
	sec_in_child(names);
}

/* ---- mounts ---- */

static int mounts(void)
{
	int fd, gone;

	CHECK(!own_tmp());
	CHECK(!mkdir("/tmp/a", 0755) && !mkdir("/tmp/bind", 0755) && !mkdir("/tmp/file", 0755));
	CHECK((fd = opened("/tmp/a/x", O_CREAT | O_RDWR)) >= 0);
	CHECK(!mount("/tmp/a", "/tmp/bind", NULL, MS_BIND, NULL));
	CHECK(path_is(fd, 0, 0, "/tmp/a/x"));
	CHECK(path_is(opened("/tmp/bind/x", O_RDONLY), 0, 0, "/tmp/bind/x"));
	CHECK(path_is(opened("/tmp/bind", O_RDONLY), 0, 0, "/tmp/bind"));
	CHECK(is_as_proc(opened("/tmp/bind/x", O_RDONLY), 0));
	/* Of a single file, of a mount below a mount, and over one another. */
	CHECK((gone = opened("/tmp/other", O_CREAT | O_RDWR)) >= 0);
	CHECK(!mount("/tmp/a/x", "/tmp/other", NULL, MS_BIND, NULL));
	CHECK(path_is(opened("/tmp/other", O_RDONLY), 0, 0, "/tmp/other"));
	CHECK(!mkdir("/tmp/bind/in", 0755));
	CHECK(!mount("skep-test", "/tmp/bind/in", "tmpfs", 0, NULL));
	CHECK(!mount("skep-test", "/tmp/bind/in", "tmpfs", 0, NULL));
	CHECK(!mkdir("/tmp/bind/in/most", 0755));
	CHECK((fd = opened("/tmp/bind/in/most/f", O_CREAT | O_RDWR)) >= 0);
	CHECK(path_is(fd, 0, 0, "/tmp/bind/in/most/f") && is_as_proc(fd, 0));
	CHECK(path_is(fd, SEEN, 0, "/tmp/bind/in/most/f"));
	/* A mount that moved; one that was unmounted while in use. */
	CHECK(!mkdir("/tmp/target", 0755) && !umount2("/tmp/other", MNT_DETACH));
	CHECK(!mount("/tmp/bind/in", "/tmp/target", NULL, MS_MOVE, NULL));
	CHECK(path_is(fd, 0, 0, "/tmp/target/most/f") && is_as_proc(fd, 0));
	CHECK(!umount2("/tmp/target", MNT_DETACH));
	CHECK(path_is(fd, 0, OUTSIDE, "/most/f") && is_as_proc(fd, OUTSIDE));
	/* A tree that hangs in the air. */
	CHECK((gone = (int)syscall(SYS_open_tree, AT_FDCWD, "/tmp/a", OPEN_TREE_CLONE)) >= 0);
	CHECK((fd = openat(gone, "x", O_RDONLY | O_CLOEXEC)) >= 0);
	CHECK(path_is(fd, 0, OUTSIDE, "/x") && is_as_proc(fd, OUTSIDE));
	/* A folder that leaves the bind mount it was opened by: /proc says "/", this says more. */
	CHECK(!mkdir("/tmp/a/leaves", 0755));
	CHECK((fd = opened("/tmp/bind/leaves", O_RDONLY)) >= 0);
	CHECK(!rename("/tmp/a/leaves", "/tmp/left"));
	CHECK(path_is(fd, 0, OUTSIDE, "/left") && path_is(fd, SEEN, OUTSIDE, "/left"));
	return 0;
}

TEST(path_goes_through_mounts_as_the_kernel_does)
{
	sec_in_child(mounts);
}

static bool dentry_is(int fd, uint32_t how, uint32_t state, const char *text)
{
	return !sec_ran("path_of_dentry", (uint64_t)fd, how) && is_seen(text) &&
	       sec_seen()->path_seen.state == state;
}

static int without_mount(void)
{
	int fd, gone;

	CHECK(!own_tmp());
	CHECK(!mkdir("/tmp/a", 0755) && !mkdir("/tmp/a/b", 0755) && !mkdir("/tmp/only", 0755));
	CHECK((fd = opened("/tmp/a/b/f", O_CREAT | O_RDWR)) >= 0);
	CHECK(dentry_is(fd, 0, 0, "/tmp/a/b/f") && dentry_is(fd, SEEN, 0, "/tmp/a/b/f"));
	CHECK(dentry_is(opened("/tmp", O_RDONLY), 0, 0, "/tmp"));
	CHECK(dentry_is(opened("/proc/stat", O_RDONLY), 0, 0, "/proc/stat"));
	/* By the mount of the whole, whichever it was opened by. */
	CHECK(!mount("/tmp/a", "/tmp/only", NULL, MS_BIND, NULL));
	CHECK(dentry_is(opened("/tmp/only/b/f", O_RDONLY), 0, 0, "/tmp/a/b/f"));
	/* A file system of which a folder is mounted, and nothing else. */
	CHECK(!mkdir("/tmp/whole", 0755) && !mount("skep-test", "/tmp/whole", "tmpfs", 0, NULL));
	CHECK(!mkdir("/tmp/whole/in", 0755) && !mkdir("/tmp/whole/out", 0755));
	CHECK((fd = opened("/tmp/whole/in/f", O_CREAT | O_RDWR)) >= 0);
	CHECK((gone = opened("/tmp/whole/out/f", O_CREAT | O_RDWR)) >= 0);
	CHECK(!mkdir("/tmp/part", 0755) &&
	      !mount("/tmp/whole/in", "/tmp/part", NULL, MS_BIND, NULL));
	CHECK(!umount2("/tmp/whole", MNT_DETACH));
	CHECK(dentry_is(fd, 0, 0, "/tmp/part/f"));
	CHECK(dentry_is(gone, 0, NO_MOUNT, "/out/f"));
	CHECK(!unlink("/tmp/part/f") && dentry_is(fd, MARK, DELETED, "/tmp/part/f (deleted)"));
	return 0;
}

TEST(path_of_a_dentry_goes_by_a_mount_that_the_task_has)
{
	sec_in_child(without_mount);
}

static int in_chroot(void)
{
	char before[2][PATH_MAX], name[16];
	int inside, outside, top;

	CHECK(!own_tmp());
	CHECK(!mkdir("/tmp/jail", 0755) && !mkdir("/tmp/jail/etc", 0755));
	CHECK(!mount("/tmp/jail", "/tmp/jail", NULL, MS_BIND, NULL));
	CHECK((inside = opened("/tmp/jail/etc/passwd", O_CREAT | O_RDWR)) >= 0);
	CHECK((outside = opened("/tmp/secret", O_CREAT | O_RDWR)) >= 0);
	snprintf(name, sizeof(name), "%d", inside);
	CHECK(read_link(proc_fds, name, before[0]));
	snprintf(name, sizeof(name), "%d", outside);
	CHECK(read_link(proc_fds, name, before[1]));
	CHECK(!chroot("/tmp/jail") && !chdir("/etc"));
	/* As seen from outside, and as the task itself sees it. */
	CHECK(path_is(inside, 0, 0, before[0]) && path_is(inside, SEEN, 0, "/etc/passwd"));
	CHECK(is_as_proc(inside, 0));
	CHECK(path_is(opened("/etc/../../etc/passwd", O_RDONLY), 0, 0, "/tmp/jail/etc/passwd"));
	CHECK((top = opened("/", O_RDONLY)) >= 0);
	CHECK(path_is(top, 0, 0, "/tmp/jail") && path_is(top, SEEN, 0, "/"));
	CHECK(path_is(outside, 0, 0, before[1]) && is_as_proc(outside, OUTSIDE));
	CHECK(!sec_ran("path_of_cwd", 0, 0) && is_seen("/tmp/jail/etc"));
	CHECK(!sec_ran("path_of_cwd", SEEN, 0) && is_seen("/etc"));
	return 0;
}

TEST(chroot_hides_nothing_unless_its_view_is_asked_for)
{
	sec_in_child(in_chroot);
}

static int overlay(void)
{
	static const char *const dirs[] = { "low", "low/d", "up", "work", "all" };
	char path[64];
	int fd;

	CHECK(!own_tmp());
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "/tmp/%s", dirs[i]);
		CHECK(!mkdir(path, 0755));
	}
	CHECK(opened("/tmp/low/d/lower", O_CREAT | O_RDWR) >= 0);
	if (mount("skep-test", "/tmp/all", "overlay", 0,
		  "lowerdir=/tmp/low,upperdir=/tmp/up,workdir=/tmp/work"))
		return errno == ENODEV ? SKIP : __LINE__;
	CHECK((fd = opened("/tmp/all/d/lower", O_RDONLY)) >= 0);
	CHECK(path_is(fd, 0, 0, "/tmp/all/d/lower") && is_as_proc(fd, 0));
	CHECK((fd = opened("/tmp/all/d/lower", O_RDWR)) >= 0); /* copied up */
	CHECK(path_is(fd, 0, 0, "/tmp/all/d/lower") && is_as_proc(fd, 0));
	CHECK((fd = opened("/tmp/all/d/upper", O_CREAT | O_RDWR)) >= 0);
	CHECK(path_is(fd, 0, 0, "/tmp/all/d/upper") && is_as_proc(fd, 0));
	CHECK(!unlink("/tmp/all/d/upper"));
	CHECK(is_as_proc(fd, DELETED));
	return 0;
}

TEST(files_of_an_overlay_have_its_paths)
{
	sec_in_child(overlay);
}

/* ---- lengths ---- */

/* Makes and enters folders below the current one, until the path has `bytes`; adds them to it. */
static bool go_down(char *path, size_t bytes, size_t name_bytes)
{
	char name[NAME_MAX + 1];
	size_t have = strlen(path);

	while (have < bytes) {
		size_t n = bytes - have - 1;

		if (n > name_bytes)
			n = bytes - have - 1 - name_bytes == 1 ? name_bytes - 1 : name_bytes;
		memset(name, 'a' + (int)(have % 26), n);
		name[n] = '\0';
		if (mkdir(name, 0755) || chdir(name))
			return false;
		path[have] = '/';
		strcpy(path + have + 1, name);
		have += n + 1;
	}
	return true;
}

static int length_is(size_t bytes, size_t name_bytes, uint32_t parts)
{
	static char path[8192];

	CHECK(!own_tmp());
	CHECK(!chdir("/tmp"));
	strcpy(path, "/tmp");
	CHECK(go_down(path, bytes, name_bytes) && strlen(path) == bytes);
	CHECK(is_as_proc(opened(".", O_RDONLY), 0));
	CHECK(path_is(opened(".", O_RDONLY), 0, 0, path));
	CHECK(!parts || sec_seen()->path_seen.parts == parts);
	CHECK(!sec_ran("path_of_cwd", 0, 0) && is_seen(path));
	return 0;
}

static int bytes_300(void)
{
	return length_is(300, 40, 0);
}

static int bytes_4000(void)
{
	return length_is(4000, NAME_MAX, 0);
}

static int levels_100(void)
{
	return length_is(4 + 99 * 6, 5, 100);
}

TEST(path_of_300_bytes_is_whole)
{
	sec_in_child(bytes_300);
}

TEST(path_of_4000_bytes_is_whole)
{
	sec_in_child(bytes_4000);
}

TEST(path_of_100_levels_is_whole)
{
	sec_in_child(levels_100);
}

/* The kernel's own limit, with as many names as fit; and then one byte, and many, more. */
static int longest(void)
{
	static char path[8192];
	const struct seen_path *seen = &sec_seen()->path_seen;

	CHECK(!own_tmp());
	CHECK(!chdir("/tmp"));
	strcpy(path, "/tmp");
	CHECK(go_down(path, 4092, 1) && go_down(path, 4095, 2));
	CHECK(path_is(opened(".", O_RDONLY), 0, 0, path) && seen->parts == 2046);
	CHECK(is_as_proc(opened(".", O_RDONLY), 0));
	CHECK(go_down(path, 4097, 1));
	CHECK(!sec_ran("path_of_fd", (uint64_t)opened(".", O_RDONLY), 0));
	CHECK(seen->is_cut == 1 && seen->state == CUT && seen->length == 4092 &&
	      seen->text[0] != '/');
	CHECK(!strcmp(path + 5, seen->text));
	CHECK(!sec_ran("is_below", (uint64_t)opened(".", O_RDONLY), 0));
	CHECK(go_down(path, 6000, NAME_MAX));
	CHECK(!sec_ran("path_of_fd", (uint64_t)opened(".", O_RDONLY), 0));
	CHECK(seen->state == CUT && seen->length > 3800 && seen->text[0] != '/');
	CHECK(!strcmp(path + 6000 - seen->length, seen->text) && path[5999 - seen->length] == '/');
	return 0;
}

TEST(path_beyond_the_kernels_limit_is_its_end_and_says_so)
{
	sec_in_child(longest);
}

/* ---- what else there is ---- */

TEST(what_is_no_file_of_a_tree_is_named_as_in_proc)
{
	int fds[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };

	sec_started();
	proc_fds = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(pipe(fds), 0);
	fds[2] = socket(AF_UNIX, SOCK_STREAM, 0);
	fds[3] = eventfd(0, 0);
	fds[4] = open("/proc/self/ns/net", O_RDONLY);
	fds[5] = open("/proc/self/ns/pid", O_RDONLY);
	fds[6] = (int)syscall(SYS_pidfd_open, getpid(), 0);
	fds[7] = memfd_create("some thing", 0);
	for (int i = 0; i < 8; i++) {
		assert_true(fds[i] >= 0);
		if (!is_as_proc(fds[i], i == 7 ? NO_FILE | DELETED : NO_FILE))
			fail_msg("%d: '%s', state 0x%x", i, sec_seen()->path_seen.text,
				 sec_seen()->path_seen.state);
		assert_int_equal(sec_ran("is_below", (uint64_t)fds[i], 0), 0);
		close(fds[i]);
	}
	close(proc_fds);
}

TEST(program_and_folder_of_a_task_are_those_of_proc)
{
	char text[PATH_MAX];

	sec_started();
	assert_true(read_link(AT_FDCWD, "/proc/self/exe", text));
	assert_int_equal(sec_ran("path_of_exe", 0, 0), 0);
	assert_true(is_seen(text));
	assert_true(read_link(AT_FDCWD, "/proc/self/cwd", text));
	assert_int_equal(sec_ran("path_of_cwd", SEEN, 0), 0);
	assert_true(is_seen(text));
}

TEST(what_is_no_file_is_efault_and_an_empty_path)
{
	/* Nothing, an address of user space, one that cannot be, and one of the kernel's that is not. */
	static const uint64_t wrong[] = {
		0, 1, 4096, UINT64_MAX, 1ULL << 63, 0xffffffffffffff00ULL
	};
	const struct seen_path *seen = &sec_seen()->path_seen;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		for (uint64_t kind = 0; kind < 4; kind++) {
			assert_int_equal(sec_ran("path_of_any", wrong[i], kind), 0);
			assert_int_equal(seen->length, -EFAULT);
			assert_string_equal(seen->text, "");
			assert_int_equal(seen->copied, 0);
		}
	assert_int_equal(sec_ran("path_of_fd", 1 << 20, 0), 0);
	assert_int_equal(seen->length, -EFAULT);
}

static int below(void)
{
	static const struct {
		const char *path;
		int is;
	} cases[] = { { GUARDED "/file", 1 },  { GUARDED "/in/file", 1 }, { GUARDED "er", 0 },
		      { GUARDED ".d", 0 },     { "/tmp/guarde", 0 },      { "/tmp/other", 0 },
		      { GUARDED "/../up", 0 }, { "/tmp/link", 1 } };

	CHECK(!own_tmp());
	CHECK(!mkdir(GUARDED "/in", 0755) && !symlink(GUARDED "/file", "/tmp/link"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = opened(cases[i].path, O_CREAT | O_RDWR);

		CHECK(fd >= 0 && sec_ran("is_below", (uint64_t)fd, 0) == cases[i].is);
		close(fd);
	}
	CHECK(sec_ran("is_below", (uint64_t)opened(GUARDED, O_RDONLY), 0) == 1);
	CHECK(!sec_ran("is_below", (uint64_t)opened("/tmp", O_RDONLY), 0));
	CHECK(!sec_ran("is_below", (uint64_t)opened("/", O_RDONLY), 0));
	CHECK(sec_ran("is_below_literal", (uint64_t)opened("/proc/self/maps", O_RDONLY), 0) == 1);
	CHECK(!sec_ran("is_below_literal", (uint64_t)opened("/tmp", O_RDONLY), 0));
	/* Everything is below the root. */
	sec_seen()->folder_bytes = 0;
	CHECK(sec_ran("is_below", (uint64_t)opened("/", O_RDONLY), 0) == 1);
	CHECK(sec_ran("is_below", (uint64_t)opened("/tmp/other", O_RDONLY), 0) == 1);
	sec_seen()->folder_bytes = UINT32_MAX;
	CHECK(!sec_ran("is_below", (uint64_t)opened("/tmp/other", O_RDONLY), 0));
	sec_seen()->folder_bytes = strlen(GUARDED);
	return 0;
}

TEST(below_a_folder_is_what_has_its_whole_name_before_a_slash)
{
	sec_in_child(below);
}
