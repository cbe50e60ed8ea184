// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Messages from programs of every type, of several objects, and of one that was linked of two. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"

static char heard[8192];

static void on_message(const struct skep_bpf_message *message, void *ctx)
{
	size_t used = strlen(heard);

	(void)ctx;
	snprintf(heard + used, sizeof(heard) - used, "%s|", message->text);
}

static struct skep_bpf_log *listen_to(const struct skep_object *object)
{
	struct skep_bpf_log *log = NULL;

	heard[0] = '\0';
	assert_ok(skep_bpf_log_open(&log, object, SKEP_OPTS(skep_bpf_log_opts, .fn = on_message)));
	return log;
}

static struct skep_object *hooks;

static void free_hooks(void)
{
	skep_object_free(hooks);
}

/* All that every kernel takes, loaded once. */
static struct skep_object *loaded_hooks(void)
{
	if (!hooks) {
		hooks = app_load("bpf_log_hooks.bpf.o");
		atexit(free_hooks);
	}
	return hooks;
}

static void run_on_packet(const struct skep_object *object, const char *program)
{
	char packet[64] = { [6] = 2,   [11] = 7,  [12] = 8, [14] = 0x45, [17] = 50,
			    [23] = 17, [26] = 10, [27] = 1, [28] = 2,    [29] = 3 };
	const struct skep_program *p = skep_object_program(object, program);
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	assert_non_null(p);
	if (bpf_prog_test_run_opts(skep_program_fd(p), &opts))
		fail_msg("%s: %s", program, strerror(errno));
}

static void assert_heard(const char *program)
{
	char part[64];

	snprintf(part, sizeof(part), "%s says ", program);
	if (!strstr(heard, part))
		fail_msg("no word of %s in '%s'", program, heard);
}

TEST(programs_of_every_type_load_and_those_that_can_be_run_are_heard)
{
	static const char *const names[] = { "on_xdp",        "on_tc",     "on_socket",
					     "on_cgroup_skb", "on_lwt_in", "on_flow" };
	struct skep_object *object = loaded_hooks();
	SKEP_AUTO(skep_bpf_log) *log = listen_to(object);
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		run_on_packet(object, names[i]);
	assert_int_equal(bpf_prog_test_run_opts(
				 skep_program_fd(skep_object_program(object, "on_syscall")), &opts),
			 0);
	app_run(object, "on_raw_tp", 0, 0);
	assert_int_equal(skep_bpf_log_read(log, 1000), 8);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_heard(names[i]);
	assert_non_null(strstr(heard, "on_xdp says 02:00:00:00:00:07 10.1.2.3 5|"));
	assert_non_null(strstr(heard, "on_tc says 02:00:00:00:00:07 10.1.2.3 5|"));
	assert_heard("on_syscall");
	assert_heard("on_raw_tp");
}

TEST(members_of_the_kernels_types_are_read_through_its_pointers)
{
	struct skep_object *object = loaded_hooks();
	SKEP_AUTO(skep_bpf_log) *log = listen_to(object);
	const struct skep_program *p = skep_object_program(object, "on_iter");
	struct bpf_link *link = bpf_program__attach_iter(skep_program_libbpf(p), NULL);
	char before[16] = "", nothing[64];
	int fd;

	assert_non_null(link);
	fd = bpf_iter_create(bpf_link__fd(link));
	assert_true(fd >= 0);
	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, "skep-log-iter");
	while (read(fd, nothing, sizeof(nothing)) > 0)
		;
	prctl(PR_SET_NAME, before);
	close(fd);
	bpf_link__destroy(link);
	assert_true(skep_bpf_log_read(log, 1000) > 0);
	assert_non_null(strstr(heard, "on_iter says skep-log-iter, skep-log-iter, below 1|"));
}

/* One program that is not loaded by default, attached; or NULL. */
static struct skep_object *attach_only(const char *program, struct skep_link **link)
{
	struct skep_object *object = app_open("bpf_log_hooks.bpf.o");
	struct bpf_program *p;

