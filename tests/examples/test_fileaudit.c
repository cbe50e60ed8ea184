/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* fileaudit: what is opened for writing below a folder, by its real path; nothing else. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"
#include "tool.h"

#define READY " PATH\n" /* the end of the heading, which is printed when it is attached */

static struct tool tool;
static char top[256]; /* the folder that is watched, as the kernel names it */

static void make_top(void)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/top", test_tmpdir());
	/* Others are to open files in it, too. */
	assert_int_equal(chmod(test_tmpdir(), 0755), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_non_null(realpath(path, top));
	assert_int_equal(chmod(top, 0777), 0);
}

static bool is_attached(void *ctx)
{
	struct stat st;

	(void)ctx;
	return tool_has_ended(&tool) || (!stat(tool.out, &st) && st.st_size > 0);
}

/* Whether this kernel has BPF LSM; asked by running it. tool.words says why not. */
static bool can_run(void)
{
	TOOL_START(&tool, NULL, "fileaudit", top);
	assert_true(wait_until(is_attached, NULL, 15000));
	if (tool_has_ended(&tool)) {
		tool_wait(&tool, 1);
		return false;
	}
	tool_stop(&tool, SIGINT, 0);
	tool_free(&tool);
	return true;
}

static void setup(void **state)
{
	(void)state;
	require_root();
	make_top();
	if (!can_run())
		test_skip("%.*s", (int)strcspn(tool.words, "\n"), tool.words);
}

#define CASE(name) TEST_WITH(name, setup, tool_teardown)

/* "top/..." in the watched folder, in one of several buffers. */
static const char *in(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", top, name);
	return path;
}

static void touch_with(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0666);

	if (fd < 0)
		fail_msg("cannot open %s: %s", path, strerror(errno));
	close(fd);
}

static void touch(const char *path)
{
	touch_with(path, O_WRONLY | O_CREAT);
}

/* With -j, nothing says that it is attached: a file is opened until it is seen. */
static bool has_seen(void *ctx)
{
	struct stat st;

	touch(ctx);
	return tool_has_ended(&tool) || (!stat(tool.out, &st) && st.st_size > 0);
}

#define START(...)                                                             \
	do {                                                                   \
		TOOL_START(&tool, NULL, "fileaudit", "-j", __VA_ARGS__);       \
		assert_true(wait_until(has_seen, (void *)(uintptr_t)in("warm"), 15000)); \
	} while (0)

static void stop(void)
{
	tool_stop(&tool, SIGINT, 0);
}

static const char *text_of(json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	assert_non_null(text);
	return text;
}

/* How often this process opened the path; NULL: how many opens of others' files than "warm". */
static int count_of(const char *path)
{
	json_t *event;
	int count = 0;
	size_t i;

	json_array_foreach(tool.lines, i, event) {
		const char *is = text_of(event, "path");

		if (json_integer_value(json_object_get(event, "pid")) != getpid())
			continue;
		count += path ? !strcmp(is, path) : strcmp(is + strlen(is) - 5, "/warm") != 0;
	}
	return count;
}

static void assert_reported(const char *path)
{
	if (count_of(path) != 1)
		fail_msg("%s is there %d times:\n%s", path, count_of(path), tool.text);
}

TEST_WITH(without_bpf_lsm_it_says_so_and_ends, NULL, tool_teardown)
{
	struct snapshot before;

	require_root();
	make_top();
	snapshot_take(&before);
	if (can_run())
		test_skip("this kernel has BPF LSM");
	assert_string_equal(tool.text, "");
	assert_ptr_equal(strstr(tool.words, "fileaudit: "), tool.words);
	assert_non_null(strstr(tool.words, "\n  hint: "));
	if (strstr(tool.words, "privilege is there"))
		assert_non_null(strstr(tool.words, "(EPERM)"));
	else
		assert_non_null(strstr(tool.words, "BPF LSM"));
	snapshot_assert_unchanged(&before);
}

CASE(writing_is_reported_with_who_and_reading_is_not)
{
	json_t *event, *found = NULL;
	size_t i;

	assert_int_equal(prctl(PR_SET_NAME, "audit test"), 0);
	START(top);
	touch(in("new"));
	touch_with(in("new"), O_RDONLY);
	touch_with(in("new"), O_PATH);
	touch_with(top, O_RDONLY | O_DIRECTORY);
	touch_with(in("both"), O_RDWR | O_CREAT);
	touch_with(in("append"), O_WRONLY | O_APPEND | O_CREAT);
	touch_with(in("empty"), O_WRONLY | O_TRUNC | O_CREAT);
	stop();
	assert_reported(in("new"));
	assert_reported(in("both"));
	assert_reported(in("append"));
	assert_reported(in("empty"));
	assert_int_equal(count_of(NULL), 4);
	json_array_foreach(tool.lines, i, event)
		if (!strcmp(text_of(event, "path"), in("new")))
			found = event;
	assert_int_equal(json_integer_value(json_object_get(found, "uid")), 0);
	assert_string_equal(text_of(found, "comm"), "audit test");
	tool_free(&tool);
}

