/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a loop waits for: kept in a list, known to callers by numbers that are never used again,
 * and taken out at any time, also by the callback that is running.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <skep/bpf_log.h>

#include "base/fail.h"
#include "loop.h"

void skep_source_free(struct skep_source *source)
{
	if (source->owns_ring)
		skep_ring_free(source->ring);
	skep_bpf_log_free(source->log);
	if (source->owns_fd)
		close(source->fd);
	free(source->closure);
	free(source);
}

struct skep_source *skep_source_new(void *ctx)
{
	struct skep_source *source = calloc(1, sizeof(*source));

	if (!source) {
		skep_fail(ENOMEM, "no memory for an event source");
		return NULL;
	}
	source->fd = -1;
	source->ctx = ctx;
	return source;
}

int skep_loop_fail_none(void)
{
	return skep_fail_hint(skep_fail(EBADF, "there is no loop"),
			      "make it with skep_loop_new(), and look at its result");
}

int skep_loop_check(const struct skep_loop *loop, bool has_fn)
{
	if (!loop)
		return skep_loop_fail_none();
	return has_fn ? 0 : skep_fail(EINVAL, "a loop needs a callback for what is added to it");
}

/* Why a source cannot be waited for. */
static int refuse(const struct skep_source *source, int err)
{
	int ret;

	if (err != EEXIST)
		return skep_fail(err, "cannot wait for %s: %s", source->name, strerror(err));
	ret = skep_fail(EEXIST, "%s%s%s is in this loop already", source->ring ? "ring '" : "",
			source->name, source->ring ? "'" : "");
	return skep_fail_hint(ret, "take it out first, with skep_loop_remove()");
}

int skep_loop_add(struct skep_loop *loop, struct skep_source *source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = source };
	int err = 0;

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event))
		err = refuse(source, errno);
	if (err) {
		skep_source_free(source);
		return err;
	}
	source->loop = loop;
	source->id = ++loop->last_id;
	source->next = loop->sources;
	loop->sources = source;
	return 0;
}

int skep_handler_outcome(const char *name, int ret, uint64_t errors_before)
{
	if (ret >= 0)
		return ret;
	if (skep_error_count() != errors_before && skep_error_last()->code == -ret)
		return ret;
	return skep_fail(ret, "handler '%s' returned %d", name, ret);
}

void skep_loop_enter(struct skep_loop *loop)
{
	loop->walkers++;
}

void skep_loop_leave(struct skep_loop *loop)
{
	struct skep_source **at = &loop->sources;

	if (--loop->walkers || !loop->has_removed)
		return;
	loop->has_removed = false;
	while (*at) {
		struct skep_source *source = *at;

		if (!source->removed) {
			at = &source->next;
			continue;
		}
		*at = source->next;
		skep_source_free(source);
	}
}

void skep_source_remove(struct skep_source *source)
{
	struct skep_loop *loop = source->loop;

	if (source->removed)
		return;
	source->removed = true;
	loop->has_removed = true;
	/* Fails where the caller has closed it already: then the kernel has forgotten it too. */
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
	skep_loop_enter(loop);
	skep_loop_leave(loop);
}

uint64_t skep_loop_added(const struct skep_loop *loop)
{
	return loop ? loop->last_id : 0;
}

uint64_t skep_loop_current(const struct skep_loop *loop)
{
	return loop && loop->running ? loop->running->id : 0;
}

int skep_loop_remove(struct skep_loop *loop, uint64_t id)
{
	struct skep_source *source = loop && id ? loop->sources : NULL;

	while (source && (source->id != id || source->removed))
		source = source->next;
	if (!source)
		return skep_fail_quick(ENOENT, "the loop has no such %s", "source");
	skep_source_remove(source);
	return 0;
}

static int dispatch_fd(struct skep_source *source, uint32_t events)
{
	uint64_t errors = skep_error_count();

	return skep_handler_outcome(source->name, source->fn.fd(source->fd, events, source->ctx),
				    errors);
}

int skep_loop_add_fd(struct skep_loop *loop, int fd, uint32_t events, skep_fd_fn fn, void *ctx)
{
	struct skep_source *source;
	int err = skep_loop_check(loop, fn);

	if (err)
		return err;
	source = skep_source_new(ctx);
	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_fd;
	source->fn.fd = fn;
	source->fd = fd;
	snprintf(source->name, sizeof(source->name), "file descriptor %d", fd);
	return skep_loop_add(loop, source, events);
}
