// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Links as things: pinned, found again, updated, told about. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/perf_event.h>

#include "app.h"
#include "link.skep.h"
#include "net.h"
#include "object/link.h"

#define GENERIC SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)

static char folder[4096];

static const char *at(const char *name)
{
	static char path[2][4200];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

/* A BPF file system that only this process sees. */
static void enter(__attribute__((unused)) void **state)
{
	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	snprintf(folder, sizeof(folder), "%s", test_tmpdir());
	if (mount("bpf", folder, "bpf", 0, NULL))
		fail_msg("cannot mount a BPF file system: %m");
}

static void leave(__attribute__((unused)) void **state)
{
	if (folder[0])
		umount2(folder, MNT_DETACH);
	folder[0] = '\0';
}

static struct link *load(void)
{
	struct link *app = NULL;

	assert_ok(link_open(&app, NULL));
	assert_ok(link_load(app));
	return app;
}

static struct skep_link *attach_exec(struct link *app)
{
	struct skep_link *link = NULL;

	assert_ok(skep_attach(&link, link_program_on_exec(app)));
	return link;
}

static struct skep_link_info ask(const struct skep_link *link)
{
	struct skep_link_info info = { .sz = sizeof(info) };

	assert_ok(skep_link_info(link, &info));
	return info;
}

static uint64_t execs(struct link *app)
{
	uint64_t before = *(volatile uint64_t *)&link_bss(app)->execs;

	run_true(1);
	return *(volatile uint64_t *)&link_bss(app)->execs - before;
}

static uint64_t events(struct link *app)
{
	uint64_t before = *(volatile uint64_t *)&link_bss(app)->events;

	run_true(1);
	return *(volatile uint64_t *)&link_bss(app)->events - before;
}

/* The clock of a process that runs. */
static bool ticks(void *app)
{
	for (volatile int i = 0; i < 1000000; i++)
		;
	return *(volatile uint64_t *)&link_bss(app)->ticks > 0;
}

TEST(info_tells_kind_way_program_and_hook)
{
	struct link *app;
	struct skep_link *link;
	struct skep_link_info info;
	struct {
		size_t sz;
		const char *kind;
		uint64_t untouched;
	} small = { .sz = offsetof(struct skep_link_info, way), .untouched = 7 };

	require_root();
	app = load();
	link = attach_exec(app);
	info = ask(link);
	assert_string_equal(info.kind, "raw tracepoint");
	assert_string_equal(info.way, "raw tracepoint");
	assert_string_equal(info.hook, "raw tracepoint sched_process_exec");
	assert_true(info.id && info.program_id);
	assert_int_equal(info.count, 1);
	assert_false(info.is_gone || info.is_pinned || info.interface || info.cgroup_id);
	/* An older caller's struct is written as far as it goes. */
	assert_ok(skep_link_info(link, (struct skep_link_info *)(void *)&small));
	assert_string_equal(small.kind, "raw tracepoint");
	assert_int_equal(small.untouched, 7);
	info.sz = 0;
	assert_error(skep_link_info(link, &info), EINVAL);
	assert_error(skep_link_info(link, NULL), EINVAL);
	skep_link_free(link);
	skep_link_free(NULL);
	link_free(app);
}

TEST_WITH(pinned_link_fires_until_it_is_unpinned_and_freed, enter, leave)
{
	struct link *app = load();
	struct skep_link *link = attach_exec(app), *again = NULL;
	struct snapshot before;
	uint32_t id = ask(link).id;

	assert_ok(skep_link_pin(link, at("pin")));
	assert_true(ask(link).is_pinned);
	skep_link_free(link);
	assert_true(execs(app) > 0);
	assert_ok(skep_link_open_pinned(&again, at("pin")));
	assert_int_equal(ask(again).id, id);
	assert_true(ask(again).is_pinned);
	assert_ok(skep_link_unpin(again, at("pin")));
	assert_false(ask(again).is_pinned);
	assert_true(execs(app) > 0);
	skep_link_free(again);
	snapshot_take(&before);
	for (size_t i = 0; i < before.counts[2]; i++)
		assert_int_not_equal(before.ids[2][i], id);
	assert_int_equal(execs(app), 0);
	link_free(app);
}

TEST_WITH(pinned_perf_event_goes_on_firing_when_it_is_freed, enter, leave)
{
	struct link *app = load();
	struct skep_link *link = NULL;

	assert_ok(skep_attach(&link, link_program_on_exec_event(app)));
	assert_string_equal(ask(link).kind, "perf event");
	assert_ok(skep_link_pin(link, at("event")));
	skep_link_free(link);
	assert_true(events(app) > 0);
	link = NULL;
	assert_ok(skep_link_open_pinned(&link, at("event")));
	assert_ok(skep_link_unpin(link, at("event")));
	skep_link_free(link);
	assert_ok(skep_attach_wait(test_scaled_ms(5000)));
	assert_int_equal(events(app), 0);
	link_free(app);
}

/* libbpf's destructor would disable the event, and the program would never run again. */
TEST_WITH(pinned_link_of_libbpf_goes_on_firing_when_it_is_freed, enter, leave)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_CPU_CLOCK,
					.sample_period = 100000 };
	struct link *app = load();
	struct skep_link *link = NULL;
	struct bpf_link *theirs;
	int event =
		(int)syscall(SYS_perf_event_open, &attr, getpid(), -1, -1, PERF_FLAG_FD_CLOEXEC);

	assert_true(event >= 0);
	theirs = bpf_program__attach_perf_event(skep_program_libbpf(link_program_on_tick(app)),
						event);
	assert_non_null(theirs);
	assert_ok(skep_link_adopt_libbpf(&link, theirs));
	assert_ok(skep_link_pin(link, at("clock")));
	skep_link_free(link);
	link_bss(app)->ticks = 0;
	assert_true(wait_until(ticks, app, 5000));
	assert_int_equal(unlink(at("clock")), 0);
	link_free(app);
}

