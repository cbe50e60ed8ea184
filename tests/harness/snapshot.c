// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <bpf/bpf.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#define SETTLE_MS 2000

static const struct kind {
	const char *name;
	int (*next_id)(__u32 start, __u32 *next);
	int (*open)(__u32 id);
} kinds[SNAPSHOT_KINDS] = {
	{ "program", bpf_prog_get_next_id, bpf_prog_get_fd_by_id },
	{ "map", bpf_map_get_next_id, bpf_map_get_fd_by_id },
	{ "link", bpf_link_get_next_id, bpf_link_get_fd_by_id },
};

void snapshot_take(struct snapshot *snapshot)
{
	for (size_t kind = 0; kind < SNAPSHOT_KINDS; kind++) {
		size_t count = 0;
		__u32 id = 0;

		while (!kinds[kind].next_id(id, &id)) {
			if (count == SNAPSHOT_IDS)
				fail_msg("more than %d %ss on this machine", SNAPSHOT_IDS,
					 kinds[kind].name);
			snapshot->ids[kind][count++] = id;
		}
		/* ENOENT is the end of the list. */
		if (errno == EPERM)
			test_skip("reading the ids of BPF objects needs CAP_SYS_ADMIN");
		if (errno != ENOENT)
			fail_msg("cannot list %ss: %s", kinds[kind].name, strerror(errno));
		snapshot->counts[kind] = count;
	}
}

static bool has_id(const struct snapshot *snapshot, size_t kind, uint32_t id)
{
	for (size_t i = 0; i < snapshot->counts[kind]; i++)
		if (snapshot->ids[kind][i] == id)
			return true;
	return false;
}

/* "map 12 'events' (type 27)"; what it is matters more than its number. */
static void describe(size_t kind, uint32_t id, char *text, size_t size)
{
	union {
		struct bpf_prog_info prog;
		struct bpf_map_info map;
		struct bpf_link_info link;
	} info;
	__u32 length = sizeof(info);
	const char *name = "";
	__u32 type = 0;
	int fd = kinds[kind].open(id);

	memset(&info, 0, sizeof(info));
	if (kind == 0)
		length = sizeof(info.prog);
	else if (kind == 1)
		length = sizeof(info.map);
	else
		length = sizeof(info.link);
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &length)) {
		name = kind == 0 ? info.prog.name : kind == 1 ? info.map.name : "";
		type = kind == 0 ? info.prog.type : kind == 1 ? info.map.type : info.link.type;
	}
	snprintf(text, size, "%s %u%s%s%s (type %u)", kinds[kind].name, id, *name ? " '" : "", name,
		 *name ? "'" : "", type);
	if (fd >= 0)
		close(fd);
}

struct comparison {
	const struct snapshot *before;
	size_t count;
	size_t kind; /* of the first that is new */
	uint32_t id;
};

/* True when nothing is new. */
static bool compare(void *ctx)
{
	static struct snapshot now;
	struct comparison *cmp = ctx;

	snapshot_take(&now);
	cmp->count = 0;
	for (size_t kind = 0; kind < SNAPSHOT_KINDS; kind++) {
		for (size_t i = 0; i < now.counts[kind]; i++) {
			uint32_t id = now.ids[kind][i];

			if (has_id(cmp->before, kind, id))
				continue;
			if (!cmp->count++) {
				cmp->kind = kind;
				cmp->id = id;
			}
		}
	}
	return cmp->count == 0;
}

void snapshot_check(const struct snapshot *before, const char *file, int line)
{
	struct comparison cmp = { .before = before };
	char first[256];

	if (wait_until(compare, &cmp, SETTLE_MS))
		return;
	/* Only now: a program array that is opened by its id while it goes away never does (6.12). */
	describe(cmp.kind, cmp.id, first, sizeof(first));
	print_error("ERROR: %zu BPF objects left behind, the first: %s\n", cmp.count, first);
	_fail(file, line);
}
