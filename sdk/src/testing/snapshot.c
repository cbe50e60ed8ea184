// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What the machine has of programs, maps and links, and what has come since. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <skep/testing.h>

#define KINDS    3
#define PAUSE_MS 20

static const struct {
	const char *name;
	int (*next_id)(__u32 start, __u32 *next);
	int (*open)(__u32 id);
} kinds[KINDS] = {
	{ "program", bpf_prog_get_next_id, bpf_prog_get_fd_by_id },
	{ "map", bpf_map_get_next_id, bpf_map_get_fd_by_id },
	{ "link", bpf_link_get_next_id, bpf_link_get_fd_by_id },
};

struct ids {
	__u32 *list;
	size_t count;
};

struct skep_test_snapshot {
	struct ids ids[KINDS];
};

int64_t skep_test_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int add_id(struct ids *ids, __u32 id)
{
	__u32 *list;

	/* A power of two is where the list was last made larger. */
	if (!(ids->count & (ids->count - 1))) {
		list = realloc(ids->list, (ids->count ? ids->count * 2 : 1) * sizeof(*list));
		if (!list)
			return skep_error_set(ENOMEM, NULL, "no memory");
		ids->list = list;
	}
	ids->list[ids->count++] = id;
	return 0;
}

static int list_kind(size_t kind, struct ids *ids)
{
	__u32 id = 0;
	int err;

	while (!(err = kinds[kind].next_id(id, &id))) {
		err = add_id(ids, id);
		if (err)
			return err;
	}
	/* ENOENT is the end of the list; EINVAL, a kernel that knows no links. */
	if (err == -ENOENT || err == -EINVAL)
		return 0;
	return skep_error_set(err, err == -EPERM ? "run as root" : NULL, "cannot list BPF %ss: %s",
			      kinds[kind].name,
			      err == -EPERM ? "CAP_SYS_ADMIN is missing" : strerror(-err));
}

int skep_test_snapshot_take(struct skep_test_snapshot **out)
{
	struct skep_test_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	int err = snapshot ? 0 : skep_error_set(ENOMEM, NULL, "no memory");

	for (size_t kind = 0; kind < KINDS && !err; kind++)
		err = list_kind(kind, &snapshot->ids[kind]);
	if (err)
		skep_test_snapshot_free(snapshot);
	else
		*out = snapshot;
	return err;
}

void skep_test_snapshot_free(struct skep_test_snapshot *snapshot)
{
	for (size_t kind = 0; snapshot && kind < KINDS; kind++)
		free(snapshot->ids[kind].list);
	free(snapshot);
}

static bool has_id(const struct ids *ids, __u32 id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->list[i] == id)
			return true;
	return false;
}

/* "map 12 'events'": what it is matters more than its number. */
static void describe(size_t kind, __u32 id, char *text, size_t room)
{
	static const __u32 sizes[KINDS] = { sizeof(struct bpf_prog_info),
					    sizeof(struct bpf_map_info),
					    sizeof(struct bpf_link_info) };
	union {
		struct bpf_prog_info prog;
		struct bpf_map_info map;
		struct bpf_link_info link;
	} info;
	__u32 length = sizes[kind];
	int fd = kinds[kind].open(id);
	const char *name = "";

	memset(&info, 0, sizeof(info));
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &length) && kind != 2)
		name = kind ? info.map.name : info.prog.name;
	snprintf(text, room, "%s %u%s%s%s", kinds[kind].name, id, *name ? " '" : "", name,
		 *name ? "'" : "");
	if (fd >= 0)
		close(fd);
}

/*
 * How many are new; `first` gets the first of them in words. NULL while they may go away yet: a
 * program array that is opened by its id just then never does (Linux 6.12).
 */
static size_t compare(const struct skep_test_snapshot *before, const struct skep_test_snapshot *now,
		      char *first, size_t room)
{
	size_t count = 0;

	for (size_t kind = 0; kind < KINDS; kind++) {
		for (size_t i = 0; i < now->ids[kind].count; i++) {
			__u32 id = now->ids[kind].list[i];

			if (!has_id(&before->ids[kind], id) && !count++ && first)
				describe(kind, id, first, room);
		}
	}
	return count;
}

int skep_test_snapshot_check(const struct skep_test_snapshot *before, int timeout_ms)
{
	const int64_t until = skep_test_now_ms() + timeout_ms;

	for (;;) {
		SKEP_AUTO(skep_test_snapshot) *now = NULL;
		const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
		bool late = skep_test_now_ms() >= until;
		char first[128] = "";
		size_t count;
		int err = skep_test_snapshot_take(&now);

		if (err)
			return err;
		count = compare(before, now, late ? first : NULL, sizeof(first));
		if (!count)
			return 0;
		if (late)
			return skep_error_set(EBUSY,
					      "free what the test made, and let nothing else load "
					      "BPF meanwhile",
					      "%zu BPF object%s left behind, the first: %s", count,
					      count == 1 ? " is" : "s are", first);
		nanosleep(&pause, NULL);
	}
}
