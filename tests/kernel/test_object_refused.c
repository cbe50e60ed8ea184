// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What is refused at open, at load or for want of privilege: in words, and leaving nothing. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <bpf/libbpf.h>

#include "app.h"

TEST(refused_program_is_eacces_with_the_verifiers_words)
{
	struct skep_object *object = app_open("refused.bpf.o");
	const struct skep_error *e;
	struct snapshot before;

	snapshot_take(&before);
	assert_error(skep_object_load(object), EACCES);
	e = skep_error_last();
	app_assert_says("the verifier refused program 'bad': ");
	assert_non_null(e->log);
	assert_non_null(strstr(e->log, "invalid mem access 'map_value_or_null'"));
	/* The explainer's, on every kernel: the place, by the object where the log lacks it, and a fix. */
	app_assert_hints("`count` may be NULL here");
	app_assert_hints("(SKEP-V001): check `count` before using it");
	app_assert_hints("refused.bpf.c:20: ");
	assert_null(strstr(e->message, "processed "));
	assert_int_equal(skep_program_fd(skep_object_program(object, "good")), -1);
	snapshot_assert_unchanged(&before);
	assert_ptr_equal(skep_object_refused(object), skep_object_program(object, "bad"));
	assert_non_null(strstr(skep_object_words(object), "prog 'bad': failed to load"));

	/* libbpf cannot try again. */
	assert_error(skep_object_load(object), EALREADY);
	app_assert_hints("open it again");
	assert_error(skep_object_attach(object), EBADF);
	skep_object_free(object);
}

