/* SPDX-License-Identifier: 0BSD */
/*
 * A thread sleeps for known times in a function of its own, two threads share a processor; and what is
 * reported is compared with what the kernel counts for threads itself, and with this process's clock.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "names.h"
#include "offcpu.skep.h"

#define EXIT_SKIPPED 77
#define NAPS         10
#define NAP_NS       5000000
#define BUSY_NS      60000000

/* What one thread did, by its own account. */
struct account {
	uint64_t took_ns;
	uint64_t waited;    /* how often it gave the processor away, */
	uint64_t preempted; /* and how often it was taken away */
};

struct thread {
	void (*work)(struct thread *);
	struct account inside, whole; /* of its work, and of that with what is around it */
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct account account_now(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (struct account){ clock_ns(CLOCK_MONOTONIC), (uint64_t)usage.ru_nvcsw,
				 (uint64_t)usage.ru_nivcsw };
}

static void account_since(struct account *then)
{
	struct account now = account_now();

	then->took_ns = now.took_ns - then->took_ns;
	then->waited = now.waited - then->waited;
	then->preempted = now.preempted - then->preempted;
}

static struct account add(struct account a, struct account b)
{
	return (struct account){ a.took_ns + b.took_ns, a.waited + b.waited,
				 a.preempted + b.preempted };
}

__attribute__((noinline)) static void sleep_long(struct account *account)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };

	*account = account_now();
	for (int i = 0; i < NAPS; i++)
		syscall(SYS_nanosleep, &nap, NULL);
	account_since(account);
}

__attribute__((noinline)) static void spin_long(struct account *account)
{
	uint64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + BUSY_NS;

	*account = account_now();
	while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until)
		for (volatile int i = 0; i < 10000; i++)
			;
	account_since(account);
}

/*
 * The functions that are looked for. libc keeps no frame pointers, so that whoever calls it is missing in the
 * stack: those here call it through another.
 */
void lie_down(struct thread *thread);
void keep_busy(struct thread *thread);

__attribute__((noinline)) void lie_down(struct thread *thread)
{
	sleep_long(&thread->inside);
	__asm__ volatile(""); /* not the last thing, which would be a jump */
}

__attribute__((noinline)) void keep_busy(struct thread *thread)
{
	spin_long(&thread->inside);
	__asm__ volatile("");
}

static void *run(void *argument)
{
	struct thread *thread = argument;

	thread->whole = account_now();
	thread->work(thread);
	account_since(&thread->whole);
	return NULL;
}

static int is_in(struct offcpu *app, const struct place *place, const char *function)
{
	uint64_t frames[STACK_DEPTH];
	uint32_t depth = STACK_DEPTH;

	if (place->user < 0 || skep_stacks_get(offcpu_map_stacks(app), place->user, frames, &depth))
		return 0;
	for (uint32_t i = 0; i < depth; i++)
		if (!strcmp(name_of(frames[i], (pid_t)place->pid), function))
			return 1;
	return 0;
}

/*
 * All that was reported below that function; and in `more` how many there may have been besides: where two
 * stacks met in the map, and what was not told.
 */
static struct waited sum(struct offcpu *app, const char *function, int preempted, uint64_t *more)
{
	struct waited all = { 0, 0 }, waited;
	struct place place;
	int err;

	*more = offcpu_bss(app)->full + offcpu_bss(app)->untold;
	skep_map_foreach(offcpu_map_waits(app), &place, &waited, &err) {
		assert_int_equal(place.pid, getpid());
		if (place.user == -EEXIST)
			*more += waited.times;
		if (place.preempted != (uint32_t)preempted || !is_in(app, &place, function))
			continue;
		all.ns += waited.ns;
		all.times += waited.times;
	}
	assert_int_equal(err, 0);
	names_free();
	return all;
}

static struct offcpu *start(void)
{
	struct offcpu *app = NULL;

	if (offcpu_open(&app, NULL))
		fail_msg("%s", skep_error_last()->message);
	offcpu_consts(app)->only_pid = (uint32_t)getpid();
	if (offcpu_load(app) || offcpu_attach(app))
		fail_msg("%s", skep_error_last()->message);
	return app;
}

static void sleep_is_found_where_it_is_slept(void **state)
{
	SKEP_AUTO(offcpu) *app = start();
	struct thread thread = { .work = lie_down };
	struct waited slept, delayed;
	uint64_t more;
	pthread_t id;

	(void)state;
	assert_int_equal(pthread_create(&id, NULL, run, &thread), 0);
	pthread_join(id, NULL);
	offcpu_detach(app);
	delayed = sum(app, "lie_down", 1, &more);
	slept = sum(app, "lie_down", 0, &more);
	assert_true(thread.inside.waited >= NAPS);
	assert_in_range(slept.times + more, thread.inside.waited, thread.whole.waited + more);
	/* A nap begins a little before the thread leaves: a tenth. */
	assert_in_range(slept.ns + delayed.ns,
			(NAPS - (more < NAPS ? more : NAPS)) * (NAP_NS / 10 * 9),
			thread.whole.took_ns);
}

static void who_is_preempted_did_not_wait_for_anything(void **state)
{
	SKEP_AUTO(offcpu) *app = start();
	struct thread threads[2] = { { .work = keep_busy }, { .work = keep_busy } };
	struct account inside, whole;
	struct waited preempted;
	pthread_attr_t one_cpu;
	pthread_t ids[2];
	uint64_t more;
	cpu_set_t cpu;

	(void)state;
	CPU_ZERO(&cpu);
	CPU_SET((size_t)sched_getcpu(), &cpu);
	pthread_attr_init(&one_cpu);
	pthread_attr_setaffinity_np(&one_cpu, sizeof(cpu), &cpu);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&ids[i], &one_cpu, run, &threads[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(ids[i], NULL);
	pthread_attr_destroy(&one_cpu);
	offcpu_detach(app);
	inside = add(threads[0].inside, threads[1].inside);
	whole = add(threads[0].whole, threads[1].whole);
	preempted = sum(app, "keep_busy", 1, &more);
	assert_true(preempted.times > 0);
	assert_in_range(preempted.times + more, inside.preempted, whole.preempted + more);
	assert_in_range(preempted.ns, 1, whole.took_ns);
	assert_in_range(sum(app, "keep_busy", 0, &more).times, 0, whole.waited);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sleep_is_found_where_it_is_slept),
		cmocka_unit_test(who_is_preempted_did_not_wait_for_anything),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