TEST_WITH(pins_that_cannot_be_say_why_and_what_to_do, enter, leave)
{
	struct link *app = load();
	struct skep_link *link = attach_exec(app);

	assert_error(skep_link_pin(link, NULL), EINVAL);
	assert_error(skep_link_pin(link, ""), EINVAL);
	assert_error(skep_link_pin(link, "/proc/self/x"), EINVAL);
	app_assert_hints("mount -t bpf");
	assert_error(skep_link_pin(link, at("nowhere/x")), ENOENT);
	app_assert_hints("mkdir -p");
	assert_error(skep_link_pin(link, at("a.dot")), EINVAL);
	assert_ok(skep_link_pin(link, at("x")));
	assert_error(skep_link_pin(link, at("x")), EEXIST);
	app_assert_hints("skep_link_open_pinned()");
	assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_error(skep_link_pin(link, at("y")), EROFS);
	app_assert_hints("mount -o remount,rw");
	assert_error(skep_link_unpin(link, at("x")), EROFS);
	assert_true(ask(link).is_pinned);
	assert_int_equal(mount(NULL, folder, NULL, MS_REMOUNT, NULL), 0);
	assert_ok(skep_link_unpin(link, at("x")));
	skep_link_free(link);
	link_free(app);
}

TEST_WITH(what_is_pinned_but_no_link_is_told_as_what_it_is, enter, leave)
{
	struct link *app = load();
	struct skep_link *link = attach_exec(app), *other = NULL, *none = NULL;

	assert_error(skep_link_open_pinned(&none, at("x")), ENOENT);
	app_assert_says("nothing is pinned at");
	assert_error(skep_link_open_pinned(&none, NULL), EINVAL);
	assert_ok(skep_map_pin(link_map_a_map(app).map, at("map")));
	assert_error(skep_link_open_pinned(&none, at("map")), EINVAL);
	app_assert_says("is not a link, but a BPF map");
	app_assert_hints("skep_map_open_pinned()");
	assert_error(skep_link_unpin(link, at("map")), EINVAL);
	assert_int_equal(bpf_obj_pin(skep_program_fd(link_program_on_exec(app)), at("program")), 0);
	assert_error(skep_link_open_pinned(&none, at("program")), EINVAL);
	app_assert_says("but a BPF program");
	assert_error(skep_link_open_pinned(&none, test_file("link.bpf.o")), EINVAL);
	assert_error(skep_link_open_pinned(&none, folder), EINVAL);
	app_assert_says("is a folder without pinned links");
	/* Another's pin is left. */
	assert_ok(skep_attach(&other, link_program_on_exit(app)));
	assert_ok(skep_link_pin(other, at("other")));
	assert_error(skep_link_unpin(link, at("other")), EINVAL);
	assert_int_equal(access(at("other"), F_OK), 0);
	assert_ok(skep_link_unpin(other, at("other")));
	assert_null(none);
	skep_link_free(other);
	skep_link_free(link);
	link_free(app);
}

