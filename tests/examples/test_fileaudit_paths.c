/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* fileaudit: files by their real paths, however they were opened. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit.h"
#include "harness/machine.h"

CASE(relative_paths_are_resolved)
{
	char before[PATH_MAX];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(mkdir(audit_in("sub"), 0777), 0);
	START(audit_top);
	assert_int_equal(chdir(audit_in("sub")), 0);
	audit_touch("here");
	audit_touch("../above");
	audit_touch("./../sub/./twice");
	assert_int_equal(chdir("/"), 0);
	audit_touch(audit_in("sub/../back"));
	assert_int_equal(chdir(before), 0);
	audit_stop();
	audit_assert_reported(audit_in("sub/here"));
	audit_assert_reported(audit_in("above"));
	audit_assert_reported(audit_in("sub/twice"));
	audit_assert_reported(audit_in("back"));
	assert_int_equal(audit_count_of(NULL), 4);
	tool_free(&audit_tool);
}

CASE(symbolic_links_are_reported_by_where_they_lead)
{
	char outside[300];

	snprintf(outside, sizeof(outside), "%s.outside", audit_top);
	assert_int_equal(mkdir(outside, 0777), 0);
	shell("ln -s '%s' '%s/link-in' && ln -s '%s/file' '%s'", audit_top, outside, outside,
	      audit_in("link-out"));
	audit_touch(audit_in("target"));
	assert_int_equal(symlink("target", audit_in("link-to-target")), 0);
	START(audit_top);
	audit_touch_with(audit_in("link-to-target"), O_WRONLY);
	audit_touch(audit_in("link-out"));
	shell("echo > '%s/link-in/through'", outside);
	audit_stop();
	audit_assert_reported(audit_in("target"));
	assert_int_equal(audit_count_of(NULL), 1);
	assert_non_null(strstr(audit_tool.text, audit_in("through")));
	assert_null(strstr(audit_tool.text, "outside"));
	tool_free(&audit_tool);
}

CASE(a_link_to_the_folder_is_the_folder)
{
	char link[300];

	snprintf(link, sizeof(link), "%s.link", audit_top);
	assert_int_equal(symlink(audit_top, link), 0);
	START(link);
	audit_touch(audit_in("file"));
	audit_stop();
	audit_assert_reported(audit_in("file"));
	tool_free(&audit_tool);
}

CASE(names_that_only_begin_alike_are_not_below)
{
	char other[300];

	START(audit_top);
	for (int i = 0; i < 3; i++) {
		snprintf(other, sizeof(other), "%s%s", audit_top,
			 (const char *[]){ "2", "-", ".d" }[i]);
		assert_int_equal(mkdir(other, 0777), 0);
		strcat(other, "/file");
		audit_touch(other);
	}
	snprintf(other, sizeof(other), "%s.file", audit_top);
	audit_touch(other);
	audit_touch(audit_in("file"));
	audit_stop();
	audit_assert_reported(audit_in("file"));
	assert_int_equal(audit_count_of(NULL), 1);
	tool_free(&audit_tool);
}

/* The same file has a path for each mount; the one it was opened by counts. */
CASE(bind_mounts_have_their_own_paths)
{
	char other[300], file[310];

	snprintf(other, sizeof(other), "%s.bind", audit_top);
	snprintf(file, sizeof(file), "%s/file", other);
	assert_int_equal(mkdir(other, 0777), 0);
	assert_int_equal(mkdir(audit_in("sub"), 0777), 0);
	shell("mount --bind '%s' '%s'", audit_top, other);
	shell("mount --bind '%s' '%s'", other, audit_in("sub"));
	START(audit_top);
	audit_touch(file);
	audit_touch(audit_in("sub/inner"));
	audit_touch(audit_in("plain"));
	audit_stop();
	shell("umount '%s' && umount '%s'", audit_in("sub"), other);
	audit_assert_reported(audit_in("sub/inner"));
	audit_assert_reported(audit_in("plain"));
	assert_int_equal(audit_count_of(NULL), 2);
	tool_free(&audit_tool);
}

CASE(renamed_and_moved_files_have_their_new_paths)
{
	char outside[300];

	snprintf(outside, sizeof(outside), "%s.moved", audit_top);
	audit_touch(audit_in("old"));
	audit_touch(audit_in("leaves"));
	START(audit_top);
	assert_int_equal(rename(audit_in("old"), audit_in("new")), 0);
	assert_int_equal(rename(audit_in("leaves"), outside), 0);
	audit_touch_with(audit_in("new"), O_WRONLY);
	audit_touch_with(outside, O_WRONLY);
	assert_int_equal(rename(outside, audit_in("comes back")), 0);
	audit_touch_with(audit_in("comes back"), O_WRONLY);
	audit_stop();
	audit_assert_reported(audit_in("new"));
	audit_assert_reported(audit_in("comes back"));
	assert_int_equal(audit_count_of(NULL), 2);
	tool_free(&audit_tool);
}

CASE(unlinked_files_say_that_they_are)
{
	char fd_path[64];
	int fd;

	START(audit_top);
	fd = open(audit_in("gone"), O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(unlink(audit_in("gone")), 0);
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	audit_touch_with(fd_path, O_WRONLY);
	close(fd);
	audit_stop();
	audit_assert_reported(audit_in("gone (deleted)"));
	assert_int_equal(audit_count_of(NULL), 1);
	tool_free(&audit_tool);
}

/* A file at a path of exactly `bytes`, which may be longer than one call takes. */
static void touch_at_length(size_t bytes, char *path)
{
	int at = open(audit_top, O_PATH | O_DIRECTORY | O_CLOEXEC), next;
	size_t n = strlen(audit_top);

	memcpy(path, audit_top, n);
	while (n + 1 + 200 < bytes) {
		char name[101];

		memset(name, 'd', 100);
		name[100] = '\0';
		if (mkdirat(at, name, 0777))
			assert_int_equal(errno, EEXIST);
		next = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		close(at);
		at = next;
		path[n] = '/';
		memcpy(path + n + 1, name, 100);
		n += 101;
	}
	path[n] = '/';
	memset(path + n + 1, 'f', bytes - n - 1);
	path[bytes] = '\0';
	next = openat(at, path + n + 1, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_true(next >= 0);
	close(next);
	close(at);
}

CASE(long_paths_are_whole)
{
	static const size_t lengths[] = { 300, 1000, 3000, 4000, 4095 };
	static char paths[5][5000];

	START(audit_top);
	for (size_t i = 0; i < 5; i++)
		touch_at_length(lengths[i], paths[i]);
	audit_stop();
	for (size_t i = 0; i < 5; i++)
		audit_assert_reported(paths[i]);
	tool_free(&audit_tool);
	/* Deeper than rm -r of a small system goes by path. */
	shell("cd '%s' && rm -rf d*", audit_top);
}

CASE(root_is_every_folder)
{
	START("/");
	audit_touch(audit_in("file"));
	audit_stop();
	audit_assert_reported(audit_in("file"));
	tool_free(&audit_tool);
}
