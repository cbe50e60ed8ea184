/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A reader of messages: records from their ring, as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include <skep/ring.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/logging.h"
#include "base/opts.h"
#include "bpf_log.h"
#include "object/object.h"

#define RING    SKEP_BPF_LOG_RING
#define CONTROL "skep_log_control"
#define SECTION ".data.skep"

/* Not by the ring's name alone: that may be anybody's. */
bool skep_object_has_log(const struct skep_object *object)
{
	const struct btf *btf = object ? bpf_object__btf(object->obj) : NULL;
	uint32_t offset;

	return btf && skep_object_map(object, RING) &&
	       skep_bpf_log_find_var(btf, CONTROL, sizeof(struct skep_log_control), &offset);
}

static int fail_none(const struct skep_object *object)
{
	return skep_fail_hint(skep_fail(ENOENT, "the programs of '%s' write no messages",
					skep_object_name(object)),
			      "include <skep/bpf/log.h> there, with SKEP_LOG_LEVEL above "
			      "SKEP_LOG_OFF");
}

static int check_level(enum skep_log_level level)
{
	if ((int)level >= SKEP_LOG_OFF && level <= SKEP_LOG_TRACE)
		return 0;
	return skep_fail_hint(skep_fail(EINVAL, "%d is not a level", (int)level),
			      "take one of SKEP_LOG_OFF to SKEP_LOG_TRACE");
}

int skep_object_set_log_level(const struct skep_object *object, enum skep_log_level level)
{
	unsigned char *section;
	size_t bytes = 0;
	uint32_t offset = 0;
	int err = check_level(level);

	if (err)
		return err;
	if (!object)
		return skep_fail(EINVAL, "there is no object");
	if (!skep_object_has_log(object))
		return fail_none(object);
	skep_bpf_log_find_var(bpf_object__btf(object->obj), CONTROL, sizeof(uint32_t), &offset);
	section = skep_object_section(object, SECTION, &bytes);
	if (!section || offset + sizeof(uint32_t) > bytes)
		return skep_fail_hint(skep_fail(EOPNOTSUPP, "the variables of '%s' are not mapped",
						skep_object_name(object)),
				      "set the level before the object is loaded");
	__atomic_store_n((uint32_t *)(void *)(section + offset), (uint32_t)level, __ATOMIC_RELAXED);
	return 0;
}

void skep_bpf_log_deliver(struct skep_bpf_log *log, struct skep_bpf_message *message)
{
	message->object = log->object;
	log->busy = true;
	if (log->fn) {
		log->fn(message, log->ctx);
	} else if (skep_log_wants(message->level)) {
		char line[SKEP_BPF_LOG_MOST + sizeof(log->object) + 2];

		snprintf(line, sizeof(line), "%s: %s", log->object, message->text);
		skep_log_line(message->level, line);
	}
	log->busy = false;
}

void skep_bpf_log_take(struct skep_bpf_log *log, const void *record, size_t bytes)
{
	struct skep_log_head head = { .site = 0 };
	const struct skep_bpf_log_site *site;
	struct skep_bpf_log_text text; /* its own: a callback may step the loop */
	struct skep_bpf_message message;
	char file[256];

	memcpy(&head, record, bytes < sizeof(head) ? bytes : sizeof(head));
	site = bytes < sizeof(head) ? NULL : skep_bpf_log_sites_find(&log->sites, head.site);
	if (!site || bytes < site->bytes) {
		skep_bpf_log_tell_bad(log, &head, bytes);
		return;
	}
	skep_bpf_log_begin(&text);
	skep_bpf_log_format(&text, log->sites.btf, site, record);
	message = (struct skep_bpf_message){
		.level = site->level,
		.file = skep_bpf_log_file(site, file),
		.line = site->line,
		.cpu = head.cpu,
		.time_ns = head.time,
		.text = skep_bpf_log_finish(&text),
	};
	log->delivered++;
	skep_bpf_log_deliver(log, &message);
}

struct skep_ring *skep_bpf_log_ring(const struct skep_bpf_log *log)
{
	return log->ring;
}

/* --- open, read, free --- */

static int map_section(struct skep_bpf_log *log, const struct skep_object *object)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(object->obj, SECTION);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = map ? (bpf_map__value_size(map) + page - 1) & ~(page - 1) : 0;
	uint32_t offset = 0;
	void *memory;

	skep_bpf_log_find_var(log->sites.btf, CONTROL, sizeof(*log->control), &offset);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map ? bpf_map__fd(map) : -1,
		      0);
	if (memory == MAP_FAILED)
		return skep_fail(errno, "cannot map the variables of '%s': %s",
				 skep_object_name(object), strerror(errno));
	log->section = memory;
	log->section_bytes = bytes;
	if (offset + sizeof(*log->control) > bytes || offset % 4)
		return skep_fail(EBADMSG, "object '%s': %s is outside of %s",
				 skep_object_name(object), CONTROL, SECTION);
	log->control = (void *)(log->section + offset);
	return 0;
}