TEST_WITH(several_links_are_pinned_as_a_folder_and_found_again, enter, leave)
{
	struct link *app = load();
	struct skep_link **parts = calloc(2, sizeof(struct skep_link *));
	struct skep_link *link = NULL, *again = NULL;
	struct skep_link_info info;

	parts[0] = attach_exec(app);
	assert_ok(skep_attach(&parts[1], link_program_on_exit(app)));
	assert_ok(skep_link_from_many(&link, parts, 2));
	assert_int_equal(skep_link_fd(link), -1);
	assert_ok(skep_link_pin(link, at("many")));
	assert_error(skep_link_pin(link, at("many")), EEXIST);
	skep_link_free(link);
	assert_true(execs(app) > 0);
	assert_ok(skep_link_open_pinned(&again, at("many")));
	info = ask(again);
	assert_int_equal(info.count, 2);
	assert_true(info.is_pinned);
	assert_ok(skep_link_unpin(again, at("many")));
	assert_int_equal(access(at("many"), F_OK), -1);
	skep_link_free(again);
	assert_int_equal(execs(app), 0);
	link_free(app);
}

TEST(adopted_file_descriptor_is_duplicated_and_others_are_refused)
{
	struct link *app;
	struct skep_link *link, *own = NULL, *none = NULL;
	int fds = -1, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	require_root();
	app = load();
	fds = app_open_fds();
	link = attach_exec(app);
	assert_ok(skep_link_adopt_fd(&own, skep_link_fd(link)));
	assert_int_not_equal(skep_link_fd(own), skep_link_fd(link));
	skep_link_free(link);
	assert_true(execs(app) > 0);
	skep_link_free(own);
	assert_int_equal(execs(app), 0);
	assert_error(skep_link_adopt_fd(&none, -1), EBADF);
	assert_error(skep_link_adopt_fd(&none, null), EINVAL);
	assert_error(skep_link_adopt_fd(&none, skep_map_fd(link_map_a_map(app).map)), EINVAL);
	app_assert_says("but a BPF map");
	assert_error(skep_link_adopt_fd(&none, skep_program_fd(link_program_on_exec(app))), EINVAL);
	assert_null(none);
	assert_int_equal(app_open_fds(), fds);
	close(null);
	link_free(app);
}

TEST(link_of_libbpf_is_taken_over)
{
	struct link *app;
	struct bpf_link *theirs;
	struct skep_link *link = NULL;

	require_root();
	app = load();
	assert_error(skep_link_adopt_libbpf(&link, NULL), EINVAL);
	theirs = bpf_program__attach(skep_program_libbpf(link_program_on_exec(app)));
	assert_non_null(theirs);
	assert_ok(skep_link_adopt_libbpf(&link, theirs));
	assert_ptr_equal(skep_link_libbpf(link), theirs);
	assert_true(execs(app) > 0);
	skep_link_free(link);
	assert_int_equal(execs(app), 0);
	link_free(app);
}

static bool seen_by_second(void *app)
{
	return *(volatile uint64_t *)&link_bss(app)->second_frames >= 10;
}

TEST(update_puts_another_program_into_the_same_link)
{
	struct link *app;
	struct skep_link *link = NULL;
	uint32_t first, id;

	require_root();
	net_enter();
	net_set_up("lo");
	app = load();
	assert_ok(skep_attach_xdp(&link, link_program_first(app), "lo", GENERIC));
	first = ask(link).program_id;
	id = ask(link).id;
	assert_int_equal(ask(link).interface, 1);
	assert_string_equal(ask(link).hook, "interface lo (1)");
	assert_ok(skep_link_update(link, link_program_second(app), NULL));
	assert_int_equal(ask(link).id, id);
	assert_int_not_equal(ask(link).program_id, first);
	net_send_udp("127.0.0.1", 10);
	assert_true(wait_until(seen_by_second, app, 2000));
	assert_int_equal(link_bss(app)->first_frames, 0);
	/* The second is there by now. */
	assert_error(
		skep_link_update(link, link_program_first(app),
				 SKEP_OPTS(skep_link_update_opts, .expected_program_id = first)),
		EBUSY);
	assert_ok(skep_link_update(
		link, link_program_first(app),
		SKEP_OPTS(skep_link_update_opts, .expected_program_id = ask(link).program_id)));
	assert_int_equal(ask(link).program_id, first);
	skep_link_free(link);
	link_free(app);
}

