/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Work for the end of a round. Other threads push onto a list of their own, of which the loop takes
 * the whole at once: so a push needs one exchange, and no task can be taken twice. Who finds it
 * empty wakes the loop.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "loop.h"

static struct skep_task *new_task(skep_task_fn fn, void *ctx)
{
	struct skep_task *task = malloc(sizeof(*task));

	if (task)
		*task = (struct skep_task){ .fn = fn, .ctx = ctx };
	else
		skep_fail(ENOMEM, "no memory for deferred work");
	return task;
}

int skep_loop_defer(struct skep_loop *loop, skep_task_fn fn, void *ctx)
{
	struct skep_task *task;
	int err = skep_loop_check(loop, fn);

	if (err)
		return err;
	task = new_task(fn, ctx);
	if (!task)
		return -ENOMEM;
	task->next = loop->deferred;
	loop->deferred = task;
	return 0;
}

int skep_loop_post(struct skep_loop *loop, skep_task_fn fn, void *ctx)
{
	struct skep_task *task, *head;
	uint64_t post = SKEP_WAKE_POST;
	bool first;
	int err = skep_loop_check(loop, fn);

	if (err)
		return err;
	task = new_task(fn, ctx);
	if (!task)
		return -ENOMEM;
	head = atomic_load(&loop->posted);
	do {
		task->next = head;
		first = !head; /* the task may be done and freed as soon as it is pushed */
	} while (!atomic_compare_exchange_weak(&loop->posted, &head, task));
	if (first && write(loop->wake_fd, &post, sizeof(post)) < 0) {
		/* full: it will wake anyway */
	}
	return 0;
}

bool skep_loop_has_tasks(struct skep_loop *loop)
{
	return loop->deferred || atomic_load(&loop->posted);
}

/* Puts `*list` in front of `*onto` the other way round, so that the oldest comes first. */
static void reverse_onto(struct skep_task **onto, struct skep_task *list)
{
	while (list) {
		struct skep_task *next = list->next;

		list->next = *onto;
		*onto = list;
		list = next;
	}
}

static int do_one(struct skep_task *task)
{
	uint64_t errors = skep_error_count();
	skep_task_fn fn = task->fn;
	void *ctx = task->ctx;

	free(task);
	return skep_handler_outcome("deferred work", fn(ctx), errors);
}

int skep_loop_do_tasks(struct skep_loop *loop, uint64_t *count)
{
	struct skep_task *now = NULL, *left = NULL;
	int ret = 0;

	reverse_onto(&now, atomic_exchange(&loop->posted, NULL));
	reverse_onto(&now, loop->deferred);
	loop->deferred = NULL;
	while (now && !ret) {
		struct skep_task *task = now;

		now = task->next;
		++*count;
		ret = do_one(task);
	}
	if (!now)
		return ret;
	/* One said stop, or failed: the others keep their place before what they deferred. */
	reverse_onto(&left, loop->deferred);
	loop->deferred = NULL;
	reverse_onto(&loop->deferred, now);
	reverse_onto(&loop->deferred, left);
	return ret;
}

static void drop(struct skep_task *task)
{
	while (task) {
		struct skep_task *next = task->next;

		free(task);
		task = next;
	}
}

void skep_loop_drop_tasks(struct skep_loop *loop)
{
	drop(loop->deferred);
	drop(atomic_exchange(&loop->posted, NULL));
}
