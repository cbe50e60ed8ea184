/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Whose a link is. It is one of four things, and says which by its table of functions. */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <skep/link.h>

#include "base/fail.h"
#include "capture.h"

#define OF_ITS_OWN 6 /* BPF_PERF_EVENT_EVENT; before 6.6 none of these is told */

/* --- a file descriptor: the state is the number itself --- */

static void *from_number(int fd)
{
	return (void *)(intptr_t)fd;
}

static int to_number(const void *state)
{
	return (int)(intptr_t)state;
}

static void close_number(void *state)
{
	close(to_number(state));
}

static const struct skep_link_ops fd_ops = {
	.free = close_number,
	.fd = to_number,
};

/* --- libbpf's --- */

static void destroy(void *state)
{
	bpf_link__destroy(state);
}

static int libbpf_fd(const void *state)
{
	return bpf_link__fd(state);
}

/*
 * libbpf disables the event of a perf link before it closes it. Programs on probes and tracepoints
 * run all the same; one on an event of its own would be there, pinned, and never run. Disconnected,
 * libbpf does nothing. That leaves the event's file descriptor open, which only libbpf knows, until
 * the process ends.
 */
static void leave(void *state)
{
	struct skep_link_info_raw raw = { 0 };
	int fd = bpf_link__fd(state);

	if (skep_link_ask(fd, &raw) || raw.type != BPF_LINK_TYPE_PERF_EVENT ||
	    (raw.perf_event.type && raw.perf_event.type != OF_ITS_OWN)) {
		bpf_link__destroy(state);
		return;
	}
	bpf_link__disconnect(state);
	bpf_link__destroy(state);
	close(fd);
}

static const struct skep_link_ops libbpf_ops = {
	.free = destroy,
	.fd = libbpf_fd,
	.let_go = leave,
};

/* --- several as one: the state is the link itself --- */

static void free_parts(void *state)
{
	struct skep_link *link = state;

	for (size_t i = link->count; i > 0; i--)
		skep_link_free(link->parts[i - 1]);
	free(link->parts);
}

static const struct skep_link_ops many_ops = {
	.name = "several links",
	.free = free_parts,
};

/* --- */

static struct skep_link *make(const struct skep_link_ops *ops, void *state)
{
	struct skep_link *made = calloc(1, sizeof(*made));

	if (!made)
		skep_fail(ENOMEM, "no memory for a link");
	else
		*made = (struct skep_link){ .ops = ops, .state = state };
	return made;
}

int skep_link_from_ops(struct skep_link **out, const struct skep_link_ops *ops, void *state)
{
	struct skep_link *made = make(ops, state);

	if (!made) {
		ops->free(state);
		return -ENOMEM;
	}
	*out = made;
	return 0;
}

int skep_link_from_fd(struct skep_link **out, int fd)
{
	return skep_link_from_ops(out, &fd_ops, from_number(fd));
}

int skep_link_adopt_libbpf(struct skep_link **out, struct bpf_link *source)
{
	struct skep_link *made;

	if (!source)
		return skep_fail_hint(skep_fail(EINVAL, "there is no libbpf link to adopt"),
				      "check what attaching it returned");
	made = make(&libbpf_ops, source);
	if (!made)
		return -ENOMEM;
	made->link = source;
	*out = made;
	return 0;
}

int skep_link_from_libbpf(struct skep_link **out, struct bpf_link *link)
{
	int err = skep_link_adopt_libbpf(out, link);

	if (err)
		bpf_link__destroy(link);
	return err;
}

int skep_link_from_many(struct skep_link **out, struct skep_link **links, size_t count)
{
	struct skep_link given = { .ops = &many_ops, .parts = links, .count = count };
	struct skep_link *made = make(&many_ops, NULL);

	if (!made) {
		free_parts(&given);
		return -ENOMEM;
	}
	*made = given;
	made->state = made;
	if (count)
		made->way = skep_link_way(links[0]);
	*out = made;
	return 0;
}

void skep_link_set_way(struct skep_link *link, const char *way)
{
	if (link)
		link->way = way;
}

int skep_link_need_open(const struct skep_link *link)
{
	int fd = link ? skep_link_fd(link) : -1;

	if (!link)
		return skep_fail_hint(skep_fail(EBADF, "there is no link"),
				      "look at what attaching or opening it returned");
	if (fd < 0 || fcntl(fd, F_GETFD) >= 0)
		return 0;
	return skep_fail_hint(skep_fail(EBADF, "the link's file descriptor %d was closed", fd),
			      "do not close what skep_link_fd() lends; skep_link_free() does");
}

const char *skep_link_way(const struct skep_link *link)
{
	struct skep_link_info_raw raw = { 0 };

	if (!link)
		return "none";
	if (link->way)
		return link->way;
	if (link->ops->name)
		return link->ops->name;
	if (!skep_link_is(skep_link_fd(link)))
		return "perf event";
	return skep_link_ask(skep_link_fd(link), &raw) ? "link" : skep_link_kind(raw.type)->name;
}

void skep_link_free(struct skep_link *link)
{
	SKEP_KEEP_ERROR;
	SKEP_CAPTURE(said);

	if (!link)
		return;
	if (link->pins > 0 && link->ops->let_go)
		link->ops->let_go(link->state);
	else
		link->ops->free(link->state);
	free(link);
}

int skep_link_fd(const struct skep_link *link)
{
	return link && link->ops->fd ? link->ops->fd(link->state) : -1;
}

struct bpf_link *skep_link_libbpf(const struct skep_link *link)
{
	return link ? link->link : NULL;
}
