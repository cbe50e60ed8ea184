// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What readers of a hash see while another process and a BPF program storm over it: counted. */
#include "harness/machine.h"
#include "harness/test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "map_iter.skep.h"

#define ROUNDS_MOST 2000

typedef map_iter_storm_map storm_map;

struct storm {
	struct map_iter *app;
	storm_map map;
	pid_t pid;
	volatile uint64_t *rounds; /* shared with the other process */
};

/* Puts, replaces and removes everything that is not stable, by bpf(2) and by the program. */
static void storm(struct storm *s)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;; ++*s->rounds) {
		for (uint64_t key = STORM_STABLE; key < STORM_STABLE + 200; key++) {
			struct mark mark = { key, ~key };

			if (skep_map_put(s->map, &key, &mark))
				_exit(1);
			skep_map_del(s->map, &key);
		}
		app_run(map_iter_object(s->app), "blow", 0, 0);
	}
}

static void begin(struct storm *s)
{
	require_root();
	s->app = NULL;
	assert_ok(map_iter_open(&s->app, NULL));
	assert_ok(map_iter_load(s->app));
	s->map = map_iter_map_storm(s->app);
	for (uint64_t key = 0; key < STORM_STABLE; key++) {
		struct mark mark = { key, ~key };

		assert_ok(skep_map_put(s->map, &key, &mark));
	}
	s->rounds = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(s->rounds != MAP_FAILED);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (!s->pid)
		storm(s);
}

static void end(struct storm *s)
{
	int status = 0;
	uint64_t rounds = *s->rounds;

	kill(s->pid, SIGKILL);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_true(WIFSIGNALED(status)); /* it stormed to the end */
	printf("# the storm blew %llu times\n", (unsigned long long)rounds);
	assert_true(rounds > 0);
	munmap((void *)s->rounds, 4096);
	map_iter_free(s->app);
}

static uint8_t seen[STORM_STABLE];
static uint64_t others;

static void see(const uint64_t *key, const struct mark *mark)
{
	assert_int_equal(*key, mark->key);
	assert_int_equal(mark->check, ~*key);
	if (*key < STORM_STABLE)
		seen[*key]++;
	else
		others++;
}

/* Reads it over and over: each time every stable key has to come once. */
static void read_in_storm(void (*read_once)(const struct storm *s))
{
	time_t until;
	struct storm s;
	int rounds = 0;

	begin(&s);
	others = 0;
	/* Rounds are many on a machine, and few in an emulated one. */
	until = time(NULL) + (test_is_full() ? 60 : 1);
	for (; rounds < ROUNDS_MOST * (test_is_full() ? 10 : 1); rounds++) {
		if (time(NULL) > until && rounds > 5 && *s.rounds)
			break;
		memset(seen, 0, sizeof(seen));
		read_once(&s);
		for (uint64_t key = 0; key < STORM_STABLE; key++)
			if (seen[key] != 1)
				fail_msg("key %llu came %u times in round %d",
					 (unsigned long long)key, seen[key], rounds);
	}
	printf("# %d readings, %llu other entries\n", rounds, (unsigned long long)others);
	end(&s);
}

static void by_foreach(const struct storm *s)
{
	struct mark mark;
	uint64_t key;
	int err = 1;

	skep_map_foreach(s->map, &key, &mark, &err)
		see(&key, &mark);
	assert_int_equal(err, 0);
}

TEST(foreach_sees_each_stable_key_once_in_a_storm)
{
	read_in_storm(by_foreach);
}

static void by_snapshot(const struct storm *s)
{
	SKEP_MAP_SNAPSHOT(uint64_t, struct mark) all = { NULL, NULL, NULL, 0 };

	assert_ok(skep_map_snapshot(s->map, &all));
	for (size_t i = 0; i < all.count; i++)
		see(&all.keys[i], &all.values[i]);
	skep_map_snapshot_free(all.owner);
}

TEST(snapshot_has_each_stable_key_once_in_a_storm)
{
	read_in_storm(by_snapshot);
}

static void by_batches(const struct storm *s)
{
	SKEP_AUTO(skep_map_iter) *place = NULL;
	uint64_t keys[7];
	struct mark marks[7];
	size_t n;

	do {
		n = 7; /* small: often a bucket does not fit any more */
		assert_ok(skep_map_get_batch(s->map, &place, keys, marks, &n));
		for (size_t i = 0; i < n; i++)
			see(&keys[i], &marks[i]);
	} while (n);
}

TEST(small_batches_have_each_stable_key_once_in_a_storm)
{
	read_in_storm(by_batches);
}

/* Stable ones are put back: so the next round finds them again. */
static void by_drain(const struct storm *s)
{
	SKEP_MAP_SNAPSHOT(uint64_t, struct mark) all = { NULL, NULL, NULL, 0 };

	assert_ok(skep_map_drain(s->map, &all));
	for (size_t i = 0; i < all.count; i++) {
		see(&all.keys[i], &all.values[i]);
		if (all.keys[i] < STORM_STABLE)
			assert_ok(skep_map_put(s->map, &all.keys[i], &all.values[i]));
	}
	skep_map_snapshot_free(all.owner);
}

TEST(drain_takes_each_stable_key_once_in_a_storm)
{
	read_in_storm(by_drain);
}

TEST(clear_ends_in_a_storm_and_leaves_no_stable_key)
{
	struct storm s;
	struct mark mark;

	begin(&s);
	while (!*s.rounds)
		usleep(1000);
	assert_ok(skep_map_clear(s.map));
	for (uint64_t key = 0; key < STORM_STABLE; key++)
		assert_error(skep_map_get(s.map, &key, &mark), ENOENT);
	end(&s);
}
