// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sources of a loop that are for once, or are taken out; children; work for later. */
#include "harness/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skep/error.h>
#include <skep/loop.h>

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static struct skep_loop *start(void)
{
	struct skep_loop *loop = NULL;

	assert_ok(skep_loop_new(&loop, NULL));
	return loop;
}

struct counter {
	struct skep_loop *loop;
	uint64_t calls, expirations, id;
	int answer, fd;
};

static int on_timer(uint64_t expirations, void *ctx)
{
	struct counter *c = ctx;

	c->calls++;
	c->expirations += expirations;
	c->id = skep_loop_current(c->loop);
	return c->answer;
}

static int stop_it(uint64_t expirations, void *ctx)
{
	(void)ctx;
	return expirations ? 1 : -EIO;
}

TEST(delay_and_deadline_call_once_and_not_too_early)
{
	struct skep_loop *loop = start();
	struct counter delay = { .loop = loop }, deadline = delay, past = delay, zero = delay,
		       never = delay;
	uint64_t began = skep_now_ns();
	int fds = open_fds();

	assert_ok(skep_loop_add_delay(loop, 5 * SKEP_MILLISECOND, on_timer, &delay));
	assert_ok(skep_loop_add_deadline(loop, began + 10 * SKEP_MILLISECOND, on_timer, &deadline));
	assert_ok(skep_loop_add_deadline(loop, began - SKEP_SECOND, on_timer, &past));
	assert_ok(skep_loop_add_deadline(loop, 0, on_timer, &zero));
	assert_ok(skep_loop_add_delay(loop, 0, on_timer, &zero));
	assert_ok(skep_loop_step(loop, -1));
	assert_int_equal(past.calls, 1);
	assert_int_equal(deadline.calls, 0);
	assert_ok(skep_loop_add_delay(loop, 40 * SKEP_MILLISECOND, stop_it, NULL));
	assert_ok(skep_loop_run(loop));
	assert_true(skep_now_ns() - began >= 40 * SKEP_MILLISECOND);
	assert_int_equal(delay.calls, 1);
	assert_int_equal(deadline.calls, 1);
	assert_int_equal(deadline.expirations, 1);
	assert_int_equal(zero.calls, 2);
	assert_int_equal(open_fds(), fds); /* none is kept */
	assert_ok(skep_loop_add_deadline(loop, UINT64_MAX, on_timer, &never));
	assert_ok(skep_loop_add_delay(loop, UINT64_MAX, on_timer, &never));
	assert_error(skep_loop_step(loop, 5), ETIMEDOUT);
	assert_int_equal(never.calls, 0);
	skep_loop_free(loop);
}

TEST(numbers_are_never_used_again)
{
	struct skep_loop *loop = start();
	struct counter c = { .loop = loop };
	uint64_t last = 0;

	assert_int_equal(skep_loop_added(loop), 0);
	assert_int_equal(skep_loop_current(loop), 0);
	for (int i = 0; i < 50; i++) {
		assert_ok(skep_loop_add_timer(loop, SKEP_SECOND, on_timer, &c));
		assert_true(skep_loop_added(loop) > last);
		last = skep_loop_added(loop);
		assert_ok(skep_loop_remove(loop, last));
		assert_error(skep_loop_remove(loop, last), ENOENT);
	}
	assert_error(skep_loop_remove(loop, 0), ENOENT);
	assert_error(skep_loop_remove(loop, UINT64_MAX), ENOENT);
	assert_string_equal(skep_error_last()->message, "the loop has no such source");
	/* The loop itself is still there. */
	skep_loop_stop(loop);
	assert_ok(skep_loop_run(loop));
	skep_loop_free(loop);
}

TEST(callback_sees_its_own_number_and_work_for_once_is_gone)
{
	struct skep_loop *loop = start();
	struct counter c = { .loop = loop, .answer = 1 };
	uint64_t id;

	assert_ok(skep_loop_add_delay(loop, 0, on_timer, &c));
	id = skep_loop_added(loop);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.id, id);
	assert_int_equal(skep_loop_current(loop), 0);
	assert_error(skep_loop_remove(loop, id), ENOENT);
	skep_loop_free(loop);
}