CASE(relative_paths_are_resolved)
{
	char before[PATH_MAX];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(mkdir(in("sub"), 0777), 0);
	START(top);
	assert_int_equal(chdir(in("sub")), 0);
	touch("here");
	touch("../above");
	touch("./../sub/./twice");
	assert_int_equal(chdir("/"), 0);
	touch(in("sub/../back"));
	assert_int_equal(chdir(before), 0);
	stop();
	assert_reported(in("sub/here"));
	assert_reported(in("above"));
	assert_reported(in("sub/twice"));
	assert_reported(in("back"));
	assert_int_equal(count_of(NULL), 4);
	tool_free(&tool);
}

CASE(symbolic_links_are_reported_by_where_they_lead)
{
	char outside[300];

	snprintf(outside, sizeof(outside), "%s.outside", top);
	assert_int_equal(mkdir(outside, 0777), 0);
	shell("ln -s '%s' '%s/link-in' && ln -s '%s/file' '%s'", top, outside, outside,
	      in("link-out"));
	touch(in("target"));
	assert_int_equal(symlink("target", in("link-to-target")), 0);
	START(top);
	touch_with(in("link-to-target"), O_WRONLY);
	touch(in("link-out"));
	shell("echo > '%s/link-in/through'", outside);
	stop();
	assert_reported(in("target"));
	assert_int_equal(count_of(NULL), 1);
	assert_non_null(strstr(tool.text, in("through")));
	assert_null(strstr(tool.text, "outside"));
	tool_free(&tool);
}

CASE(a_link_to_the_folder_is_the_folder)
{
	char link[300];

	snprintf(link, sizeof(link), "%s.link", top);
	assert_int_equal(symlink(top, link), 0);
	START(link);
	touch(in("file"));
	stop();
	assert_reported(in("file"));
	tool_free(&tool);
}

CASE(names_that_only_begin_alike_are_not_below)
{
	char other[300];

	START(top);
	for (int i = 0; i < 3; i++) {
		snprintf(other, sizeof(other), "%s%s", top, (const char *[]){ "2", "-", ".d" }[i]);
		assert_int_equal(mkdir(other, 0777), 0);
		strcat(other, "/file");
		touch(other);
	}
	snprintf(other, sizeof(other), "%s.file", top);
	touch(other);
	touch(in("file"));
	stop();
	assert_reported(in("file"));
	assert_int_equal(count_of(NULL), 1);
	tool_free(&tool);
}

/* The same file has a path for each mount; the one it was opened by counts. */
CASE(bind_mounts_have_their_own_paths)
{
	char other[300], file[310];

	snprintf(other, sizeof(other), "%s.bind", top);
	snprintf(file, sizeof(file), "%s/file", other);
	assert_int_equal(mkdir(other, 0777), 0);
	assert_int_equal(mkdir(in("sub"), 0777), 0);
	shell("mount --bind '%s' '%s'", top, other);
	shell("mount --bind '%s' '%s'", other, in("sub"));
	START(top);
	touch(file);
	touch(in("sub/inner"));
	touch(in("plain"));
	stop();
	shell("umount '%s' && umount '%s'", in("sub"), other);
	assert_reported(in("sub/inner"));
	assert_reported(in("plain"));
	assert_int_equal(count_of(NULL), 2);
	tool_free(&tool);
}

CASE(renamed_and_moved_files_have_their_new_paths)
{
	char outside[300];

	snprintf(outside, sizeof(outside), "%s.moved", top);
	touch(in("old"));
	touch(in("leaves"));
	START(top);
	assert_int_equal(rename(in("old"), in("new")), 0);
	assert_int_equal(rename(in("leaves"), outside), 0);
	touch_with(in("new"), O_WRONLY);
	touch_with(outside, O_WRONLY);
	assert_int_equal(rename(outside, in("comes back")), 0);
	touch_with(in("comes back"), O_WRONLY);
	stop();
	assert_reported(in("new"));
	assert_reported(in("comes back"));
	assert_int_equal(count_of(NULL), 2);
	tool_free(&tool);
}

CASE(unlinked_files_say_that_they_are)
{
	char fd_path[64];
	int fd;

	START(top);
	fd = open(in("gone"), O_RDONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(unlink(in("gone")), 0);
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	touch_with(fd_path, O_WRONLY);
	close(fd);
	stop();
	assert_reported(in("gone (deleted)"));
	assert_int_equal(count_of(NULL), 1);
	tool_free(&tool);
}

/* A file at a path of exactly `bytes`, which may be longer than one call takes. */
static void touch_at_length(size_t bytes, char *path)
{
	int at = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC), next;
	size_t n = strlen(top);

	memcpy(path, top, n);
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

	START(top);
	for (size_t i = 0; i < 5; i++)
		touch_at_length(lengths[i], paths[i]);
	stop();
	for (size_t i = 0; i < 5; i++)
		assert_reported(paths[i]);
	tool_free(&tool);
	/* Deeper than rm -r of a small system goes by path. */
	shell("cd '%s' && rm -rf d*", top);
}

