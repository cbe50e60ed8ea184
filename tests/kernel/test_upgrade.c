/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program of another version in the place of the one that runs, while packets flow. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include <skep/upgrade.h>

#include "app.h"
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"
#include "net.h"
#include "upgrade.h"

#define UPGRADES 8
#define BURST    200

typedef SKEP_RING(struct seen) seen_ring;

/* What the case has: the running object, and its link on the loopback. */
static struct skep_object *running;
static struct skep_link *xdp;
static struct skep_upgrade_link links[1];

static struct skep_object *open_version(int version)
{
	struct skep_object *object = NULL;
	char file[32];

	require_root();
	snprintf(file, sizeof(file), "upgrade_%d.bpf.o", version);
	/* Maps of variables have the object's name in theirs, and it may be another one. */
	assert_ok(skep_object_open(
		&object, test_file(file),
		SKEP_OPTS(skep_object_opts, .name = version % 2 ? "filter" : "next_one")));
	*(uint32_t *)skep_object_section(object, ".rodata", NULL) = (uint32_t)getpid();
	return object;
}

static void start(void)
{
	require_root();
	net_enter();
	net_set_up("lo");
	running = open_version(1);
	assert_ok(skep_object_load(running));
	assert_ok(skep_object_attach(running));
	assert_ok(skep_attach_xdp(&xdp, skep_object_program(running, "drop"), "lo",
				  SKEP_OPTS(skep_xdp_opts, .mode = SKEP_XDP_GENERIC)));
	links[0] = (struct skep_upgrade_link){ xdp, "drop" };
}

static void stop(void)
{
	skep_link_free(xdp);
	skep_object_free(running);
}

static int upgrade_with(int version, struct skep_object **next, skep_upgrade_fn report, void *ctx)
{
	*next = open_version(version);
	return skep_upgrade(running, *next,
			    SKEP_OPTS(skep_upgrade_opts, .links = links, .link_count = 1,
				      .report = report, .ctx = ctx));
}

/* From 7.0 on the kernel skips a program where a task that was in it has lost its processor. */
static uint64_t missed;

static uint64_t missed_by_kernel(void)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = skep_program_fd(skep_object_program(running, "enter"));

	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &size), 0);
	return info.recursion_misses;
}

static void upgrade_to(int version)
{
	struct skep_object *next;

	assert_ok(upgrade_with(version, &next, NULL, NULL));
	missed += missed_by_kernel();
	skep_object_free(running);
	running = next;
}

static uint64_t packets(size_t words)
{
	struct skep_map *counts = skep_object_map(running, "counts");
	uint64_t value[2] = { 0 };
	uint32_t key = 7;

	assert_int_equal(skep_map_get_raw(counts, &key, value), 0);
	return value[words - 1];
}

static uint64_t calls(void)
{
	return *(volatile uint64_t *)skep_object_section(running, ".bss", NULL);
}

struct load {
	pthread_t thread;
	atomic_bool stop;
	int receiver;
	uint64_t sent, calls;
};

static void *send_packets(void *ctx)
{
	struct load *load = ctx;

	while (!atomic_load(&load->stop)) {
		net_send_udp("127.0.0.1", BURST);
		load->sent += BURST;
		for (int i = 0; i < BURST; i++)
			load->calls += getpgid(0) >= 0;
	}
	return NULL;
}

static void begin(struct load *load)
{
	struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(UPGRADE_PORT) };

	*load = (struct load){ .receiver = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0) };
	assert_true(load->receiver >= 0);
	assert_int_equal(bind(load->receiver, (struct sockaddr *)&port, sizeof(port)), 0);
	assert_int_equal(pthread_create(&load->thread, NULL, send_packets, load), 0);
}

static void end(struct load *load)
{
	char byte;

	atomic_store(&load->stop, true);
	pthread_join(load->thread, NULL);
	assert_int_equal(recv(load->receiver, &byte, 1, 0), -1); /* none ever came through */
	close(load->receiver);
}

TEST(no_packet_passes_and_none_is_counted_twice_while_versions_change)
{
	struct skep_ring_stats stats;
	struct load load;
	seen_ring ring;
	uint64_t records = 0, of[3] = { 0 };
	int err;

	start();
	assert_ok(skep_ring_open(&ring, running, "events", NULL));
	begin(&load);
	for (int i = 0; i < UPGRADES; i++) {
		upgrade_to(i % 2 ? 1 : 2);
		skep_ring_foreach(ring, e, 20, &err) {
			records++;
			of[e->version]++;
			if (records % 1000 == 0)
				break;
		}
		assert_ok(err);
	}
	end(&load);
	skep_ring_foreach(ring, e, 0, &err) {
		records++;
		of[e->version]++;
	}
	skep_ring_stats(ring.ring, &stats);
	assert_true(load.sent > 0 && of[1] && of[2]);
	assert_int_equal(packets(1), load.sent);
	assert_int_equal(records + stats.dropped, load.sent);
	/* Both versions are there for a moment: a call may be seen twice, and never not at all. */
	assert_true(calls() + missed + missed_by_kernel() >= load.calls);
	skep_ring_free(ring.ring);
	stop();
}

