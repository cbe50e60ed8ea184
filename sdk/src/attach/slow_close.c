/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "slow_close.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <skep/attach/wait.h>

#include "base/fail.h"

#define THREADS_MAX 128 /* that close links: they only wait */
#define STACK_BYTES (256 * 1024)

struct job {
	struct job *next;
	int link, event;
	void (*fn)(void *arg);
	void *arg;
};

struct queue {
	struct job *first, **end;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done; /* one more is closed */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct queue to_stop, to_close; /* links; then events */
static size_t pending, threads;
static bool is_closing; /* a thread is at the events */

static void push(struct queue *queue, struct job *job)
{
	job->next = NULL;
	if (!queue->first)
		queue->end = &queue->first;
	*queue->end = job;
	queue->end = &job->next;
}

static struct job *pop(struct queue *queue)
{
	struct job *job = queue->first;

	if (job)
		queue->first = job->next;
	return job;
}

static void stop(struct job *job)
{
	if (job->link >= 0)
		close(job->link);
	job->link = -1;
}

static void finish(struct job *job)
{
	if (job->event >= 0)
		close(job->event);
	if (job->fn)
		job->fn(job->arg);
}

/* Until there is nothing that no other thread does. With the lock, also afterwards. */
static void work(void)
{
	struct job *job;

	for (;;) {
		job = pop(&to_stop);
		if (job) {
			pthread_mutex_unlock(&lock);
			stop(job);
			pthread_mutex_lock(&lock);
			push(&to_close, job);
			continue;
		}
		job = is_closing ? NULL : pop(&to_close);
		if (!job)
			return;
		is_closing = true;
		pthread_mutex_unlock(&lock);
		finish(job);
		free(job);
		pthread_mutex_lock(&lock);
		is_closing = false;
		pending--;
		pthread_cond_broadcast(&done);
	}
}

static void *run(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	work();
	threads--;
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* With the lock. Signals are the host program's: none is taken on a thread of ours. */
static bool start_thread(void)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	if (threads >= THREADS_MAX)
		return true;
	if (pthread_attr_init(&attr))
		return threads > 0;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, &attr, run, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (!err)
		threads++;
	return threads > 0;
}

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

/*
 * A child has none of the threads. What waits is closed at its next call; what a thread had in hand
 * stays open until the child ends or runs another program: its number may be somebody else's by now.
 */
static void in_child(void)
{
	threads = 0;
	is_closing = false;
	pending = 0;
	for (const struct job *job = to_stop.first; job; job = job->next)
		pending++;
	for (const struct job *job = to_close.first; job; job = job->next)
		pending++;
	pthread_mutex_unlock(&lock);
}

static void start(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&done, &attr);
	pthread_condattr_destroy(&attr);
	pthread_atfork(before_fork, after_fork, in_child);
}

void skep_slow_close_then(int link, int event, void (*fn)(void *arg), void *arg)
{
	struct job here = { .link = link, .event = event, .fn = fn, .arg = arg };
	struct job *job = malloc(sizeof(*job));
	int kept = errno;

	pthread_once(&once, start);
	pthread_mutex_lock(&lock);
	if (job && start_thread()) {
		*job = here;
		push(&to_stop, job);
		pending++;
		job = NULL;
		here.link = -1;
		here.event = -1;
		here.fn = NULL;
	}
	pthread_mutex_unlock(&lock);
	/* Without memory or a thread the caller waits. */
	stop(&here);
	finish(&here);
	free(job);
	errno = kept;
}

void skep_slow_close(int link, int event)
{
	skep_slow_close_then(link, event, NULL, NULL);
}

/* With the lock. */
static int wait_until(const struct timespec *deadline)
{
	while (pending) {
		if (!threads && !start_thread()) {
			work();
			continue;
		}
		if (!deadline)
			pthread_cond_wait(&done, &lock);
		else if (pthread_cond_timedwait(&done, &lock, deadline))
			break;
	}
	return pending ? -ETIMEDOUT : 0;
}

int skep_attach_wait(int timeout_ms)
{
	struct timespec deadline;
	size_t left;
	int err;

	pthread_once(&once, start);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	if (timeout_ms > 0) {
		deadline.tv_sec += timeout_ms / 1000;
		deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
		if (deadline.tv_nsec >= 1000000000) {
			deadline.tv_sec++;
			deadline.tv_nsec -= 1000000000;
		}
	}
	pthread_mutex_lock(&lock);
	err = wait_until(timeout_ms < 0 ? NULL : &deadline);
	left = pending;
	pthread_mutex_unlock(&lock);
	if (!err)
		return 0;
	return skep_fail_hint(skep_fail(err, "%zu probes are still being taken off after %d ms",
					left, timeout_ms),
			      "call it again; the kernel needs up to 0.2 s for each");
}