static void touch_as(uid_t uid, const char *path)
{
	fflush(NULL);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setresuid(uid, uid, 0), 0);
	touch(path);
	assert_int_equal(setresuid(0, 0, 0), 0);
}

CASE(user_filter_takes_that_user_only)
{
	START(top);
	touch_as(12345, in("first"));
	stop();
	assert_reported(in("first"));
	tool_free(&tool);

	TOOL_START(&tool, READY, "fileaudit", "-u", "12345", top);
	touch(in("by-root"));
	touch_as(12345, in("by-12345"));
	touch_as(12346, in("by-12346"));
	stop();
	assert_non_null(strstr(tool.text, in("by-12345")));
	assert_non_null(strstr(tool.text, " 12345 "));
	assert_null(strstr(tool.text, "by-root"));
	assert_null(strstr(tool.text, "by-12346"));
	tool_free(&tool);
}

CASE(many_opens_are_as_many_reports)
{
	int many = test_is_full() ? 20000 : 2000;
	unsigned long events, dropped;

	TOOL_START(&tool, READY, "fileaudit", top);
	for (int i = 0; i < many; i++)
		touch(in("file"));
	stop();
	assert_non_null(strstr(tool.words, " events, "));
	tool_summary(&tool, &events, &dropped);
	assert_int_equal(dropped, 0);
	assert_int_equal(events, many);
	tool_free(&tool);
}

CASE(root_is_every_folder)
{
	START("/");
	touch(in("file"));
	stop();
	assert_reported(in("file"));
	tool_free(&tool);
}

CASE(names_with_control_characters_are_one_line)
{
	const char *line;

	TOOL_START(&tool, READY, "fileaudit", top);
	touch(in("a\nb\033[2J\xc2\x9b"));
	stop();
	line = strchr(tool.text, '\n') + 1;
	assert_ptr_equal(strchr(line, '\n') + 1, line + strlen(line));
	assert_non_null(strstr(line, "/a\\x0ab\\x1b[2J\\xc2\\x9b\n"));
	tool_free(&tool);
}

CASE(names_that_are_not_utf8_are_valid_json)
{
	START(top);
	touch(in("a\xff\"b"));
	stop();
	assert_reported(in("a?\"b"));
	tool_free(&tool);
}

CASE(opens_go_on_as_before)
{
	int fd;

	TOOL_START(&tool, READY, "fileaudit", top);
	/* What is forbidden stays so, and what is allowed too. */
	shell("echo words > '%s' && grep -q words '%s'", in("file"), in("file"));
	assert_int_equal(mkdir(in("closed"), 0700), 0);
	assert_int_equal(setresuid(12345, 12345, 0), 0);
	fd = open(in("closed/file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_int_equal(fd, -1);
	stop();
	assert_null(strstr(tool.text, "closed"));
	tool_free(&tool);
}

CASE(nothing_is_left_after_any_end)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGKILL };
	struct snapshot before;

	for (size_t i = 0; i < 3; i++) {
		snapshot_take(&before);
		TOOL_START(&tool, READY, "fileaudit", top);
		touch(in("file"));
		if (signals[i] != SIGKILL)
			tool_stop(&tool, signals[i], 0);
		tool_free(&tool);
		snapshot_assert_unchanged(&before);
	}
}

/* As templates/lsm-audit/README.md has it. */
CASE(three_capabilities_suffice)
{
	TOOL_START(&tool, READY, "/bin/setpriv", "--reuid=65534", "--regid=65534",
		   "--clear-groups", "--inh-caps=+bpf,+perfmon,+mac_admin",
		   "--ambient-caps=+bpf,+perfmon,+mac_admin", test_file("fileaudit"), top);
	touch(in("file"));
	stop();
	assert_non_null(strstr(tool.text, in("file")));
	tool_free(&tool);
}

TEST_WITH(wrong_arguments_are_refused_with_one_line, NULL, tool_teardown)
{
	static const struct {
		const char *first, *second, *words;
	} wrong[] = {
		{ "/no/such/folder", NULL, "/no/such/folder: No such file" },
		{ "/proc/version", NULL, "/proc/version is not a folder" },
		{ NULL, NULL, "which folder?" },
		{ "/", "/", "one folder at a time" },
		{ "-u", "no-such-user", "not a number that fits: 'no-such-user'" },
	};

	for (size_t i = 0; i < 5; i++) {
		TOOL_START(&tool, NULL, "fileaudit", wrong[i].first, wrong[i].second);
		tool_wait(&tool, 2);
		assert_string_equal(tool.text, "");
		assert_non_null(strstr(tool.words, wrong[i].words));
		tool_free(&tool);
	}
}