static void set_control(struct skep_bpf_log *log, const struct skep_bpf_log_opts *opts)
{
	enum skep_log_level level = SKEP_OPT(opts, level);
	uint32_t most = SKEP_OPT(opts, per_second);

	if (SKEP_OPT(opts, unlimited))
		__atomic_store_n(&log->control->per_second, 0, __ATOMIC_RELAXED);
	else if (most)
		__atomic_store_n(&log->control->per_second, most, __ATOMIC_RELAXED);
	if (level || !__atomic_load_n(&log->control->level, __ATOMIC_RELAXED))
		__atomic_store_n(&log->control->level, (uint32_t)(level ? level : SKEP_LOG_INFO),
				 __ATOMIC_RELAXED);
}

static int check(const struct skep_object *object, const struct skep_bpf_log_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = check_level(SKEP_OPT(opts, level));
	if (err)
		return err;
	if (!object)
		return skep_fail(EINVAL, "there is no object");
	if (!skep_object_has_log(object))
		return fail_none(object);
	return skep_object_need_loaded(object);
}

static int open_parts(struct skep_bpf_log *log, const struct skep_object *object)
{
	const struct skep_ring_opts ring = { .sz = sizeof(ring), .any_size = true };
	int err = skep_bpf_log_sites_read(&log->sites, bpf_object__btf(object->obj),
					  skep_object_name(object));

	if (!err)
		err = skep_ring_open_raw(&log->ring, object, RING, 0, &ring);
	return err ? err : map_section(log, object);
}

int skep_bpf_log_open(struct skep_bpf_log **out, const struct skep_object *object,
		      const struct skep_bpf_log_opts *opts)
{
	SKEP_AUTO(skep_bpf_log) *log = NULL;
	int err = check(object, opts);

	if (err)
		return err;
	log = calloc(1, sizeof(*log));
	if (!log)
		return skep_fail(ENOMEM, "no memory for a reader of messages");
	log->owner = getpid();
	log->fn = SKEP_OPT(opts, fn);
	log->ctx = SKEP_OPT(opts, ctx);
	snprintf(log->object, sizeof(log->object), "%s", skep_object_name(object));
	err = open_parts(log, object);
	if (err)
		return err;
	skep_bpf_log_start_counting(log);
	set_control(log, opts);
	*out = SKEP_TAKE(log);
	return 0;
}

static int take_all(struct skep_bpf_log *log)
{
	const void *record;
	size_t bytes;
	int err, count = 0;

	while (!(err = skep_ring_next_raw(log->ring, &record, &bytes, 0))) {
		skep_bpf_log_take(log, record, bytes);
		if (++count == 1 << 20) /* others want to live too */
			break;
	}
	return err && err != -EAGAIN && !count ? err : count;
}

int skep_bpf_log_read(struct skep_bpf_log *log, int timeout_ms)
{
	const void *record;
	size_t bytes;
	int err, count;

	if (!log)
		return skep_fail(EBADF, "there is no reader of messages: open it first");
	if (log->busy)
		return skep_fail(EBUSY, "messages are read inside of their own callback");
	err = skep_ring_next_raw(log->ring, &record, &bytes, timeout_ms);
	if (!err) {
		skep_bpf_log_take(log, record, bytes);
		count = take_all(log);
		err = count < 0 ? 1 : count + 1;
	}
	skep_bpf_log_tell(log);
	return err;
}

int skep_bpf_log_set_level(struct skep_bpf_log *log, enum skep_log_level level)
{
	int err = check_level(level);

	if (err)
		return err;
	if (!log)
		return skep_fail(EBADF, "there is no reader of messages: open it first");
	__atomic_store_n(&log->control->level, (uint32_t)level, __ATOMIC_RELAXED);
	return 0;
}

int skep_bpf_log_fd(const struct skep_bpf_log *log)
{
	return log ? skep_ring_fd(log->ring) : -1;
}

void skep_bpf_log_stats_raw(const struct skep_bpf_log *log, struct skep_bpf_log_stats *stats,
			    size_t sz)
{
	struct skep_bpf_log_stats now = { .delivered = 0 };

	memset(stats, 0, sz);
	if (!log)
		return;
	now.delivered = log->delivered;
	now.bad = log->bad;
	now.dropped = skep_bpf_log_dropped(log);
	for (size_t i = 0; i < log->sites.count; i++)
		now.suppressed += skep_bpf_log_suppressed(log, &log->sites.all[i]);
	memcpy(stats, &now, sz < sizeof(now) ? sz : sizeof(now));
}

void skep_bpf_log_free(struct skep_bpf_log *log)
{
	SKEP_KEEP_ERROR;

	if (!log)
		return;
	if (log->control && log->owner == getpid()) {
		__atomic_store_n(&log->control->level, SKEP_LOG_OFF, __ATOMIC_RELAXED);
		(void)!take_all(log);
		skep_bpf_log_tell_all(log);
	}
	if (log->section)
		munmap(log->section, log->section_bytes);
	skep_ring_free(log->ring);
	skep_bpf_log_sites_free(&log->sites);
	free(log);
}