	bpf_object__for_each_program(p, skep_object_libbpf(object))
		bpf_program__set_autoload(p, !strcmp(bpf_program__name(p), program));
	if (skep_object_load(object) || skep_attach(link, skep_object_program(object, program)))
		fail_msg("%s: %s", program, skep_error_last()->message);
	return object;
}

static void hear_attached(const char *program)
{
	struct skep_link *link = NULL;
	struct skep_object *object = attach_only(program, &link);
	SKEP_AUTO(skep_bpf_log) *log = listen_to(object);
	struct skep_program *p = skep_object_program(object, program);
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
	if (!strncmp(program, "on_fe", 5))
		assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(p), &opts), 0);
	skep_link_free(link);
	assert_true(skep_bpf_log_read(log, 1000) > 0);
	assert_heard(program);
	skep_bpf_log_free(SKEP_TAKE(log));
	skep_object_free(object);
}

TEST(functions_and_decisions_of_the_kernel_are_heard)
{
	require_vm();
	hear_attached("on_kprobe");
	hear_attached("on_fentry");
	hear_attached("on_fexit");
	hear_attached("on_lsm");
	hear_attached("on_lsm_sleepable");
}

TEST(messages_of_two_objects_are_told_apart)
{
	struct skep_object *one = loaded_hooks();
	struct skep_object *two = app_load("bpf_log.bpf.o");
	SKEP_AUTO(skep_bpf_log) *log = listen_to(one);

	/* Nobody listens to the second. */
	app_run(two, "none", 0, 0);
	app_run(one, "on_raw_tp", 0, 0);
	assert_int_equal(skep_bpf_log_read(log, 1000), 1);
	assert_string_equal(heard, "on_raw_tp says 0|");
	skep_bpf_log_free(SKEP_TAKE(log));
	log = listen_to(two);
	app_run(one, "on_raw_tp", 0, 0);
	app_run(two, "twelve", 0, 0);
	assert_int_equal(skep_bpf_log_read(log, 1000), 1);
	assert_string_equal(heard, "0 1 2 3 4 5 6 7 8 9 10 11|");
	skep_bpf_log_free(SKEP_TAKE(log));
	skep_object_free(two);
}

TEST(object_that_was_linked_of_two_has_the_messages_of_both)
{
	SKEP_AUTO(skep_object) *object = NULL;
	SKEP_AUTO(skep_bpf_log) *log = NULL;
	char path[512];
	struct bpf_linker *linker;

	require_root();
	snprintf(path, sizeof(path), "%s/linked.bpf.o", test_tmpdir());
	linker = bpf_linker__new(path, NULL);
	assert_non_null(linker);
	assert_int_equal(bpf_linker__add_file(linker, test_file("bpf_log.bpf.o"), NULL), 0);
	assert_int_equal(bpf_linker__add_file(linker, test_file("bpf_log_hooks.bpf.o"), NULL), 0);
	assert_int_equal(bpf_linker__finalize(linker), 0);
	bpf_linker__free(linker);
	assert_ok(skep_object_open(&object, path, NULL));
	assert_ok(skep_object_load(object));
	log = listen_to(object);
	app_run(object, "on_raw_tp", 0, 0);
	app_run(object, "twelve", 1, 0);
	run_on_packet(object, "on_xdp");
	assert_int_equal(skep_bpf_log_read(log, 1000), 3);
	assert_string_equal(heard, "on_raw_tp says 0|1 2 3 4 5 6 7 8 9 10 11 12|"
				   "on_xdp says 02:00:00:00:00:07 10.1.2.3 5|");
}

TEST(object_without_messages_says_so)
{
	SKEP_AUTO(skep_bpf_log) *log = NULL;
	struct skep_object *object = app_load("bpf_core.bpf.o");

	assert_false(skep_object_has_log(object));
	assert_error(skep_bpf_log_open(&log, object, NULL), ENOENT);
	app_assert_says("write no messages");
	assert_error(skep_object_set_log_level(object, SKEP_LOG_INFO), ENOENT);
	skep_object_free(object);
}