TEST(rest_of_an_object_loads_without_the_refused_program)
{
	struct skep_object *object = app_open("refused.bpf.o");

	assert_ok(skep_program_enable(skep_object_program(object, "bad"), false));
	assert_ok(skep_object_load(object));
	assert_null(skep_object_refused(object));
	assert_null(skep_object_words(object));
	assert_ok(skep_object_attach(object));
	skep_object_free(object);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

TEST(what_is_no_object_is_not_opened)
{
	struct skep_object *object = NULL;
	char path[4096];

	require_root();
	assert_error(skep_object_open(&object, "/nonexistent.bpf.o", NULL), ENOENT);
	app_assert_says("/nonexistent.bpf.o");
	assert_error(skep_object_open(&object, "/", NULL), EINVAL);
	snprintf(path, sizeof(path), "%s/text.bpf.o", test_tmpdir());
	write_file(path, "int main(void) { return 0; }\n");
	assert_error(skep_object_open(&object, path, NULL), EINVAL);
	app_assert_says("text.bpf.o");
	write_file(path, "");
	assert_error(skep_object_open(&object, path, NULL), EINVAL);
	assert_error(skep_object_open(&object, "/proc/self/exe", NULL), EINVAL);
	assert_error(skep_object_open_mem(&object, "x", 1, NULL), EINVAL);
	assert_error(skep_object_open_mem(&object, "", 0, NULL), EINVAL);
	assert_null(object);
}

/* Who did not look at the result of open goes on with NULL. */
TEST(no_object_and_no_program_are_told_from_a_crash)
{
	struct skep_object *object = NULL;
	size_t bytes = 7;

	assert_error(skep_object_open(&object, NULL, NULL), EINVAL);
	app_assert_says("the path is NULL");
	assert_error(skep_object_open(NULL, test_file("refused.bpf.o"), NULL), EINVAL);
	assert_error(skep_object_open_mem(&object, NULL, 9, NULL), EINVAL);
	assert_error(skep_object_open_mem(NULL, "x", 1, NULL), EINVAL);
	assert_error(skep_object_load(NULL), EINVAL);
	assert_error(skep_object_resize(NULL, "m", 1), EINVAL);
	assert_error(skep_program_enable(NULL, true), EINVAL);
	assert_null(skep_object_name(NULL));
	assert_null(skep_object_libbpf(NULL));
	assert_null(skep_object_program(NULL, "p"));
	assert_null(skep_object_next_program(NULL, NULL));
	assert_null(skep_object_map(NULL, "m"));
	assert_null(skep_object_next_map(NULL, NULL));
	assert_null(skep_object_section(NULL, ".data", &bytes));
	assert_null(skep_object_refused(NULL));
	assert_null(skep_object_words(NULL));
	assert_null(skep_program_name(NULL));
	assert_null(skep_program_section(NULL));
	assert_null(skep_program_libbpf(NULL));
	assert_int_equal(skep_program_fd(NULL), -1);
	assert_int_equal(bytes, 7);
	skep_object_free(NULL);
}

TEST(options_give_a_name_and_newer_ones_are_refused)
{
	struct {
		struct skep_object_opts known;
		uint64_t newer;
	} opts = { .known = { .sz = sizeof(opts), .name = "bees" }, .newer = 1 };
	struct skep_object *object = NULL;

	require_root();
	assert_error(skep_object_open(&object, test_file("refused.bpf.o"), &opts.known), E2BIG);
	assert_null(object);
	opts.newer = 0;
	assert_ok(skep_object_open(&object, test_file("refused.bpf.o"), &opts.known));
	assert_string_equal(skep_object_name(object), "bees");
	skep_object_free(object);
}

TEST(missing_btf_file_is_an_error_of_load)
{
	struct skep_object *object = NULL;

	require_root();
	assert_ok(skep_object_open(&object, test_file("life.bpf.o"),
				   SKEP_OPTS(skep_object_opts, .kernel_btf = "/nonexistent")));
	assert_true(skep_object_load(object) < 0);
	assert_true(skep_error_last()->message[0]);
	skep_object_free(object);
}

TEST(without_file_descriptors_loading_fails_and_leaves_nothing)
{
	struct rlimit before, none;
	struct skep_object *object;
	struct snapshot snapshot;
	int err, fds = app_open_fds();

	object = app_open("life.bpf.o"); /* newer libbpfs open files for its maps */
	snapshot_take(&snapshot);
	for (rlim_t more = 0; more < 6; more++) {
		getrlimit(RLIMIT_NOFILE, &before);
		none = before;
		none.rlim_cur = (rlim_t)dup(0) + more;
		close((int)(none.rlim_cur - more));
		setrlimit(RLIMIT_NOFILE, &none);
		err = skep_object_load(object);
		setrlimit(RLIMIT_NOFILE, &before);
		if (!err)
			break;
		/* libbpf 1.4 takes a probe without descriptors for "no", and leaves maps out. */
		if (libbpf_minor_version() == 1 || err != -EACCES)
			assert_error(err, EMFILE);
		snapshot_assert_unchanged(&snapshot);
		skep_object_free(object);
		assert_int_equal(app_open_fds(), fds);
		object = app_open("life.bpf.o");
	}
	assert_true(err < 0);
	skep_object_free(object);
	snapshot_assert_unchanged(&snapshot);
}

/* Without any capability, and as nobody: what a user without sudo has. */
static void drop_privilege(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_setresgid, 65534, 65534, 65534) ||
	    syscall(SYS_setresuid, 65534, 65534, 65534) || syscall(SYS_capset, &head, none))
		_exit(90);
}

/* Runs it in a child without privilege; 0 when it returned true. */
static int unprivileged(bool (*check)(struct skep_object *object), struct skep_object *object)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (!child) {
		drop_privilege();
		if (check(object))
			_exit(0);
		printf("# %d: %s (%s)\n", skep_error_last()->code, skep_error_last()->message,
		       skep_error_last()->hint ? skep_error_last()->hint : "no hint");
		fflush(NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static bool names_a_capability(void)
{
	const struct skep_error *e = skep_error_last();

	return (e->hint && (strcasestr(e->hint, "cap_bpf") || strcasestr(e->hint, "cap_sys"))) ||
	       strcasestr(e->message, "cap_bpf");
}

static bool load_is_refused(struct skep_object *object)
{
	return skep_object_load(object) == -EPERM && names_a_capability();
}

TEST(without_privilege_load_names_the_capability)
{
	struct skep_object *object = app_open("life.bpf.o");

	assert_int_equal(unprivileged(load_is_refused, object), 0);
	skep_object_free(object);
}