static int remove_myself(uint64_t expirations, void *ctx)
{
	struct counter *c = ctx;

	(void)expirations;
	c->calls++;
	return skep_loop_remove(c->loop, skep_loop_current(c->loop));
}

TEST(callback_may_remove_itself)
{
	struct skep_loop *loop = start();
	struct counter c = { .loop = loop };
	int fds = open_fds();

	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, remove_myself, &c));
	assert_ok(skep_loop_add_delay(loop, 20 * SKEP_MILLISECOND, stop_it, NULL));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 1);
	assert_int_equal(open_fds(), fds);
	skep_loop_free(loop);
}

#define MANY 20

struct group {
	struct skep_loop *loop;
	uint64_t ids[MANY];
	int pipes[MANY][2];
	int calls;
};

/* The first that is called takes out all, and closes what they wait for. */
static int remove_all(int fd, uint32_t events, void *ctx)
{
	struct group *g = ctx;

	(void)fd;
	(void)events;
	g->calls++;
	for (int i = 0; i < MANY; i++) {
		assert_ok(skep_loop_remove(g->loop, g->ids[i]));
		close(g->pipes[i][0]);
		close(g->pipes[i][1]);
	}
	return 0;
}

TEST(what_is_removed_is_not_called_even_when_it_was_ready)
{
	struct skep_loop *loop = start();
	struct group g = { .loop = loop };
	int fds = open_fds();

	for (int i = 0; i < MANY; i++) {
		assert_int_equal(pipe(g.pipes[i]), 0);
		assert_int_equal(write(g.pipes[i][1], "x", 1), 1);
		assert_ok(skep_loop_add_fd(loop, g.pipes[i][0], EPOLLIN, remove_all, &g));
		g.ids[i] = skep_loop_added(loop);
	}
	assert_ok(skep_loop_step(loop, 0));
	assert_int_equal(g.calls, 1);
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	assert_int_equal(open_fds(), fds);
	skep_loop_free(loop);
}

/* A step inside of a callback: what it removes is still walked over outside. */
static int step_inside(uint64_t expirations, void *ctx)
{
	struct counter *c = ctx;

	(void)expirations;
	if (c->calls++)
		return 1;
	assert_ok(skep_loop_remove(c->loop, c->id));
	assert_error(skep_loop_step(c->loop, 0), ETIMEDOUT);
	assert_ok(skep_loop_drain(c->loop));
	return 0;
}

TEST(callback_may_step_its_loop_after_removing_others)
{
	struct skep_loop *loop = start();
	struct counter c = { .loop = loop }, other = { .loop = loop };

	assert_ok(skep_loop_add_timer(loop, 3600 * SKEP_SECOND, on_timer, &other));
	c.id = skep_loop_added(loop);
	assert_ok(skep_loop_add_timer(loop, SKEP_MILLISECOND, step_inside, &c));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(c.calls, 2);
	skep_loop_free(loop);
}

struct ended {
	pid_t pid;
	int status, calls;
};

static int on_child(pid_t pid, int status, void *ctx)
{
	struct ended *e = ctx;

	e->calls++;
	e->pid = pid;
	e->status = status;
	return 1;
}

static pid_t child_that(int code, int signal)
{
	pid_t pid = fork();

	if (!pid) {
		if (signal)
			kill(getpid(), signal);
		_exit(code);
	}
	return pid;
}

