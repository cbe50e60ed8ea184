/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How full rings are, what did not fit, and how often their readers were woken. */
#include "top.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/types.h>

#define SUFFIX     "__counts"
#define VALUE_MOST (1U << 20) /* of a `.data.skep`: it is some hundred bytes */

/* Both positions lie in pages of their own that anybody who has the map may read. */
void top_read_ring(struct top_map *map, int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t consumed, produced;
	char *pages = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, fd, 0);

	map->has_fill = pages != MAP_FAILED;
	if (!map->has_fill)
		return;
	/* The consumer first: both only grow, so that it is never ahead. */
	consumed = __atomic_load_n((uint64_t *)(void *)pages, __ATOMIC_ACQUIRE);
	produced = __atomic_load_n((uint64_t *)(void *)(pages + page), __ATOMIC_ACQUIRE);
	munmap(pages, 2 * page);
	map->ring_size = map->entries;
	map->ring_used = produced > consumed ? produced - consumed : 0;
	/* A position is the reader's to write: it may be rubbish. */
	if (map->ring_used > map->ring_size)
		map->ring_used = map->ring_size;
}

/* --- counters of programs made with skep's headers --- */

static int add_counter(struct top_map *map, const char *name, uint32_t offset)
{
	struct top_counter *more = top_more(map->counters, map->counter_count, sizeof(*more));
	size_t length = strlen(name) - strlen(SUFFIX);

	if (!more)
		return -ENOMEM;
	map->counters = more;
	more[map->counter_count] =
		(struct top_counter){ .ring = strndup(name, length), .offset = offset };
	if (!more[map->counter_count].ring)
		return -ENOMEM;
	map->counter_count++;
	return 0;
}

static bool is_counter(const struct btf *btf, const struct btf_var_secinfo *var, const char **name)
{
	const struct btf_type *type = btf__type_by_id(btf, var->type);
	size_t bytes, suffix = strlen(SUFFIX);

	*name = type && btf_is_var(type) ? btf__name_by_offset(btf, type->name_off) : NULL;
	bytes = *name ? strlen(*name) : 0;
	return bytes > suffix && !strcmp(*name + bytes - suffix, SUFFIX) &&
	       var->size == sizeof(struct skep_ring_counts);
}

int top_read_counters(struct top_map *map, uint32_t btf_id, uint32_t type_id)
{
	struct btf *btf = btf_id ? btf__load_from_kernel_by_id(btf_id) : NULL;
	const struct btf_type *section = btf ? btf__type_by_id(btf, type_id) : NULL;
	const struct btf_var_secinfo *vars;
	const char *name;
	int err = 0;

	if (!section || !btf_is_datasec(section) || map->value_bytes > VALUE_MOST) {
		btf__free(btf);
		return 0;
	}
	vars = btf_var_secinfos(section);
	for (uint32_t i = 0; !err && i < btf_vlen(section); i++)
		if (vars[i].offset + sizeof(struct skep_ring_counts) <= map->value_bytes &&
		    is_counter(btf, &vars[i], &name))
			err = add_counter(map, name, vars[i].offset);
	btf__free(btf);
	return err;
}

static void take_counter(struct top_counter *counter, const char *value, bool is_difference)
{
	struct skep_ring_counts now;

	memcpy(&now, value + counter->offset, sizeof(now));
	counter->since.dropped = counter->since.discarded = 0;
	/* Whoever has the map may set it back. */
	if (is_difference && now.dropped >= counter->total.dropped)
		counter->since.dropped = now.dropped - counter->total.dropped;
	if (is_difference && now.discarded >= counter->total.discarded)
		counter->since.discarded = now.discarded - counter->total.discarded;
	counter->total.dropped = now.dropped;
	counter->total.discarded = now.discarded;
}

void top_read_counts(struct top_map *map, int fd)
{
	uint32_t zero = 0;
	char *value = calloc(1, map->value_bytes);

	if (value && !bpf_map_lookup_elem(fd, &zero, value)) {
		for (size_t i = 0; i < map->counter_count; i++)
			take_counter(&map->counters[i], value, map->counted);
		map->counted = true;
	}
	free(value);
}

/* --- readers --- */

static bool count_switches(const char *path, uint64_t *total)
{
	uint64_t value;
	char line[128];
	bool found = false;
	FILE *file = fopen(path, "re");

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &value) == 1;
	if (file)
		fclose(file);
	if (found)
		*total += value;
	return found;
}

/* Each time that a thread gave its processor up, somebody woke it. */
static bool count_process(pid_t pid, uint64_t *total)
{
	struct dirent *entry;
	char path[64];
	bool any = false;
	DIR *tasks;

	*total = 0;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/status", (int)pid, entry->d_name);
		any |= count_switches(path, total);
	}
	if (tasks)
		closedir(tasks);
	return any;
}

static struct top_reader *find_reader(struct top *top, pid_t pid)
{
	struct top_reader *more;

	for (size_t i = 0; i < top->reader_count; i++)
		if (top->readers[i].pid == pid)
			return &top->readers[i];
	more = top_more(top->readers, top->reader_count, sizeof(*more));
	if (!more)
		return NULL;
	top->readers = more;
	more[top->reader_count] = (struct top_reader){ .pid = pid };
	return &more[top->reader_count++];
}

static void read_one(struct top_reader *reader)
{
	uint64_t total;
	bool was_known = reader->total != 0;

	reader->seen = true;
	reader->known = count_process(reader->pid, &total) && was_known;
	reader->since = reader->known && total > reader->total ? total - reader->total : 0;
	reader->total = total;
}

int top_read_readers(struct top *top)
{
	struct top_reader *reader;
	size_t kept = 0;

	for (size_t i = 0; i < top->reader_count; i++)
		top->readers[i].seen = false;
	for (size_t i = 0; i < top->holder_count; i++) {
		const struct top_holder *h = &top->holders[i];

		if (h->kind != TOP_MAP || !h->pid ||
		    (h->map_type != BPF_MAP_TYPE_RINGBUF &&
		     h->map_type != BPF_MAP_TYPE_PERF_EVENT_ARRAY))
			continue;
		reader = find_reader(top, h->pid);
		if (!reader)
			return -ENOMEM;
		if (!reader->seen)
			read_one(reader);
	}
	for (size_t i = 0; i < top->reader_count; i++)
		if (top->readers[i].seen)
			top->readers[kept++] = top->readers[i];
	top->reader_count = kept;
	return 0;
}