static void check_fate(const struct skep_upgrade_step *step, void *ctx)
{
	static const struct {
		const char *name;
		enum skep_upgrade_fate fate;
	} all[] = {
		{ "events", SKEP_UPGRADE_KEPT },
		{ "counts", SKEP_UPGRADE_KEPT },
		{ "drop", SKEP_UPGRADE_UPDATED },
		{ "enter", SKEP_UPGRADE_REPLACED },
		{ "only_in_the_first", SKEP_UPGRADE_GONE },
		{ "only_in_the_second", SKEP_UPGRADE_NEW },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(all[i].name, step->name) == 0) {
			assert_int_equal(step->fate, all[i].fate);
			++*(int *)ctx;
		}
}

TEST(report_tells_what_became_of_each_map_and_program)
{
	struct skep_object *next;
	int told = 0;

	start();
	assert_ok(upgrade_with(2, &next, check_fate, &told));
	assert_int_equal(told, 6);
	assert_null(skep_program_link(skep_object_program(running, "enter")));
	assert_non_null(skep_program_link(skep_object_program(next, "enter")));
	assert_non_null(skep_program_link(skep_object_program(next, "only_in_the_second")));
	skep_object_free(running);
	running = next;
	stop();
}

TEST(entries_of_a_map_whose_fields_changed_are_there_by_field)
{
	start();
	net_send_udp("127.0.0.1", 5);
	assert_int_equal(packets(1), 5);
	upgrade_to(3);
	assert_int_equal(packets(2), 5);
	net_send_udp("127.0.0.1", 5);
	assert_int_equal(packets(2), 10);
	stop();
}

TEST(variables_are_kept_unless_they_shall_begin_anew)
{
	struct skep_object *next;
	uint64_t before;

	start();
	for (int i = 0; i < 3; i++)
		assert_true(getpgid(0) >= 0);
	before = calls();
	assert_true(before >= 3);
	upgrade_to(2);
	assert_true(calls() >= before);
	next = open_version(1);
	assert_ok(skep_upgrade(running, next,
			       SKEP_OPTS(skep_upgrade_opts, .links = links, .link_count = 1,
					 .fresh_variables = true)));
	skep_object_free(running);
	running = next;
	assert_int_equal(calls(), 0);
	stop();
}

/* Refused by the verifier, at a hook, or for a map: the old one runs on as if nothing had been. */
static void assert_runs_on(int version, int code)
{
	struct skep_object *next;
	struct snapshot before;
	uint64_t had = packets(1), seen = calls();

	snapshot_take(&before);
	assert_error(upgrade_with(version, &next, NULL, NULL), code);
	skep_object_free(next);
	net_send_udp("127.0.0.1", 3);
	assert_true(getpgid(0) >= 0);
	assert_int_equal(packets(1), had + 3);
	assert_int_equal(calls(), seen + 1);
	snapshot_assert_unchanged(&before);
}

TEST(refused_version_leaves_the_running_one_as_it_was)
{
	start();
	assert_runs_on(4, EACCES);
	assert_runs_on(6, ENOENT);
	assert_runs_on(5, EPROTOTYPE);
	app_assert_says("counts");
	upgrade_to(2);
	net_send_udp("127.0.0.1", 1);
	assert_int_equal(packets(1), 10);
	stop();
}

static void check_refused(const struct skep_upgrade_step *step, void *ctx)
{
	if (strcmp(step->name, "nowhere") == 0 && step->fate == SKEP_UPGRADE_REFUSED)
		++*(int *)ctx;
}

/* Twice: what the old version was refused too is tried again by the next. */
TEST(program_that_the_new_version_can_do_without_may_be_refused)
{
	int told = 0;

	start();
	for (int i = 1; i <= 2; i++) {
		struct skep_object *next = open_version(6);
		struct skep_program *nowhere = skep_object_program(next, "nowhere");

		assert_ok(skep_program_set_optional(nowhere, true));
		assert_ok(skep_upgrade(running, next,
				       SKEP_OPTS(skep_upgrade_opts, .links = links, .link_count = 1,
						 .report = check_refused, .ctx = &told)));
		assert_int_equal(told, i);
		assert_null(skep_program_link(nowhere));
		assert_int_equal(skep_program_refusal(nowhere)->code, ENOENT);
		assert_non_null(skep_program_link(skep_object_program(next, "enter")));
		skep_object_free(running);
		running = next;
	}
	stop();
}

TEST(wrong_objects_and_links_are_told)
{
	struct skep_object *next;

	start();
	next = open_version(2);
	assert_error(skep_upgrade(next, running, NULL), EBADF);
	assert_error(skep_upgrade(running, running, NULL), EBADF);
	assert_error(skep_upgrade(running, NULL, NULL), EINVAL);
	assert_error(skep_upgrade(running, next, SKEP_OPTS(skep_upgrade_opts, .link_count = 1)),
		     EINVAL);
	assert_error(skep_upgrade(NULL, next, NULL), EINVAL);
	links[0].program = "enters";
	assert_error(skep_upgrade(running, next,
				  SKEP_OPTS(skep_upgrade_opts, .links = links, .link_count = 1)),
		     ENOENT);
	skep_object_free(next);
	stop();
}

TEST(upgrades_leave_nothing_behind)
{
	struct snapshot before;
	int fds;

	require_root();
	snapshot_take(&before);
	fds = app_open_fds();
	start();
	upgrade_to(2);
	upgrade_to(3);
	stop();
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&before);
}
