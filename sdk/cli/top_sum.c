/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A look at everything, and what follows from it for each program. */
#include "top.h"
#include "top_owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define SCAN_NS UINT64_C(5000000000) /* processes and the like are looked through this often */

/* --- hooks --- */

static int by_program(const void *a, const void *b)
{
	const struct top_hook *one = a, *other = b;

	if (one->program != other->program)
		return one->program < other->program ? -1 : 1;
	return strcmp(one->words, other->words);
}

/* Up to 6.5 the kernel does not say where a perf event's link hangs; the event itself does. */
static bool completes_link(struct top *top, size_t links, const struct top_hook *other)
{
	bool has = false;

	for (size_t i = 0; i < links; i++) {
		struct top_hook *h = &top->hooks[i];

		if (h->program != other->program || strcmp(h->kind, other->kind))
			continue;
		has = true;
		if (!strcmp(h->words, h->kind)) {
			memcpy(h->words, other->words, sizeof(h->words));
			break;
		}
	}
	return has;
}

static int sum_hooks(struct top *top)
{
	size_t most = top->link_count + top->other_count, links;

	free(top->hooks);
	top->hook_count = 0;
	top->hooks = calloc(most ? most : 1, sizeof(*top->hooks));
	if (!top->hooks)
		return -ENOMEM;
	for (size_t i = 0; i < top->link_count; i++)
		if (top->links[i].hook.program)
			top->hooks[top->hook_count++] = top->links[i].hook;
	links = top->hook_count;
	for (size_t i = 0; i < top->other_count; i++)
		if (!completes_link(top, links, &top->others[i]))
			top->hooks[top->hook_count++] = top->others[i];
	qsort(top->hooks, top->hook_count, sizeof(*top->hooks), by_program);
	return 0;
}

/* An event for each processor is one hook to a reader. */
static bool is_again(const struct top_hook *a, const struct top_hook *b)
{
	return a->program == b->program && !a->link && !b->link && !strcmp(a->words, b->words);
}

static void give_hooks(struct top *top)
{
	size_t kept = 0;

	for (size_t i = 0; i < top->hook_count; i++)
		if (!kept || !is_again(&top->hooks[kept - 1], &top->hooks[i]))
			top->hooks[kept++] = top->hooks[i];
	top->hook_count = kept;
	for (size_t i = 0; i < kept; i++) {
		struct top_program *p = top_program(top, top->hooks[i].program);

		if (p && !p->hook_count++)
			p->hooks = &top->hooks[i];
	}
}

/* What hooks could not run counts as missed, too. */
static void sum_misses(const struct top *top, struct top_program *p)
{
	const struct top_program *before = NULL;
	uint64_t missed = 0;

	for (size_t i = 0; i < p->hook_count; i++)
		missed += p->hooks[i].missed;
	p->total.misses += missed;
	if (!top->interval_ns)
		return;
	for (size_t i = 0; i < top->before_count; i++)
		if (top->before[i].id == p->id && top->before[i].loaded_ns == p->loaded_ns)
			before = &top->before[i];
	p->since.misses = p->total.misses;
	if (before)
		p->since.misses -= before->total.misses < p->total.misses ? before->total.misses
									  : p->total.misses;
}

/* --- maps --- */

static void add_wakeups(const struct top *top, struct top_program *p, uint32_t map, pid_t *counted,
			size_t *count)
{
	size_t holders;
	const struct top_holder *h = top_holders(top, TOP_MAP, map, &holders);

	for (size_t i = 0; i < holders; i++)
		for (size_t k = 0; k < top->reader_count; k++) {
			const struct top_reader *r = &top->readers[k];
			bool again = false;

			for (size_t c = 0; c < *count; c++)
				again |= counted[c] == r->pid;
			if (r->pid != h[i].pid || !r->known || again || *count == 16)
				continue;
			counted[(*count)++] = r->pid;
			p->wakeups += r->since;
			p->wakeups_known = true;
		}
}

static void add_map(const struct top *top, struct top_program *p, const struct top_map *map,
		    pid_t *counted, size_t *count)
{
	p->bytes += map->bytes;
	if (map->users > 1)
		p->shared_bytes += map->bytes;
	if (map->has_fill) {
		/* Of many rings the fullest: that is the one that will drop. */
		if (!p->has_ring || (double)map->ring_used * (double)p->ring_size >
					    (double)p->ring_used * (double)map->ring_size) {
			p->ring_size = map->ring_size;
			p->ring_used = map->ring_used;
		}
		p->has_ring = true;
	}
	for (size_t i = 0; i < map->counter_count; i++) {
		p->drops_known |= map->counted;
		p->drops += map->counters[i].since.dropped;
		p->discards += map->counters[i].since.discarded;
	}
	add_wakeups(top, p, map->id, counted, count);
}

static void sum_maps(const struct top *top, struct top_program *p)
{
	pid_t counted[16];
	size_t count = 0;

	for (size_t i = 0; i < p->map_count; i++) {
		const struct top_map *map = top_map(top, p->maps[i]);

		if (!map)
			continue;
		add_map(top, p, map, counted, &count);
		for (size_t k = 0; k < map->inner_count; k++) {
			struct top_map inner, *found = top_map(top, map->inner[k]);

			if (!found)
				continue;
			inner = *found;
			inner.users += map->users; /* as shared as what it lies in */
			add_map(top, p, &inner, counted, &count);
		}
	}
}

/* --- all of it --- */

int top_sum(struct top *top)
{
	int err = sum_hooks(top);

	if (err)
		return err;
	give_hooks(top);
	for (size_t i = 0; i < top->program_count; i++) {
		sum_misses(top, &top->programs[i]);
		sum_maps(top, &top->programs[i]);
		top_say_owner(top, &top->programs[i]);
	}
	return 0;
}

static int scan(struct top *top)
{
	int err = top_read_holders(top);

	if (!err)
		err = top_read_hooks(top);
	top->scanned_ns = top->at_ns;
	return err;
}

int top_look(struct top *top)
{
	uint64_t now = top_now_ns(), ids = top->ids;
	bool scanned;
	int err;

	top->interval_ns = top->at_ns ? now - top->at_ns : 0;
	top->at_ns = now;
	top->ids = 0;
	err = top_read_programs(top);
	if (!err)
		err = top_read_links(top);
	scanned = ids != top->ids || now - top->scanned_ns >= SCAN_NS;
	if (!err && scanned)
		err = scan(top);
	if (!err)
		err = top_read_maps(top, scanned);
	if (!err)
		err = top_read_readers(top);
	return err ? err : top_sum(top);
}

void top_free(struct top *top)
{
	top_stats_off(top);
	for (size_t i = 0; i < top->map_count; i++)
		top_free_map(&top->maps[i]);
	for (size_t i = 0; i < top->holder_count; i++)
		free(top->holders[i].path);
	free(top->programs);
	free(top->before);
	free(top->maps);
	free(top->links);
	free(top->others);
	free(top->hooks);
	free(top->holders);
	free(top->readers);
}

/* --- statistics --- */

static bool is_on_anyway(void)
{
	FILE *file = fopen("/proc/sys/kernel/bpf_stats_enabled", "re");
	int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c == '1';
}

void top_stats_on(struct top *top)
{
	top->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	top->stats_error = top->stats_fd < 0 ? errno : 0;
	top->stats = top->stats_fd >= 0 || is_on_anyway();
}

void top_stats_off(struct top *top)
{
	if (top->stats_fd >= 0)
		close(top->stats_fd);
	top->stats_fd = -1;
}