TEST(childs_end_is_told_with_its_status_and_leaves_no_zombie)
{
	const int cases[][2] = { { 0, 0 }, { 42, 0 }, { 255, 0 }, { 0, SIGKILL }, { 0, SIGTERM } };
	struct skep_loop *loop = start();
	int fds = open_fds();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ended e = { 0 };
		pid_t pid = child_that(cases[i][0], cases[i][1]);

		assert_ok(skep_loop_add_child(loop, pid, on_child, &e));
		assert_ok(skep_loop_run(loop));
		assert_int_equal(e.calls, 1);
		assert_int_equal(e.pid, pid);
		if (cases[i][1]) {
			assert_true(WIFSIGNALED(e.status));
			assert_int_equal(WTERMSIG(e.status), cases[i][1]);
		} else {
			assert_true(WIFEXITED(e.status));
			assert_int_equal(WEXITSTATUS(e.status), cases[i][0]);
		}
		assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
	assert_int_equal(open_fds(), fds);
	skep_loop_free(loop);
}

TEST(process_that_is_no_child_is_told_without_a_status)
{
	struct skep_loop *loop = start();
	struct ended e = { .status = 0 };
	int pipes[2];
	pid_t child, grandchild = 0;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (!child) {
		grandchild = fork();
		if (!grandchild) {
			usleep(30000);
			_exit(3);
		}
		if (write(pipes[1], &grandchild, sizeof(grandchild)) < 0)
			_exit(1);
		waitpid(grandchild, NULL, 0);
		_exit(0);
	}
	assert_int_equal(read(pipes[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	assert_ok(skep_loop_add_child(loop, grandchild, on_child, &e));
	assert_ok(skep_loop_run(loop));
	assert_int_equal(e.status, -1);
	assert_int_equal(e.pid, grandchild);
	waitpid(child, NULL, 0);
	close(pipes[0]);
	close(pipes[1]);
	skep_loop_free(loop);
}

TEST(child_that_was_waited_for_elsewhere_is_told_without_a_status)
{
	struct skep_loop *loop = start();
	struct ended e = { 0 };
	pid_t pid = child_that(7, 0);

	assert_ok(skep_loop_add_child(loop, pid, on_child, &e));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(e.status, -1);
	assert_error(skep_loop_add_child(loop, pid, on_child, &e), ESRCH);
	assert_error(skep_loop_add_child(loop, 0, on_child, &e), EINVAL);
	assert_error(skep_loop_add_child(loop, -5, on_child, &e), EINVAL);
	assert_non_null(strstr(skep_error_last()->message, "-5 is not a process"));
	skep_loop_free(loop);
}

struct order {
	struct skep_loop *loop;
	char text[64];
	size_t used;
	int answer;
};

struct letter {
	struct order *order;
	char letter;
	bool again;
};

static int write_letter(void *ctx)
{
	struct letter *l = ctx;

	l->order->text[l->order->used++] = l->letter;
	if (l->again) {
		l->again = false;
		assert_ok(skep_loop_defer(l->order->loop, write_letter, l));
	}
	return l->letter == 'X' ? l->order->answer : 0;
}

static int write_t(uint64_t expirations, void *ctx)
{
	struct letter *l = ctx;

	(void)expirations;
	assert_ok(skep_loop_defer(l->order->loop, write_letter, l));
	l->order->text[l->order->used++] = 't';
	return 0;
}

TEST(deferred_work_is_done_in_order_at_the_end_of_the_round)
{
	struct skep_loop *loop = start();
	struct order order = { .loop = loop };
	struct letter a = { &order, 'a', false }, b = { &order, 'b', true },
		      c = { &order, 'c', false }, t = { &order, 'T', false };

	assert_ok(skep_loop_defer(loop, write_letter, &a));
	assert_ok(skep_loop_defer(loop, write_letter, &b));
	assert_ok(skep_loop_post(loop, write_letter, &c));
	assert_int_equal(order.used, 0);
	assert_ok(skep_loop_step(loop, -1)); /* does not wait */
	assert_true(!strcmp(order.text, "abc") || !strcmp(order.text, "cab"));
	assert_ok(skep_loop_step(loop, -1));
	assert_string_equal(order.text + 3, "b"); /* a round later */
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT);
	assert_ok(skep_loop_add_delay(loop, 0, write_t, &t));
	assert_ok(skep_loop_add_delay(loop, 0, write_t, &t));
	usleep(1000);
	assert_ok(skep_loop_step(loop, -1));
	assert_string_equal(order.text + 4, "ttTT"); /* after all callbacks */
	skep_loop_free(loop);
}

TEST(deferred_work_that_stops_or_fails_leaves_the_rest_for_later)
{
	struct skep_loop *loop = start();
	struct order order = { .loop = loop, .answer = 1 };
	struct letter a = { &order, 'a', false }, x = { &order, 'X', false },
		      b = { &order, 'b', true }, c = { &order, 'c', false };

	assert_ok(skep_loop_defer(loop, write_letter, &a));
	assert_ok(skep_loop_defer(loop, write_letter, &x));
	assert_ok(skep_loop_defer(loop, write_letter, &b));
	assert_ok(skep_loop_defer(loop, write_letter, &c));
	assert_ok(skep_loop_run(loop));
	assert_string_equal(order.text, "aX");
	order.answer = -ERANGE;
	assert_ok(skep_loop_defer(loop, write_letter, &x));
	assert_error(skep_loop_run(loop), ERANGE);
	assert_string_equal(skep_error_last()->message, "handler 'deferred work' returned -34");
	assert_string_equal(order.text, "aXbcX");
	assert_ok(skep_loop_step(loop, -1));
	assert_string_equal(order.text, "aXbcXb");
	assert_ok(skep_loop_defer(loop, write_letter, &a)); /* forgotten, and not leaked */
	assert_ok(skep_loop_post(loop, write_letter, &a));
	skep_loop_free(loop);
}

TEST(work_that_is_there_when_the_loop_is_stopped_is_done)
{
	struct skep_loop *loop = start();
	struct order order = { .loop = loop };
	struct letter a = { &order, 'a', false };

	skep_loop_stop(loop);
	assert_ok(skep_loop_post(loop, write_letter, &a));
	assert_ok(skep_loop_run(loop));
	assert_string_equal(order.text, "a");
	assert_error(skep_loop_step(loop, 0), ETIMEDOUT); /* stop and post are both used up */
	skep_loop_free(loop);
}

#define POSTERS 4
#define POSTS   20000

struct poster {
	struct skep_loop *loop;
	uint64_t next[POSTERS], done, wrong;
};

struct post {
	struct poster *poster;
	uint64_t thread, number;
};

static int receive(void *ctx)
{
	struct post *post = ctx;
	struct poster *p = post->poster;

	p->wrong += p->next[post->thread]++ != post->number;
	free(post);
	return ++p->done == (uint64_t)POSTERS * POSTS;
}

struct poster_thread {
	struct poster *poster;
	uint64_t number;
};

static void *post_many(void *ctx)
{
	const struct poster_thread *t = ctx;

	for (uint64_t i = 0; i < POSTS; i++) {
		struct post *post = malloc(sizeof(*post));

		if (!post)
			abort();
		*post = (struct post){ t->poster, t->number, i };
		if (skep_loop_post(t->poster->loop, receive, post))
			abort();
		if (!(i % 64))
			usleep(50);
	}
	return NULL;
}

/* The loop has nothing else to wait for: a post that does not wake it would hang here. */
TEST(posts_of_many_threads_arrive_each_once_and_in_order)
{
	struct skep_loop *loop = start();
	struct poster p = { .loop = loop };
	struct poster_thread threads[POSTERS];
	pthread_t ids[POSTERS];

	for (uint64_t i = 0; i < POSTERS; i++) {
		threads[i] = (struct poster_thread){ &p, i };
		assert_int_equal(pthread_create(&ids[i], NULL, post_many, &threads[i]), 0);
	}
	assert_ok(skep_loop_run(loop));
	for (int i = 0; i < POSTERS; i++)
		pthread_join(ids[i], NULL);
	assert_int_equal(p.done, (uint64_t)POSTERS * POSTS);
	assert_int_equal(p.wrong, 0);
	skep_loop_free(loop);
}