TEST(update_that_cannot_be_says_why)
{
	struct link *app, *open = NULL;
	struct skep_link *exec, *xdp = NULL;
	struct {
		struct skep_link_update_opts known;
		int newer;
	} opts = { .known.sz = sizeof(opts), .newer = 1 };

	require_root();
	net_enter();
	app = load();
	exec = attach_exec(app);
	assert_error(skep_link_update(exec, link_program_on_exit(app), NULL), EOPNOTSUPP);
	app_assert_says("raw tracepoint");
	app_assert_hints("attach the new program first");
	assert_ok(skep_attach_xdp(&xdp, link_program_first(app), "lo", GENERIC));
	assert_error(skep_link_update(xdp, link_program_on_exec(app), NULL), EPROTOTYPE);
	app_assert_says("raw_tracepoint");
	assert_error(skep_link_update(xdp, link_program_first(app), &opts.known), E2BIG);
	assert_ok(link_open(&open, NULL));
	assert_error(skep_link_update(xdp, link_program_first(open), NULL), EBADF);
	assert_true(ask(xdp).program_id);
	link_free(open);
	skep_link_free(xdp);
	skep_link_free(exec);
	link_free(app);
}

TEST_WITH(detached_link_is_an_empty_shell_though_it_is_pinned, enter, leave)
{
	struct link *app;
	struct skep_link *exec, *xdp = NULL, *other = NULL;

	net_enter();
	app = load();
	exec = attach_exec(app);
	assert_error(skep_link_detach(exec), EOPNOTSUPP);
	app_assert_hints("skep_link_free() detaches");
	assert_ok(skep_attach_xdp(&xdp, link_program_first(app), "lo", GENERIC));
	assert_ok(skep_link_pin(xdp, at("xdp")));
	assert_ok(skep_link_detach(xdp));
	assert_true(ask(xdp).is_gone);
	assert_non_null(strstr(ask(xdp).hook, "gone"));
	assert_ok(skep_attach_xdp(&other, link_program_second(app), "lo", GENERIC));
	assert_error(skep_link_update(xdp, link_program_second(app), NULL), ENOLINK);
	app_assert_hints("attach anew");
	assert_ok(skep_link_unpin(xdp, at("xdp")));
	skep_link_free(xdp);
	skep_link_free(other);
	skep_link_free(exec);
	link_free(app);
}

TEST_WITH(what_is_no_link_or_was_closed_is_ebadf, enter, leave)
{
	struct skep_link_info info = { .sz = sizeof(info) };
	struct link *app = load();
	struct skep_link *link = attach_exec(app), *none = NULL;

	assert_error(skep_link_info(NULL, &info), EBADF);
	assert_error(skep_link_pin(NULL, at("x")), EBADF);
	assert_error(skep_link_unpin(NULL, at("x")), EBADF);
	assert_error(skep_link_update(NULL, link_program_on_exit(app), NULL), EBADF);
	assert_error(skep_link_update(link, NULL, NULL), EINVAL);
	assert_error(skep_link_detach(NULL), EBADF);
	assert_int_equal(skep_link_fd(NULL), -1);
	assert_null(skep_link_libbpf(NULL));
	assert_string_equal(skep_link_way(NULL), "none");
	assert_error(skep_attach(&none, NULL), EINVAL);
	assert_error(skep_attach_libbpf(&none, NULL), EINVAL);
	assert_error(skep_program_set_optional(NULL, true), EINVAL);
	close(skep_link_fd(link)); /* by somebody who should not */
	assert_error(skep_link_info(link, &info), EBADF);
	assert_error(skep_link_pin(link, at("x")), EBADF);
	app_assert_hints("skep_link_free()");
	assert_error(skep_link_detach(link), EBADF);
	assert_null(none);
	skep_link_free(link);
	link_free(app);
}

static bool is_gone(void *link)
{
	return ask(link).is_gone;
}

TEST(info_names_the_cgroup_and_tells_when_it_is_gone)
{
	struct link *app;
	struct skep_link *link = NULL;
	struct skep_link_info info;
	char path[4096], wanted[4200];
	struct stat st;

	require_root();
	snprintf(path, sizeof(path), "%s/skep_link_%d", cgroup2_root(), (int)getpid());
	app = load();
	assert_int_equal(mkdir(path, 0755), 0);
	if (skep_attach_cgroup(&link, link_program_on_packet(app), path, NULL)) {
		rmdir(path);
		fail_msg("%s", skep_error_last()->message);
	}
	info = ask(link);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(rmdir(path), 0);
	snprintf(wanted, sizeof(wanted), "cgroup %.175s, cgroup_inet_egress", path);
	assert_string_equal(info.hook, wanted);
	assert_int_equal(info.cgroup_id, st.st_ino);
	assert_true(wait_until(is_gone, link, 5000));
	assert_error(skep_link_update(link, link_program_on_packet(app), NULL), ENOLINK);
	skep_link_free(link);
	link_free(app);
}
